/** What a batch of records becomes: sessions to begin or to renew, events to create, and events to complete. */
import type { MessageRecord } from '../../fields/index.ts';
import { chainSteps } from './chain-events.ts';
import type { Event, Step } from './event.ts';
import { responded } from './response-events.ts';
import { sessionsOf, type Session } from './sessions.ts';
import { toolEnded, toolsBegun } from './tool-events.ts';
import { transcriptParts } from './transcripts.ts';
import { conversationsOf, turnBegun, turnEnded, type Conversations } from './turn-events.ts';

export interface Plan {
  begun: readonly Session[];
  renewed: readonly Session[];
  /** Events that began in an earlier batch, most likely. */
  completed: readonly Event[];
  created: readonly Event[];
}

/** Pure: the same records give the same plan. Lines that another transcript had first were sent there. */
export function planOf(records: readonly MessageRecord[], withTranscripts: boolean): Plan {
  const own = records.filter(({ is_replay }) => !is_replay);
  const conversations = conversationsOf(own);
  const sessions = sessionsOf(records);
  const begunSessions = new Set(sessions.begun.map(({ session_id: id }) => id));
  const events = mergedEvents(own.flatMap((record) => stepsOf(record, conversations)));
  const isNew = ({ event, isBegun }: Merged): boolean =>
    isBegun || (isOfSession(event) && begunSessions.has(event.session_id));
  return {
    ...sessions,
    completed: events.filter((one) => !isNew(one)).map(({ event }) => event),
    created: [...events.filter(isNew).map(({ event }) => event), ...(withTranscripts ? transcriptParts(records) : [])],
  };
}

function stepsOf(record: MessageRecord, conversations: Conversations): Step[] {
  return [
    ...turnBegun(record, conversations),
    ...responded(record),
    ...toolsBegun(record),
    ...toolEnded(record),
    ...chainSteps(record, conversations),
    ...turnEnded(record, conversations),
  ];
}

interface Merged {
  event: Event;
  /** Its beginning is among the records. */
  isBegun: boolean;
}

/** One event for each id, in the order of their beginnings: a call and its result, a turn and its end. */
function mergedEvents(steps: readonly Step[]): Merged[] {
  const events = new Map<string, Merged>();
  for (const { phase, event } of steps) {
    const before = events.get(event.event_id);
    if (before === undefined && phase === 'extend') continue;
    events.set(event.event_id, {
      event: before === undefined ? event : merged(before.event, event, phase),
      isBegun: before?.isBegun === true || phase === 'begin',
    });
  }
  return Array.from(events.values());
}

function merged(before: Event, event: Event, phase: Step['phase']): Event {
  if (phase === 'end') return event;
  const end = Math.max(before.end_time, event.end_time);
  return phase === 'begin' ? before : { ...before, end_time: end, duration: end - before.start_time };
}

/** What a session has once: it cannot be there before the session is. */
function isOfSession({ event_type: type, parent_id: parent, session_id: session }: Event): boolean {
  return type === 'chain' && parent === session;
}
