/** An event in the envelope that agentmon's ingest takes. */
import type { MessageRecord } from '../../fields/index.ts';
import type { JsonObject } from '../../lib/json.ts';
import { turnName } from '../../insights/closings.ts';
import { uuid5 } from '../../lib/uuid5.ts';

export type EventType =
  'session.start' | 'session.end' | 'run.start' | 'run.end' | 'span.start' | 'span.end' | 'error' | 'metric.snapshot';

export interface Envelope {
  schema: { name: 'agentmon.event'; version: 1 };
  event: { id: string; type: EventType; ts: string; seq?: number };
  source: JsonObject;
  correlation: JsonObject;
  attributes?: JsonObject;
  payload?: JsonObject;
}

export interface Parts {
  type: EventType;
  /** When it was, where that is not the time of the line. */
  at?: string | undefined;
  /** The span that it begins or ends. */
  span?: string | undefined;
  /** Whether it belongs to the session, and to no run. */
  isOfSession?: true;
  attributes?: JsonObject;
  payload?: JsonObject;
}

/** The envelope of an event that the record tells of; undefined where neither says when it was. */
export function envelopeOf(record: MessageRecord, parts: Parts): Envelope | undefined {
  const { type, at: ts = record.timestamp, span, isOfSession, attributes, payload } = parts;
  if (ts === undefined) return undefined;
  return {
    schema: { name: 'agentmon.event', version: 1 },
    event: {
      id: uuid5('agentmon', record.session_id, record.id, type, span),
      type,
      ts,
      ...(record.line_number !== undefined && { seq: record.line_number }),
    },
    source: { framework: 'claude-code', client_id: record.host_name, host: record.host_name },
    correlation: {
      session_id: record.session_id,
      ...(isOfSession !== true && runOf(record)),
      ...(span !== undefined && { span_id: spanId(record, span) }),
    },
    ...(attributes !== undefined && { attributes }),
    ...(payload !== undefined && { payload }),
  };
}

/** A text as it is shown, cut at so many characters. */
export function preview(text: string | undefined, characters: number): string | undefined {
  return text?.slice(0, characters).toWellFormed();
}

/** A sub-agent's turn is a run of its own, below the call that it works for. */
function runOf(record: MessageRecord): JsonObject {
  const { agent_id: agent, turn_id: turn, parent_tool_use_id: call } = record;
  return {
    ...(turn !== undefined && { run_id: uuid5('agentmon-run', turnName(record)) }),
    ...(agent !== undefined && call !== undefined && { parent_span_id: spanId(record, call) }),
  };
}

/** Of a call by its id, of anything else by a name of its own. */
function spanId({ session_id: session }: MessageRecord, name: string): string {
  return uuid5('agentmon-span', session, name);
}
