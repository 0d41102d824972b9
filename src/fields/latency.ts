/** How long things took: what the client measured itself, and what the timestamps of the lines tell. */
import type { Response } from '../context.ts';
import { asBoolean, asCount, asNumber, asObject, asString, type JsonObject } from '../lib/json.ts';
import { count, decimal, fieldGroup, flag, ms, time, type ValuesOf } from './field.ts';
import { msBetween, type LineParts } from '../line/parts.ts';
import type { Scope } from './scope.ts';
import { isFinal } from './usage.ts';

export const latencyFields = fieldGroup({
  thinking_duration_ms: ms('`thinkingDurationMs`', 'How long the thinking on the line took.'),
  tool_input_stream_ms: ms('`toolInputStreamMs`', "How long the call's input took to arrive."),
  response_started_at: time(
    '`timestamp` of the prompt or the tool result that the response answers',
    'The earliest moment at which the request can have been sent.',
  ),
  response_duration_ms: ms(
    'response_started_at to `timestamp`',
    'How long the response took up to this line, retries included; its last line has the whole.',
  ),
  time_to_first_block_ms: ms(
    "response_started_at to `timestamp` of the response's first line",
    'How long the first whole block took; the first token came before it.',
  ),
  ttft_ms: ms('`ttftMs`', 'Time to the first token, on api_metrics lines.'),
  output_tokens_per_second: decimal(
    '`otps`; else output_tokens ÷ response_duration_ms on the lines that can be the last of a response',
    'How fast the answer came, one decimal where it is derived; of several lines of a response the last one counts.',
  ),
  duration_ms: ms('`durationMs`, `totalDurationMs`', 'How long what the line reports took, as the client measured it.'),
  client_turn_duration_ms: ms(
    '`durationMs` of turn_duration lines, `turnDurationMs`',
    'How long the turn took, as the client measured it.',
  ),
  client_message_count: count('`messageCount`', 'Messages of the session so far, as the client counts them.'),
  pending_background_agents: count('`pendingBackgroundAgentCount`', 'Sub-agents that went on when the turn ended.'),
  client_hook_duration_ms: ms('`hookDurationMs`', 'Time in hooks during the turn, on api_metrics lines.'),
  client_tool_duration_ms: ms('`toolDurationMs`, `tool_duration_ms`', 'Time in tools, on api_metrics lines.'),
  client_tool_count: count('`toolCount`, `tool_count`', 'Tools that ran, on api_metrics lines.'),
  classifier_duration_ms: ms(
    '`classifierDurationMs`, `classifier_duration_ms`',
    'Time in permission checks by a model.',
  ),
  classifier_count: count('`classifierCount`, `classifier_count`', 'Permission checks by a model.'),
  config_write_count: count(
    '`configWriteCount`, `config_write_count`',
    'How often the client wrote its configuration.',
  ),
  is_p50: flag('`isP50`', 'The figures of the line are medians over several requests.'),
  time_saved_ms: ms('`timeSavedMs`', 'What an answer that was prepared ahead saved.'),
});

type Latency = ValuesOf<typeof latencyFields>;

export function fillLatency(record: Latency, { parts, step }: Scope): void {
  const { type, line, common, subtype } = parts;
  if (type === 'assistant') fillFromAnswer(record, parts, step.response?.response);
  record.duration_ms = msOf(common.durationMs ?? common.totalDurationMs);
  record.time_saved_ms = msOf(common.timeSavedMs);
  if (type !== 'system') return;
  if (subtype === 'turn_duration') fillFromTurn(record, line, common.durationMs);
  if (subtype === 'api_metrics') fillFromMetrics(record, line);
}

function fillFromAnswer(record: Latency, parts: LineParts, response: Response | undefined): void {
  const { line, timestamp } = parts;
  const requestedAt = response?.requestedAt;
  const duration = msBetween(requestedAt, timestamp);
  record.thinking_duration_ms = msOf(line['thinkingDurationMs']);
  record.tool_input_stream_ms = msOf(line['toolInputStreamMs']);
  record.response_started_at = requestedAt;
  record.response_duration_ms = duration;
  record.time_to_first_block_ms = msBetween(requestedAt, response?.startedAt);
  record.output_tokens_per_second = speedOf(parts, duration);
}

/** Below this, the clock of the lines is too coarse for a speed. */
const MEASURABLE_MS = 100;

function speedOf(parts: LineParts, duration: number | undefined): number | undefined {
  const { line, message } = parts;
  if (message === undefined || duration === undefined || duration < MEASURABLE_MS) return undefined;
  const output = asCount(asObject(message['usage'])?.['output_tokens']);
  if (output === undefined || isFinal(line, message) !== true || !canBeLast(parts)) return undefined;
  return Math.round((output / duration) * 10_000) / 10;
}

/** Every line carries the tokens of the whole response, so an early one would make it look too fast. */
function canBeLast({ message, blocks }: LineParts): boolean {
  const block = asString(blocks.at(-1)?.['type']);
  if (message?.['stop_reason'] === 'tool_use') return block === 'tool_use';
  return block !== 'thinking' && block !== 'redacted_thinking';
}

function fillFromTurn(record: Latency, line: JsonObject, duration: unknown): void {
  record.client_turn_duration_ms = msOf(duration);
  record.client_message_count = asCount(line['messageCount']);
  record.pending_background_agents = asCount(line['pendingBackgroundAgentCount']);
}

/** The names in snake case are those of earlier clients. */
function fillFromMetrics(record: Latency, line: JsonObject): void {
  fillFromTurn(record, line, line['turnDurationMs']);
  record.ttft_ms = msOf(line['ttftMs']);
  record.output_tokens_per_second = asNumber(line['otps']);
  record.client_hook_duration_ms = msOf(line['hookDurationMs']);
  record.client_tool_duration_ms = msOf(line['toolDurationMs'] ?? line['tool_duration_ms']);
  record.client_tool_count = asCount(line['toolCount'] ?? line['tool_count']);
  record.classifier_duration_ms = msOf(line['classifierDurationMs'] ?? line['classifier_duration_ms']);
  record.classifier_count = asCount(line['classifierCount'] ?? line['classifier_count']);
  record.config_write_count = asCount(line['configWriteCount'] ?? line['config_write_count']);
  record.is_p50 = asBoolean(line['isP50']);
}

/** Milliseconds; some clients write fractions of them. */
export function msOf(value: unknown): number | undefined {
  return asCount(Math.round(asNumber(value) ?? -1));
}
