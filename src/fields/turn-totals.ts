/** What a turn added up to. Filled on the record that ends it. */
import type { Turn, TurnSums } from '../context.ts';
import {
  count,
  decimal,
  fieldGroup,
  ms,
  picoUsd,
  places,
  tallies,
  time,
  tokens,
  usd,
  word,
  words,
  type ValuesOf,
} from './field.ts';
import type { TurnStatus } from '../fold/turn.ts';
import { msBetween } from '../line/parts.ts';
import type { Scope } from './scope.ts';

const SINCE = 'since the turn had ended before; absent where it had not.';

export const turnTotalsFields = fieldGroup({
  turn_status: word(
    'the line that ended the turn',
    'Only on the record that ends a turn: `ok`, `error`, `interrupted`, `refused`, `truncated`, `limit_reached`; `unfinished` or `unknown` on a record of type `turn`, where no line ended it: another turn began, or nothing was written for six hours.',
  ),
  turn_closings: count(
    'lines and silences that ended the turn; a record of type turn does not count itself',
    'Above 1, the turn had ended before and went on; the record with the largest number holds the whole.',
  ),
  turn_started_at: time("`timestamp` of the turn's first line", 'When the turn began.'),
  turn_prompt_kind: word(
    "prompt_kind of the turn's first line",
    'What began the turn; `none` where its beginning is not in the transcript.',
  ),
  turn_stop_reason: word('the last `message.stop_reason` of the turn', 'Why its last response ended.'),
  turn_duration_ms: ms('turn_started_at to `timestamp`', 'How long the turn took, up to the line that ended it.'),
  turn_responses: count('message ids of the turn', 'API responses in the turn.'),
  turn_input_tokens: tokens(
    'usage, once per message id',
    'Uncached prompt tokens of the turn, without those of sub-agents in files of their own.',
  ),
  turn_output_tokens: tokens('usage, once per message id', 'Output tokens of the turn.'),
  turn_cache_read_tokens: tokens('usage, once per message id', 'Cached prompt tokens of the turn.'),
  turn_cache_creation_tokens: tokens('usage, once per message id', 'Cache writes of the turn.'),
  turn_thinking_tokens: tokens(
    'usage, once per message id',
    'Thinking tokens of the turn, where the client tells them.',
  ),
  turn_thinking_blocks: count(
    '`message.content[].type` = thinking, redacted_thinking',
    'Blocks of thinking in the turn.',
  ),
  turn_new_input_tokens: tokens('turn_input_tokens', `Those ${SINCE}`),
  turn_new_output_tokens: tokens('turn_output_tokens', `Those ${SINCE}`),
  turn_new_cache_read_tokens: tokens('turn_cache_read_tokens', `Those ${SINCE}`),
  turn_new_cache_creation_tokens: tokens('turn_cache_creation_tokens', `Those ${SINCE}`),
  turn_new_thinking_tokens: tokens('turn_thinking_tokens', `Those ${SINCE}`),
  turn_new_cost_pico_usd: picoUsd('turn_cost_usd', `What came to it ${SINCE}`),
  turn_cost_usd: usd('cost_pico_usd, once per message id', "List price of the turn's priced responses."),
  turn_unpriced_responses: count('cost_status', 'Responses without a price: with any, turn_cost_usd is a lower bound.'),
  turn_models: words('requested_model, else model', 'Models of the turn, by first use.'),
  turn_tool_calls: count('tool_use blocks', 'Tool calls in the turn.'),
  turn_tools: tallies('tool_use blocks', 'Tools of the turn with their number of calls, as `Bash=3`.'),
  turn_tool_errors: count('tool_result blocks', 'Calls that failed or were refused.'),
  turn_tool_duration_ms: ms('tool_duration_ms', 'Sum over the calls; parallel ones count each.'),
  turn_parallel_tools_max: count('tool_use blocks per message id', 'The most calls that one response made.'),
  turn_parallel_tools_avg: decimal(
    'tool_use blocks per message id',
    'Mean number of calls of the responses that made any; two decimals.',
  ),
  turn_permission_denials: count('permission_outcome', 'Calls that a person or a rule refused.'),
  turn_hook_blocks: count('permission_outcome', 'Calls that a hook blocked.'),
  turn_agents_started: count('calls of Agent and Task', 'Sub-agents that the turn started.'),
  turn_skills: words('`message.content[].input.skill` of Skill calls', 'Skills that the turn used.'),
  turn_slash_commands: words('slash_command', 'Slash commands of the turn.'),
  turn_files_touched: places('file_path', 'Files that the turn read or wrote, at most 64.'),
  turn_lines_added: count('lines_added', 'Lines that the turn added to files.'),
  turn_lines_removed: count('lines_removed', 'Lines that the turn removed from files.'),
  turn_lines_of_code: count(
    'fenced code in answers and the input of editing tools',
    'Non-empty lines of code that the model wrote.',
  ),
  turn_api_errors: count('system/api_error and `isApiErrorMessage`', 'API errors in the turn, retried ones too.'),
  turn_images: count('prompt_images', 'Images in the prompt of the turn.'),
});

type TurnTotals = ValuesOf<typeof turnTotalsFields>;

export function fillTurnTotals(record: TurnTotals, { parts, step }: Scope): void {
  if (step.closing === undefined || step.turn === undefined) return;
  fillTotalsOf(record, step.turn, step.closing, parts.timestamp);
}

/** The sums of a turn; its cost is filled in by the price step. */
export function fillTotalsOf(record: TurnTotals, ended: Turn, status: TurnStatus, endedAt: string | undefined): void {
  record.turn_status = status;
  record.turn_closings = ended.closings;
  record.turn_started_at = ended.startedAt;
  record.turn_prompt_kind = ended.promptKind;
  record.turn_stop_reason = ended.stopReason;
  record.turn_duration_ms = msBetween(ended.startedAt, endedAt);
  record.turn_responses = ended.responses;
  record.turn_input_tokens = ended.inputTokens;
  record.turn_output_tokens = ended.outputTokens;
  record.turn_cache_read_tokens = ended.cacheReadTokens;
  record.turn_cache_creation_tokens = ended.cacheCreationTokens;
  record.turn_thinking_tokens = ended.thinkingTokens;
  record.turn_thinking_blocks = ended.thinkingBlocks;
  if (ended.told !== undefined) fillNew(record, ended, ended.told);
  record.turn_models = ended.models;
  record.turn_tool_calls = ended.toolCalls;
  record.turn_tools = Object.entries(ended.tools).map(([name, calls]) => `${name}=${calls}`);
  record.turn_tool_errors = ended.toolErrors;
  record.turn_tool_duration_ms = ended.toolMs;
  record.turn_parallel_tools_max = ended.parallelMax;
  record.turn_parallel_tools_avg = average(ended.toolCalls, ended.callingResponses);
  record.turn_permission_denials = ended.permissionDenials;
  record.turn_hook_blocks = ended.hookBlocks;
  record.turn_agents_started = ended.agentsStarted;
  record.turn_skills = ended.skills;
  record.turn_slash_commands = ended.slashCommands;
  record.turn_files_touched = ended.filesTouched;
  record.turn_lines_added = ended.linesAdded;
  record.turn_lines_removed = ended.linesRemoved;
  record.turn_lines_of_code = ended.linesOfCode;
  record.turn_api_errors = ended.apiErrors;
  record.turn_images = ended.images;
}

function fillNew(record: TurnTotals, ended: Turn, told: TurnSums): void {
  record.turn_new_input_tokens = ended.inputTokens - told.inputTokens;
  record.turn_new_output_tokens = ended.outputTokens - told.outputTokens;
  record.turn_new_cache_read_tokens = ended.cacheReadTokens - told.cacheReadTokens;
  record.turn_new_cache_creation_tokens = ended.cacheCreationTokens - told.cacheCreationTokens;
  record.turn_new_thinking_tokens = ended.thinkingTokens - told.thinkingTokens;
}

function average(calls: number, responses: number): number {
  return responses === 0 ? 0 : Math.round((calls / responses) * 100) / 100;
}
