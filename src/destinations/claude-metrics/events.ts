/** What a batch of records becomes: an event for each prompt, call and end of a turn, and the roll-ups of sessions. */
import type { MessageRecord } from '../../fields/index.ts';
import { closingsOf } from '../../insights/closings.ts';
import { accountOf, clientMeta, type Choices, type Event } from './event.ts';
import { sessionEvents } from './session-events.ts';
import { systemEvents } from './system-events.ts';
import { toolEvent } from './tool-event.ts';
import { executionEvent, promptEvents } from './turn-events.ts';

/** Pure: the same records give the same events. Lines that another transcript had first were sent there. */
export function eventsOf(records: readonly MessageRecord[], choices: Choices): Event[] {
  const closings = closingsOf(records);
  const answers = new Map<string, MessageRecord>();
  const events = records.flatMap((record): Event[] => {
    if (record.is_replay) return [];
    const conversation = `${record.session_id}\0${record.agent_id}`;
    const answer = answers.get(conversation);
    if (record.type === 'assistant' && record.context_tokens !== undefined) answers.set(conversation, record);
    const closing = closings.get(record);
    return [
      ...(record.type === 'canary' ? [healthCheck(record, record.timestamp, choices)] : []),
      ...promptEvents(record, answer, choices),
      ...(record.tool_result_ids === undefined ? [] : [toolEvent(record, choices)]),
      ...(closing === undefined ? [] : [executionEvent(closing, choices)]),
      ...systemEvents(record, choices),
    ];
  });
  return [...events, ...sessionEvents(records, choices)];
}

/** The heartbeat of the machine that the record is of; `sentAt` is RFC 3339. */
export function healthCheck(record: MessageRecord, sentAt: string | undefined, choices: Choices): Event {
  const { occurred_at: _, ...meta } = clientMeta(record);
  return {
    path: '/health-checks',
    body: { ...accountOf(record, choices), client_meta: { ...meta, sent_at: sentAt } },
  };
}
