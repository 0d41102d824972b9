/** Responses of the model (`turn.response`): where tokens and cost stand, each response once. */
import type { MessageRecord } from '../../fields/index.ts';
import { eventOf, type Step } from './event.ts';
import { responseEventId } from './ids.ts';
import { belowTurn } from './tool-events.ts';

/**
 * The response, with the first of its lines, which counts its tokens; the others repeat them. Clients before 2.1.97
 * correct the count in a later line, and with it the event. What the model said is in the events of the turn and of its
 * calls.
 */
export function responded(record: MessageRecord): Step[] {
  const { message_id: message, incremental_total_tokens: added = 0, total_tokens: total, model } = record;
  if (message === undefined || !total) return [];
  const event = eventOf(record, {
    id: responseEventId(record),
    ...belowTurn(record),
    type: 'model',
    name: 'turn.response',
    start: record.response_started_at,
    ...(model !== undefined && { config: { provider: 'anthropic', model } }),
    metadata: {
      model,
      request_id: record.request_id,
      message_id: message,
      'usage.input_tokens': record.input_tokens,
      'usage.output_tokens': record.output_tokens,
      'usage.cache_read_input_tokens': record.cache_read_tokens,
      'usage.cache_creation_input_tokens': record.cache_creation_tokens,
      'usage.service_tier': record.service_tier,
      prompt_tokens: record.input_tokens,
      completion_tokens: record.output_tokens,
      total_tokens: total,
      cost: record.cost_usd,
      'cost.status': record.cost_status,
    },
  });
  if (event === undefined) return [];
  if (added === 0) return [{ phase: 'extend', event }];
  return [{ phase: added === total ? 'begin' : 'end', event }];
}
