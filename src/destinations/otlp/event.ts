/** The event that a record is: under the official client's name where it has one of the kind, else under our own. */
import { fieldGroups, type MessageRecord } from '../../fields/index.ts';
import { fieldAttributes, fieldNames } from './field-attributes.ts';
import { attributesOf, double, type KeyValue } from './model.ts';
import { isNews } from './responses.ts';
import { modelOf } from '../../fields/usage.ts';
import { decisionOf, querySource, speedOf } from './words.ts';

/** What the body and the common attributes say, or the resource. */
const COMMON = new Set(['identity', 'session', 'turn', 'repository', 'machine', 'provenance']);
/** Every line of a response repeats these: on one of them they are the event of the request. */
const REPEATED = new Set(['usage', 'cost']);

/** What an event of our own says: everything that the record does, besides what all of them have in common. */
export const OWN_EVENT_FIELDS = fieldNames(
  Object.entries(fieldGroups).flatMap(([name, group]) => (COMMON.has(name) || REPEATED.has(name) ? [] : [group])),
  (name) => `stopwire.${name}`,
  { withContent: true },
);

export interface Event {
  name: string;
  severity?: keyof typeof SEVERITY;
  attributes: readonly KeyValue[];
}

export const SEVERITY = { INFO: 9, WARN: 13, ERROR: 17 } as const;

/** @param last the last line of the record's response, as far as it is known */
export function eventOf(record: MessageRecord, last: MessageRecord): Event {
  if (!record.is_replay) {
    if (record.is_api_error) return apiError(record);
    if (record.type === 'user') return userEvent(record);
    if (isNews(record)) return apiRequest(record, last);
    if (record.type === 'assistant' && record.text !== undefined) return assistantResponse(record);
    if (record.subtype === 'compact_boundary') return compaction(record);
    if (record.subtype === 'stop_hook_summary') return hooksCompleted(record);
  }
  return ownEvent(record);
}

function userEvent(record: MessageRecord): Event {
  if (record.tool_result_ids !== undefined) {
    return decisionOf(record) === 'reject' ? toolDecision(record) : toolResult(record);
  }
  const isPrompt = record.is_first_turn !== undefined && PROMPTS.has(record.prompt_kind ?? '');
  return isPrompt ? userPrompt(record) : ownEvent(record);
}

/** What a person typed; the other kinds that begin a turn are the client's. */
const PROMPTS = new Set(['human', 'command', 'bash']);

function userPrompt(record: MessageRecord): Event {
  const attributes = attributesOf({
    prompt_length: record.prompt_length,
    prompt: record.text,
    command_name: record.slash_command,
    prompt_source: record.prompt_source,
  });
  return { name: 'claude_code.user_prompt', attributes };
}

/** With what this line adds to its response: of most clients that is all of it. */
function apiRequest(record: MessageRecord, last: MessageRecord): Event {
  const { incremental_cost_usd: cost } = record;
  const attributes = attributesOf({
    model: modelOf(record),
    input_tokens: record.incremental_input_tokens,
    output_tokens: record.incremental_output_tokens,
    cache_read_tokens: record.incremental_cache_read_tokens,
    cache_creation_tokens: record.incremental_cache_creation_tokens,
    cache_creation_5m_tokens: record.cache_creation_5m_tokens,
    cache_creation_1h_tokens: record.cache_creation_1h_tokens,
    cost_usd: double(cost),
    cost_usd_micros: cost === undefined ? undefined : Math.round(cost * 1e6),
    cost_status: record.cost_status,
    cost_flags: record.cost_flags,
    duration_ms: last.response_duration_ms,
    request_id: record.request_id,
    message_id: record.message_id,
    speed: speedOf(record),
    service_tier: record.service_tier,
    inference_geo: record.inference_geo,
    web_search_requests: record.incremental_web_search_requests,
    thinking_tokens: record.incremental_thinking_tokens,
    query_source: querySource(record),
    effort: record.effort,
    stop_reason: last.stop_reason,
    response: record.text,
  });
  return { name: 'claude_code.api_request', attributes };
}

function assistantResponse(record: MessageRecord): Event {
  const attributes = attributesOf({
    model: modelOf(record),
    response_length: record.text_length,
    response: record.text,
    request_id: record.request_id,
    message_id: record.message_id,
    query_source: querySource(record),
  });
  return { name: 'claude_code.assistant_response', attributes };
}

function apiError(record: MessageRecord): Event {
  const attributes = attributesOf({
    model: modelOf(record),
    error: record.error_message,
    error_type: record.api_error_type,
    'error.type': record.error_class,
    status_code: record.api_error_status,
    attempt: record.retry_attempt,
    max_retries: record.max_retries,
    retry_in_ms: record.retry_in_ms,
    request_id: record.request_id ?? record.failed_request_id,
    query_source: querySource(record),
  });
  return { name: 'claude_code.api_error', severity: 'ERROR', attributes };
}

function toolResult(record: MessageRecord): Event {
  const failed = record.tool_success === false;
  const attributes = attributesOf({
    tool_name: record.tool_name,
    tool_use_id: record.tool_use_id,
    success: String(!failed),
    duration_ms: record.tool_client_duration_ms ?? record.tool_duration_ms,
    error: record.tool_error,
    'error.type': record.tool_error_class,
    decision_type: decisionOf(record),
    decision_source: record.permission_source,
    tool_input: record.tool_input,
    tool_input_size_bytes: record.tool_input_bytes,
    tool_result: record.tool_results?.[0],
    // The official client counts characters under this name.
    tool_result_size_bytes: record.tool_result_length,
    file_path: record.file_path,
    bash_command: record.bash_command,
    exit_code: record.exit_code,
  });
  return { name: 'claude_code.tool_result', severity: failed ? 'WARN' : 'INFO', attributes };
}

/** A call that was refused: nothing ran, so the official client tells of no result. */
function toolDecision(record: MessageRecord): Event {
  const attributes = attributesOf({
    decision: 'reject',
    source: record.permission_source,
    tool_name: record.tool_name,
    tool_use_id: record.tool_use_id,
    permission_mode: record.permission_mode,
    error: record.tool_error,
    'error.type': record.tool_error_class,
    tool_input: record.tool_input,
    tool_input_size_bytes: record.tool_input_bytes,
    file_path: record.file_path,
    bash_command: record.bash_command,
  });
  return { name: 'claude_code.tool_decision', severity: 'WARN', attributes };
}

function compaction(record: MessageRecord): Event {
  const attributes = attributesOf({
    trigger: record.compact_trigger,
    success: 'true',
    pre_tokens: record.compact_pre_tokens,
    post_tokens: record.compact_post_tokens,
    duration_ms: record.compact_duration_ms,
  });
  return { name: 'claude_code.compaction', attributes };
}

function hooksCompleted(record: MessageRecord): Event {
  const attributes = attributesOf({
    hook_event: 'Stop',
    hook_name: 'Stop',
    num_hooks: record.hook_count,
    total_duration_ms: record.hook_duration_ms,
    hook_status: record.hook_status,
    prevented_continuation: record.prevented_continuation,
  });
  return { name: 'claude_code.hook_execution_complete', attributes };
}

function ownEvent(record: MessageRecord): Event {
  const attributes = attributesOf({
    model: modelOf(record),
    message_id: record.message_id,
    'stopwire.subtype': record.subtype,
    'stopwire.is_replay': record.is_replay,
  });
  return {
    name: `stopwire.${record.type}`,
    attributes: [...attributes, ...fieldAttributes(record, OWN_EVENT_FIELDS)],
  };
}
