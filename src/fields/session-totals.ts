/** What a session has added up to so far. On the record of type `session`, renewed at the end of each turn. */
import type { Session } from '../context.ts';
import { count, fieldGroup, ms, tallies, time, tokens, usd, word, words, type ValuesOf } from './field.ts';
import { withTurn } from '../fold/tally.ts';
import { msBetween } from '../line/parts.ts';
import type { Scope } from './scope.ts';

export const sessionTotalsFields = fieldGroup({
  session_started_at: time("`timestamp` of the first turn's first line", 'When the session began.'),
  session_duration_ms: ms('session_started_at to `timestamp`', 'How long it has been since then, pauses included.'),
  session_status: word('turn_status of the last turn', 'How its last turn ended.'),
  session_stop_reason: word('turn_stop_reason of the last turn', 'Why the last response ended.'),
  session_turns: count('turns of the transcript', 'Turns so far.'),
  session_prompts: count('prompt_kind human, command and bash', 'Turns that a person began.'),
  session_reprompts: count('is_reprompt', 'Prompts that came within ten seconds of an answer.'),
  session_lines: count('lines of the transcript', 'Lines so far.'),
  session_responses: count('message ids', 'API responses so far, without those of sub-agents in files of their own.'),
  session_input_tokens: tokens('usage, once per message id', 'Uncached prompt tokens.'),
  session_output_tokens: tokens('usage, once per message id', 'Output tokens.'),
  session_cache_read_tokens: tokens('usage, once per message id', 'Cached prompt tokens.'),
  session_cache_creation_tokens: tokens('usage, once per message id', 'Cache writes.'),
  session_thinking_tokens: tokens('usage, once per message id', 'Thinking tokens, where the client tells them.'),
  session_cost_usd: usd('cost_pico_usd, once per message id', 'List price of the priced responses.'),
  session_unpriced_responses: count(
    'cost_status',
    'Responses without a price: with any, session_cost_usd is a lower bound.',
  ),
  session_models: words('requested_model, else model', 'Models of the session, by first use.'),
  session_tool_calls: count('tool_use blocks', 'Tool calls.'),
  session_tools: tallies('tool_use blocks', 'Tools with their number of calls, as `Bash=3`.'),
  session_tool_errors: count('tool_result blocks', 'Calls that failed or were refused.'),
  session_permission_denials: count('permission_outcome', 'Calls that a person or a rule refused.'),
  session_hook_blocks: count('permission_outcome', 'Calls that a hook blocked.'),
  session_agents_started: count('calls of Agent and Task', 'Sub-agents that were started.'),
  session_skills: words('turn_skills', 'Skills that were used.'),
  session_slash_commands: words('turn_slash_commands', 'Slash commands that were used.'),
  session_lines_added: count('lines_added', 'Lines added to files.'),
  session_lines_removed: count('lines_removed', 'Lines removed from files.'),
  session_lines_of_code: count('turn_lines_of_code', 'Non-empty lines of code that the model wrote.'),
  session_compactions: count('system/compact_boundary', 'How often the history was compacted.'),
  session_interrupts: count('prompt_kind interrupt', 'How often a person interrupted.'),
  session_api_errors: count('system/api_error and `isApiErrorMessage`', 'API errors, retried ones too.'),
  session_plan_modes: count('calls of ExitPlanMode', 'Plans that were put forward.'),
  session_plan_approvals: count('results of ExitPlanMode', 'Plans that were approved.'),
  session_hook_runs: count('system/stop_hook_summary', 'Stop hooks that ran.'),
  session_hook_duration_ms: ms('system/stop_hook_summary', 'Sum of how long they took.'),
});

/** The session up to the end of a turn; its cost is filled in by the price step. */
export function fillSessionTotals(record: ValuesOf<typeof sessionTotalsFields>, { context, step, parts }: Scope): void {
  const whole: Session = withTurn(context.session, context.turn);
  record.session_started_at = whole.startedAt;
  record.session_duration_ms = msBetween(whole.startedAt, parts.timestamp ?? step.abandoned?.endedAt);
  record.session_status = step.closing ?? step.abandoned?.status;
  record.session_stop_reason = context.turn?.stopReason;
  record.session_turns = whole.turns;
  record.session_prompts = whole.prompts;
  record.session_reprompts = whole.reprompts;
  record.session_lines = context.lines;
  record.session_responses = whole.responses;
  record.session_input_tokens = whole.inputTokens;
  record.session_output_tokens = whole.outputTokens;
  record.session_cache_read_tokens = whole.cacheReadTokens;
  record.session_cache_creation_tokens = whole.cacheCreationTokens;
  record.session_thinking_tokens = whole.thinkingTokens;
  record.session_models = whole.models;
  record.session_tool_calls = whole.toolCalls;
  record.session_tools = Object.entries(whole.tools).map(([name, calls]) => `${name}=${calls}`);
  record.session_tool_errors = whole.toolErrors;
  record.session_permission_denials = whole.permissionDenials;
  record.session_hook_blocks = whole.hookBlocks;
  record.session_agents_started = whole.agentsStarted;
  record.session_skills = whole.skills;
  record.session_slash_commands = whole.slashCommands;
  record.session_lines_added = whole.linesAdded;
  record.session_lines_removed = whole.linesRemoved;
  record.session_lines_of_code = whole.linesOfCode;
  record.session_compactions = whole.compactions;
  record.session_interrupts = whole.interrupts;
  record.session_api_errors = whole.apiErrors;
  record.session_plan_modes = whole.planModes;
  record.session_plan_approvals = whole.planApprovals;
  record.session_hook_runs = whole.hookRuns;
  record.session_hook_duration_ms = whole.hookMs;
}
