/** Turns: what was asked (`turn.user`), and what came of it (`turn.agent`). */
import type { MessageRecord } from '../../fields/index.ts';
import type { JsonObject } from '../../lib/json.ts';
import { eventOf, type Event, type Parts, type Step } from './event.ts';
import { answerEventId, lineEventId, toolEventId } from './ids.ts';

export interface Message {
  role: 'user' | 'assistant';
  content: string;
}

/** What the records of a batch know of a turn's conversation. */
interface Conversation {
  messages: Message[];
  /** The last thinking that is readable. */
  thinking: string | undefined;
}

export type Conversations = ReadonlyMap<string, Readonly<Conversation>>;

/** The conversations of the turns that the records belong to, by the event of the turn's answer. */
export function conversationsOf(records: readonly MessageRecord[]): Conversations {
  const conversations = new Map<string, Conversation>();
  for (const record of records) {
    const message = messageOf(record);
    const thinking = thinkingOf(record);
    if (record.turn_id === undefined || (message === undefined && thinking === undefined)) continue;
    const id = answerEventId(record);
    const conversation = conversations.get(id) ?? { messages: [], thinking: undefined };
    if (message !== undefined) conversation.messages.push(message);
    conversation.thinking = thinking ?? conversation.thinking;
    conversations.set(id, conversation);
  }
  return conversations;
}

/** The prompt that the record is, and the answer that begins with it. */
export function turnBegun(record: MessageRecord, conversations: Conversations): Step[] {
  if (!beginsTurn(record)) return [];
  return begun(record.agent_id === undefined ? promptEvent(record) : undefined, answerEvent(record, conversations));
}

/** The answer, once the turn has come to its end; a turn that goes on after that is completed anew. */
export function turnEnded(record: MessageRecord, conversations: Conversations): Step[] {
  const event = record.turn_status === undefined ? undefined : answerEvent(record, conversations);
  return event === undefined ? [] : [{ phase: 'end', event }];
}

export function beginsTurn({ is_first_turn: isFirst, turn_id: turn }: MessageRecord): boolean {
  return isFirst !== undefined && turn !== undefined;
}

/** What a turn hangs below: the call that a sub-agent works for, where its lines say so (since 2.1.200). */
export function callerOf(record: MessageRecord): Pick<Parts, 'parent'> {
  const { agent_id: agent, parent_tool_use_id: call } = record;
  return agent === undefined || call === undefined ? {} : { parent: toolEventId(record, call) };
}

/** What the model said last. */
export function answerOf(record: MessageRecord, conversations: Conversations): string | undefined {
  const last = conversations.get(answerEventId(record))?.messages.at(-1);
  return last?.role === 'assistant' ? last.content : undefined;
}

const NOTHING: Conversation = { messages: [], thinking: undefined };

function begun(...events: readonly (Event | undefined)[]): Step[] {
  return events.flatMap((event) => (event === undefined ? [] : [{ phase: 'begin', event }]));
}

function messageOf(record: MessageRecord): Message | undefined {
  if (!record.text) return undefined;
  if (record.type === 'assistant') return { role: 'assistant', content: record.text };
  return beginsTurn(record) ? { role: 'user', content: record.text } : undefined;
}

/** Requests that the client keeps, too, hold thinking: that of earlier turns. */
function thinkingOf({ type, thinking }: MessageRecord): string | undefined {
  return type === 'assistant' && thinking ? thinking : undefined;
}

function promptEvent(record: MessageRecord): Event | undefined {
  return eventOf(record, {
    id: lineEventId(record, 'turn.user'),
    type: 'model',
    name: 'turn.user',
    inputs: { chat_history: [] },
    outputs: { role: 'user', content: record.text },
    metadata: { 'turn.role': 'user', 'turn.index': record.turn_index, 'prompt.kind': record.prompt_kind },
  });
}

function answerEvent(record: MessageRecord, conversations: Conversations): Event | undefined {
  const { messages, thinking } = conversations.get(answerEventId(record)) ?? NOTHING;
  const content = record.turn_status === undefined ? undefined : answerOf(record, conversations);
  const model = record.turn_models?.at(-1);
  return eventOf(record, {
    id: answerEventId(record),
    ...callerOf(record),
    type: 'model',
    name: 'turn.agent',
    start: record.turn_started_at,
    ...(model !== undefined && { config: { provider: 'anthropic', model } }),
    inputs: { chat_history: content === undefined ? messages : messages.slice(0, -1), thinking },
    ...(content !== undefined && { outputs: { role: 'assistant', content } }),
    error: record.turn_status === 'error' ? (record.error_message ?? record.error_class ?? 'error') : undefined,
    metadata: { 'turn.role': 'assistant', 'turn.index': record.turn_index, model, ...endMetadata(record) },
    ...(record.turn_status !== undefined && { metrics: turnMetrics(record) }),
  });
}

function endMetadata(record: MessageRecord): JsonObject {
  // The client answers most commands by itself, and nothing would ever end such a turn.
  if (record.turn_status === undefined) return { 'turn.status': record.prompt_kind === 'command' ? undefined : 'open' };
  return {
    'turn.status': record.turn_status,
    'turn.stop_reason': record.turn_stop_reason,
    'turn.closings': record.turn_closings,
    'error.class': record.error_class,
    request_id: record.request_id,
  };
}

/** Sums over the turn, under names of their own: whoever adds up the events of responses has them already. */
function turnMetrics(record: MessageRecord): JsonObject {
  return {
    'turn.cost_usd': record.turn_cost_usd,
    'turn.input_tokens': record.turn_input_tokens,
    'turn.output_tokens': record.turn_output_tokens,
    'turn.cache_read_tokens': record.turn_cache_read_tokens,
    'turn.cache_creation_tokens': record.turn_cache_creation_tokens,
    'turn.duration_ms': record.turn_duration_ms,
    'turn.responses': record.turn_responses,
    'turn.tool_calls': record.turn_tool_calls,
    'turn.tool_errors': record.turn_tool_errors,
    'turn.api_errors': record.turn_api_errors,
  };
}
