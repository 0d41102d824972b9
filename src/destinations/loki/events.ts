/** What prompts, responses, errors, compactions, turns and sessions say as events. */
import { fieldGroups, type MessageRecord } from '../../fields/index.ts';

export interface Event {
  event: string;
  /** `info`, where it is left out. */
  level?: 'info' | 'warn' | 'error';
  content: object;
  /** What lines are searched by without parsing them, besides what all of them have. */
  metadata?: { readonly [name: string]: string | number | boolean | undefined };
}

/** The event that a line is, if it is one and no call of a tool. */
export function lineEvent(record: MessageRecord): Event | undefined {
  if (record.type === 'canary') return { event: 'canary', content: {} };
  if (record.is_api_error) return apiError(record);
  if (record.type === 'assistant') return response(record);
  if (record.type === 'user' && record.is_first_turn !== undefined) return prompt(record);
  return record.subtype === 'compact_boundary' ? compaction(record) : undefined;
}

function prompt(record: MessageRecord): Event {
  const content = {
    prompt: {
      kind: record.prompt_kind,
      source: record.prompt_source,
      text: record.text,
      length: record.prompt_length,
      images: record.prompt_images,
    },
    context: { command: record.slash_command, flags: record.prompt_flags, reasoning: record.reasoning_flag },
  };
  return { event: 'prompt', content, metadata: { prompt_kind: record.prompt_kind } };
}

/** Tokens and cost are those that the line adds, so that they can be summed over lines. */
function response(record: MessageRecord): Event {
  const isNews = (record.incremental_total_tokens ?? 0) > 0;
  const usage = {
    cost_usd: record.incremental_cost_usd,
    input_tokens: record.incremental_input_tokens,
    output_tokens: record.incremental_output_tokens,
    cache_read_tokens: record.incremental_cache_read_tokens,
    cache_creation_tokens: record.incremental_cache_creation_tokens,
  };
  const content = {
    response: {
      message_id: record.message_id,
      text: record.text,
      length: record.text_length,
      tools: record.tool_names,
      stop_reason: record.stop_reason,
      duration_ms: record.response_duration_ms,
      ...(isNews && { ...usage, cost_status: record.cost_status }),
    },
  };
  return { event: 'response', content, metadata: isNews ? usage : {} };
}

function apiError(record: MessageRecord): Event {
  const content = {
    error: {
      class: record.error_class,
      status: record.api_error_status,
      type: record.api_error_type,
      message: record.error_message ?? record.text,
      attempt: record.retry_attempt,
      max_retries: record.max_retries,
      retry_in_ms: record.retry_in_ms,
    },
  };
  return { event: 'api_error', level: 'error', content, metadata: { error_class: record.error_class } };
}

function compaction(record: MessageRecord): Event {
  const content = {
    compaction: {
      trigger: record.compact_trigger,
      pre_tokens: record.compact_pre_tokens,
      post_tokens: record.compact_post_tokens,
      duration_ms: record.compact_duration_ms,
    },
  };
  return { event: 'compaction', content };
}

/** A turn that ended before and went on ends again: the entry with the largest `closings` holds the whole. */
export function turnEvent(record: MessageRecord): Event {
  const { turn_status: status, turn_duration_ms: duration_ms } = record;
  return {
    event: 'turn',
    level: levelOf(status),
    content: { turn: totals(record, 'turn') },
    metadata: { status, duration_ms },
  };
}

/** All that the session has come to so far, at the end of each turn: the newest entry of a session holds the whole. */
export function sessionEvent(record: MessageRecord): Event {
  const { session_status: status, session_duration_ms: duration_ms } = record;
  return { event: 'session', content: { session: totals(record, 'session') }, metadata: { status, duration_ms } };
}

function levelOf(status: string | undefined): 'info' | 'warn' | 'error' {
  if (status === 'error') return 'error';
  return status === 'ok' ? 'info' : 'warn';
}

const TOTALS = {
  turn: Object.keys(fieldGroups.turn_totals),
  session: Object.keys(fieldGroups.session_totals),
};

/** The totals without what their names have in common, as `cost_usd` for `turn_cost_usd`. */
function totals(record: MessageRecord, of: 'turn' | 'session'): object {
  const values = new Map<string, unknown>(Object.entries(record));
  return Object.fromEntries(TOTALS[of].map((name) => [name.replace(`${of}_`, ''), values.get(name)]));
}
