/** What the session is called, and by whom: rows that the client writes again and again; the last one counts. */
import { asString } from '../lib/json.ts';
import { fieldGroup, text, word, words, type ValuesOf } from './field.ts';
import type { Scope } from './scope.ts';
import { asStrings } from '../line/values.ts';

export const titleFields = fieldGroup({
  custom_title: text('`customTitle`', 'The name that a person gave to the session.'),
  ai_title: text('`aiTitle`', 'The name that the model gave to it.'),
  session_summary: text(
    '`summary` of summary, task-summary and marble-origami-commit lines',
    'What the session, the task or the archived part was about.',
  ),
  session_tag: text('`tag`', 'A label that a person put on the session.'),
  agent_label: text('`agentName`', 'What the session is called among several agents.'),
  agent_color: word('`agentColor`', 'The colour in which the client shows it.'),
  agent_setting: text('`agentSetting`', 'The agent that the session was started as.'),
  tools_used: words('`tools[]` of tools-used lines', 'Tools that the session has used so far.'),
  latch: word('`atis`', 'A switch of the client without a documented meaning.'),
});

type Titles = ValuesOf<typeof titleFields>;

/** Every name stands on rows of one type only; of one that has none of them, nothing is told. */
export function fillTitles(record: Titles, { parts: { line } }: Scope): void {
  record.custom_title = asString(line['customTitle']);
  record.ai_title = asString(line['aiTitle']);
  record.session_summary = asString(line['summary']);
  record.session_tag = asString(line['tag']);
  record.agent_label = asString(line['agentName']);
  record.agent_color = asString(line['agentColor']);
  record.agent_setting = asString(line['agentSetting']);
  record.tools_used = asStrings(line['tools']);
  record.latch = asString(line['atis']);
}
