/** Single values that may stand on any line of a kind that is known. */
import { asObject, asString } from '../lib/json.ts';
import { fieldGroup, place, places, text, word, type ValuesOf } from './field.ts';
import { jsonTextOf } from '../lib/json-dump.ts';
import { isKnown } from '../line/line-types.ts';
import type { Scope } from './scope.ts';
import { asStrings } from '../line/values.ts';

export const extraFields = fieldGroup({
  url: place('`url`', 'Where the notice points to.'),
  upgrade_nudge: text('`upgradeNudge`', 'The advice to upgrade that came with it.'),
  priority: word('`priority`', 'How urgent the client takes the line to be.'),
  research: text('`research.**`', 'What was looked into, as JSON.'),
  file_attachments: text('`file_attachments.**`', 'Files that came with the prompt, as JSON.'),
  written_paths: places('`writtenPaths[]`', 'Files of the memory that were written.'),
  command_run: word('`commandRun.command`', 'The slash command whose output the line holds.'),
  command_run_args: text('`commandRun.args`', 'What was typed behind it.'),
  commands: text('`commands.**`', 'Commands that a permission was given for, as JSON.'),
});

type Extras = ValuesOf<typeof extraFields>;

const NAMES = [
  'url',
  'upgradeNudge',
  'priority',
  'research',
  'file_attachments',
  'writtenPaths',
  'commandRun',
  'commands',
];

export function fillExtras(record: Extras, { parts: { line, type, subtype } }: Scope): void {
  if (!NAMES.some((name) => line[name] !== undefined) || !isKnown(type, subtype)) return;
  const run = asObject(line['commandRun']);
  record.url = asString(line['url']);
  record.upgrade_nudge = asString(line['upgradeNudge']);
  record.priority = asString(line['priority']);
  record.research = jsonTextOf(line['research']);
  record.file_attachments = jsonTextOf(line['file_attachments']);
  record.written_paths = asStrings(line['writtenPaths']);
  record.command_run = asString(run?.['command']);
  record.command_run_args = asString(run?.['args']);
  record.commands = jsonTextOf(line['commands']);
}
