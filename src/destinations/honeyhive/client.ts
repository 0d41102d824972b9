/** Requests to HoneyHive: its paths, and what of a batch of events it says to have created. */
import type { HttpAnswer } from '../../lib/http.ts';
import { asArray, asObject, asString, jsonOrText } from '../../lib/json.ts';
import type { OptionValues } from '../../lib/options.ts';
import type { Delivery, Surroundings } from '../destination.ts';
import { outcomeOf, printable } from '../http-outcome.ts';
import type { transportOptions } from '../http-options.ts';
import { openTransport, type Target } from '../http-transport.ts';
import type { Event } from './event.ts';
import type { Session } from './sessions.ts';

/** What every session and event says of the destination. */
export interface Labels {
  project: string;
  source: string;
  environment: string | undefined;
}

/** Each returns and throws as `deliver` does. */
export interface Client {
  beginSession(session: Session, signal: AbortSignal): Promise<Delivery>;
  /** Brings a session up to date, or begins it where the server does not know it. */
  renewSession(session: Session, signal: AbortSignal): Promise<Delivery>;
  createEvents(events: readonly Event[], signal: AbortSignal): Promise<Delivery>;
  /** Completes an event, or creates it where the server does not know it. */
  completeEvent(event: Event, signal: AbortSignal): Promise<Delivery>;
  /** Asks for an event of the project. */
  look(signal: AbortSignal): Promise<Delivery>;
  close(): Promise<void>;
}

/** Opens the way to the server; nothing is sent. Throws a UserError where an option cannot be used. */
export async function openClient(
  values: OptionValues<typeof transportOptions>,
  surroundings: Surroundings,
  { project, source, environment }: Labels,
): Promise<Client> {
  const partial = new WeakMap<Delivery, Part>();
  // Of batches that were created in part: they are not to be created again.
  const created = new Set<string>();
  const transport = await openTransport(values, surroundings, {
    outcomeOf(answer, now) {
      const delivery = outcomeOf(answer, now);
      const part = answer.status === 500 ? partOf(answer) : undefined;
      if (part !== undefined) partial.set(delivery, part);
      return delivery;
    },
  });
  const send = (body: object, signal: AbortSignal, target: Target): Promise<Delivery> =>
    transport.post(JSON.stringify(body), { 'Content-Type': 'application/json' }, signal, target);
  const labelled = (one: Session | Event): object => {
    return { project, source, ...one, metadata: { environment, ...one.metadata } };
  };

  const client: Client = {
    beginSession: (session, signal) => send({ session: labelled(session) }, signal, { path: '/session/start' }),
    async renewSession(session, signal) {
      const renewed = await send(sessionUpdate(session), signal, { path: '/events', method: 'PUT' });
      return isUnknown(renewed) ? client.beginSession(session, signal) : renewed;
    },
    async createEvents(events, signal) {
      const isMissing = ({ event_id: id }: Event): boolean => !created.has(id);
      const missing = events.filter(isMissing);
      const delivery = await send({ events: missing.map(labelled) }, signal, { path: '/events/batch' });
      const part = partial.get(delivery);
      if (part === undefined) return delivery;
      for (const id of part.created) created.add(id);
      if (!missing.some(isMissing)) return { kind: 'delivered' };
      // What is refused without the others, too, is not refused because of them.
      const isFinal = part.created.length === 0 && missing.length < events.length;
      return isFinal ? { kind: 'delivered', dropped: { count: missing.length, reason: part.reason } } : delivery;
    },
    async completeEvent(event, signal) {
      const completed = await send(eventUpdate(event), signal, { path: '/events', method: 'PUT' });
      return isUnknown(completed) ? client.createEvents([event], signal) : completed;
    },
    look: (signal) => send({ project, filters: [], limit: 1, page: 1 }, signal, { path: '/v1/events/export' }),
    close: () => transport.close(),
  };
  return client;
}

/** What the server says of a batch of events that it could not create as a whole. */
interface Part {
  created: readonly string[];
  /** Why it did not create the others. */
  reason: string;
}

/** It says 500 although some were created, and which. */
function partOf({ body }: HttpAnswer): Part | undefined {
  const { event_ids: ids, errors } = asObject(jsonOrText(body)) ?? {};
  if (asArray(ids) === undefined) return undefined;
  const reason = textsIn(errors).join('; ');
  return { created: textsIn(ids), reason: printable(reason) || 'the server did not say why' };
}

function textsIn(list: unknown): readonly string[] {
  return (asArray(list) ?? []).flatMap((one) => asString(one) ?? []);
}

/** Of an event that is not there, an update is a bad request. */
function isUnknown(delivery: Delivery): boolean {
  return delivery.kind === 'rejected' && delivery.tooLarge !== true;
}

/** What an update can change: `outputs` are replaced, `metadata`, `metrics` and `config` merged into what is there. */
function eventUpdate({ event_id, outputs, metadata, metrics, config, duration, end_time, error }: Event): object {
  const known = Object.keys(outputs).length > 0 ? { outputs } : {};
  return { event_id, ...known, metadata: { ...metadata, error }, metrics, config, duration, end_time };
}

function sessionUpdate({ session_id, metadata, metrics, user_properties, duration, end_time }: Session): object {
  return { event_id: session_id, metadata, metrics, user_properties, duration, end_time };
}
