/** What all spans are made of: their times, and what names the session and the turn. */
import type { MessageRecord } from '../../fields/index.ts';
import { traceIdOf, type TraceBy } from './ids.ts';
import { attributesOf, nanoseconds, STATUS_ERROR, type KeyValue, type Span } from './model.ts';

export interface SpanParts {
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  start: string | undefined;
  attributes: readonly KeyValue[];
  status?: NonNullable<Span['status']>;
}

/** The span from its start to the time of the record that ends it; undefined where that has none, or no trace. */
export function spanOf(
  record: MessageRecord,
  traceBy: TraceBy,
  { start, attributes, ...parts }: SpanParts,
): Span | undefined {
  const { timestamp } = record;
  const traceId = traceIdOf(record, traceBy);
  const endTimeUnixNano = nanoseconds(timestamp);
  if (traceId === undefined || endTimeUnixNano === undefined) return undefined;
  const isForward = start !== undefined && Date.parse(start) <= Date.parse(timestamp ?? '');
  const startTimeUnixNano = (isForward ? nanoseconds(start) : undefined) ?? endTimeUnixNano;
  const shared = attributesOf({
    'gen_ai.conversation.id': record.session_id,
    'session.id': record.session_id,
    'prompt.id': record.turn_id,
    'claude_code.agent_id': record.agent_id,
    'claude_code.agent_type': record.agent_type,
    'claude_code.record_id': record.id,
  });
  return { traceId, ...parts, startTimeUnixNano, endTimeUnixNano, attributes: [...attributes, ...shared] };
}

export function failure(errorType: string | undefined): Pick<Span, 'status'> {
  return errorType === undefined ? {} : { status: { code: STATUS_ERROR, message: errorType } };
}

export function spanName(operation: string, subject: string | undefined): string {
  return subject === undefined || subject === '' ? operation : `${operation} ${subject}`;
}
