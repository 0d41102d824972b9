/** The ids of events: UUIDs made of names that the client gave, so that the same line always gives the same event. */
import type { MessageRecord } from '../../fields/index.ts';
import { uuid5 } from '../../lib/uuid5.ts';

/** The session, and its root event: the client's own id, which is a UUID. */
export function sessionEventId({ session_id: session, id }: MessageRecord): string {
  const name = session ?? id;
  return UUID.test(name) ? name.toLowerCase() : named('session', name);
}

/**
 * The answer of a turn, below which its calls hang. Turns are told apart by more than their id: sub-agents share it with
 * the turn that called them, and some clients (2.1.290) let the turns of a session that is taken up again share one.
 */
export function answerEventId(record: MessageRecord): string {
  const { session_id: session, agent_id: agent, turn_id: turn, turn_index: index } = record;
  return named('turn', session, agent, turn, String(index));
}

export function responseEventId({ session_id: session, message_id: message }: MessageRecord): string {
  return named('response', session, message);
}

export function toolEventId({ session_id: session }: MessageRecord, toolUseId: string | undefined): string {
  return named('tool', session, toolUseId);
}

/** What a session has once, such as its end. */
export function sessionPartId({ session_id: session }: MessageRecord, ...part: readonly string[]): string {
  return named('session-part', session, ...part);
}

/** What a line alone tells of; a copy of it in another session has the same id. */
export function lineEventId({ session_id: session, id }: MessageRecord, eventName: string): string {
  return named('line', session, id, eventName);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function named(...name: readonly (string | undefined)[]): string {
  return uuid5('claude-code', ...name);
}
