/** Log records, one for each record. */
import type { MessageRecord } from '../../fields/index.ts';
import { responseOf } from '../../insights/response.ts';
import { eventOf, SEVERITY } from './event.ts';
import { lineSpanId, responseSpanId, toolSpanId, traceIdOf, turnSpanId, type TraceBy } from './ids.ts';
import { attributesOf, nanoseconds, type KeyValue, type LogRecord } from './model.ts';
import { newResponses } from './responses.ts';
import { personOf } from './words.ts';

/** The records' events, in their order. */
export function logRecordsOf(records: readonly MessageRecord[], traceBy: TraceBy): LogRecord[] {
  const lastLines = new Map(newResponses(records).flatMap(({ lines, last }) => lines.map((line) => [line, last])));
  return records.map((record) => logRecordOf(record, lastLines.get(record) ?? record, traceBy));
}

function logRecordOf(record: MessageRecord, last: MessageRecord, traceBy: TraceBy): LogRecord {
  const { name, severity = 'INFO', attributes } = eventOf(record, last);
  const time = nanoseconds(record.timestamp);
  const traceId = record.is_replay ? undefined : traceIdOf(record, traceBy);
  const hasSpan = traceId !== undefined && record.turn_id !== undefined;
  return {
    ...(time !== undefined && { timeUnixNano: time, observedTimeUnixNano: time }),
    severityNumber: SEVERITY[severity],
    severityText: severity,
    body: { stringValue: name },
    attributes: [...commonAttributes(record, name), ...attributes],
    ...(traceId !== undefined && { traceId }),
    ...(hasSpan && { spanId: spanIdOf(record) }),
    eventName: name,
  };
}

function commonAttributes(record: MessageRecord, name: string): KeyValue[] {
  return attributesOf({
    'log.record.uid': uidOf(record),
    'event.name': name.slice(name.indexOf('.') + 1),
    'event.timestamp': record.timestamp,
    'event.sequence': record.line_number,
    'session.id': record.session_id,
    'prompt.id': record.turn_id,
    'message.uuid': record.uuid,
    agent_id: record.agent_id,
    'agent.name': record.agent_type,
    'app.entrypoint': record.entrypoint,
    ...personOf(record),
  });
}

/**
 * The record's id: a backend may leave out what comes again under the same one. The record of a session is renewed under
 * its id, and each time says more.
 */
function uidOf({ id, type, timestamp }: MessageRecord): string {
  return type === 'session' || type === 'reconciliation' ? `${id}@${timestamp}` : id;
}

/** The span that the record belongs to: its response's, its call's, or its turn's. */
function spanIdOf(record: MessageRecord): string {
  if (record.tool_result_ids !== undefined) return toolSpanId(record.session_id, record.tool_use_id);
  if (record.type === 'assistant' && record.is_api_error) return lineSpanId(record);
  return responseOf(record) === undefined ? turnSpanId(record) : responseSpanId(record.session_id, record.message_id);
}
