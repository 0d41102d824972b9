/** What happens around turns: compactions, and sub-agents that have come to their end. */
import type { MessageRecord } from '../../fields/index.ts';
import type { JsonObject } from '../../lib/json.ts';
import { eventOf, program, type Choices, type Event } from './event.ts';

export function systemEvents(record: MessageRecord, choices: Choices): Event[] {
  const event = (kind: string, payload: JsonObject): Event =>
    eventOf(record, '/events/system', {
      choices,
      kind,
      payload: { ...payload, ...program(record), occurred_at: record.timestamp ?? null },
    });
  if (record.compact_trigger !== undefined) return [event('pre_compact', compaction(record))];
  if (record.agent_id !== undefined && record.turn_status !== undefined) return [event('subagent_stop', agent(record))];
  return [];
}

/** The instructions of a person are known to a hook alone. */
function compaction({ compact_trigger: trigger, compact_pre_tokens: tokens }: MessageRecord): JsonObject {
  return {
    trigger: trigger ?? null,
    custom_instructions: null,
    context_tokens: tokens ?? null,
    context_percent: null,
    compaction_count: null,
  };
}

function agent({ agent_type: type, agent_id: id }: MessageRecord): JsonObject {
  return { subagent_type: type ?? null, agent_id: id ?? null, reason: null };
}
