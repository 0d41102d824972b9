/** The turn that a line belongs to, and what began it. */
import type { Turn } from '../context.ts';
import { asCount, asObject, asString } from '../lib/json.ts';
import { characters, count, fieldGroup, flag, id, ms, word, type ValuesOf } from './field.ts';
import { REPROMPT_BELOW_MS } from '../fold/tally.ts';
import { opensTurn, promptText, slashCommandOf } from '../line/prompt-kind.ts';
import type { Scope } from './scope.ts';

export const turnFields = fieldGroup({
  prompt_id: id('`promptId`', 'The prompt that began the turn.'),
  turn_id: id(
    "`promptId` of the turn's first line; without one, its `uuid`",
    'The turn: a prompt and everything up to the end of its answer.',
  ),
  turn_index: count('turns of the transcript before this one', 'Position of the turn in its transcript, from 0.'),
  client_turn_index: count('`turnPosition.turnIndex`', "The client's own count of turns."),
  client_prompt_index: count('`turnPosition.promptIndex`', "The client's own count of prompts in the turn."),
  prompt_kind: word(
    'the markup in `message.content`, `isMeta`, `isCompactSummary`, `origin.kind`',
    'What a user line is: `human`, `command`, `bash`, `task_notification` and `agent_task` begin a turn; `tool_result`, `meta`, `compact_summary`, `interrupt`, `command_output` and `bash_output` do not.',
  ),
  prompt_source: word('`promptSource`', 'How the prompt came in: `typed`, `queued`, `sdk` or `system`.'),
  turn_origin: word('`turnOrigin`', 'Who began the turn, by the client.'),
  origin_kind: word('`origin.kind`', 'Where the line came from.'),
  origin_producer: word('`origin.producer`', 'What part of the client made the line.'),
  origin_run_id: id('`origin.runId`', 'The background run behind the line.'),
  is_meta: flag('`isMeta`', 'The client wrote the text, not a person.'),
  is_turn_companion: flag('`turnCompanion`', 'The line only goes along with a turn.'),
  prompt_length: characters('`message.content` of a prompt', 'How long the prompt is.'),
  prompt_images: count('`message.content[].type` = image', 'Images in the prompt.'),
  slash_command: word(
    'the command markup in `message.content`, or the word behind a leading slash',
    'The slash command that the prompt is.',
  ),
  is_first_turn: flag('turn_index = 0', 'The prompt is the first of its transcript.'),
  gap_ms: ms(
    '`timestamp` of the prompt − that of the last answer before it',
    'How long the person took before this prompt.',
  ),
  is_reprompt: flag('gap_ms < 10,000', 'The prompt came so soon that it most likely mends the one before.'),
});

type TurnValues = ValuesOf<typeof turnFields>;

export function fillTurn(record: TurnValues, { parts, step }: Scope): void {
  const { common } = parts;
  const position = asObject(common.turnPosition);
  const origin = asObject(common.origin);
  record.prompt_id = asString(common.promptId);
  record.turn_id = step.turn?.id;
  record.turn_index = step.turn?.index;
  record.client_turn_index = asCount(position?.['turnIndex']);
  record.client_prompt_index = asCount(position?.['promptIndex']);
  record.prompt_kind = step.kind;
  record.prompt_source = asString(common.promptSource);
  record.turn_origin = asString(common.turnOrigin);
  record.origin_kind = asString(origin?.['kind']);
  record.origin_producer = asString(origin?.['producer']);
  record.origin_run_id = asString(origin?.['runId']);
  record.is_meta = common.isMeta === true ? true : undefined;
  record.is_turn_companion = common.turnCompanion === true ? true : undefined;
  if (opensTurn(step.kind)) fillPrompt(record, parts, step.turn);
}

function fillPrompt(record: TurnValues, parts: Scope['parts'], opened: Turn | undefined): void {
  const text = promptText(parts);
  record.prompt_length = text.length;
  record.prompt_images = opened?.images;
  record.slash_command = opened?.slashCommands[0] ?? slashCommandOf(text);
  record.is_first_turn = opened?.index === 0;
  record.gap_ms = opened?.gapMs;
  record.is_reprompt = opened?.gapMs === undefined ? undefined : opened.gapMs < REPROMPT_BELOW_MS;
}
