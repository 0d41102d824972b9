/** The ids of traces and spans: hashes of names that the client gave, so that the same line gives the same span. */
import { hash } from 'node:crypto';
import type { MessageRecord } from '../../fields/index.ts';

export type TraceBy = 'turn' | 'session';

/** The trace that a record belongs to: 16 bytes as hex; undefined for what was before the first turn. */
export function traceIdOf(record: MessageRecord, traceBy: TraceBy): string | undefined {
  const { session_id: session, turn_id: turn } = record;
  if (session === undefined) return undefined;
  if (traceBy === 'session') return named(['trace', session], 32);
  return turn === undefined ? undefined : named(['trace', session, turn], 32);
}

/**
 * The span of the turn that a record belongs to, its own agent's: all spans of the turn hang below it. A turn's id
 * alone does not name it: sub-agents of newer clients share it, and a fork gives one id to all turns that it copies.
 * A turn that had been closed before and went on, by the number of its closing, is a span of its own.
 */
export function turnSpanId(record: MessageRecord, closing = 1): string {
  const { session_id: session, agent_id: agent, turn_id: turn, turn_index: index } = record;
  return spanId('turn', session, agent, turn, index, closing);
}

export function toolSpanId(session: string | undefined, toolUseId: string | undefined): string {
  return spanId('tool', session, toolUseId);
}

export function responseSpanId(session: string | undefined, messageId: string | undefined): string {
  return spanId('response', session, messageId);
}

/** The span of a line that is the only one to tell of what it is about. */
export function lineSpanId({ id }: MessageRecord): string {
  return spanId('line', id);
}

/** 8 bytes as hex. */
function spanId(...name: readonly (string | number | undefined)[]): string {
  return named(name, 16);
}

function named(name: readonly (string | number | undefined)[], digits: number): string {
  return hash('sha256', name.join('\0'), 'hex').slice(0, digits);
}
