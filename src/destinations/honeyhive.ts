/** HoneyHive: sessions, and below them events of turns, calls of tools, and what happens around them. */
import { declareOptions } from '../lib/options.ts';
import type { DestinationKind } from './destination.ts';
import { openClient } from './honeyhive/client.ts';
import type { Event } from './honeyhive/event.ts';
import { planOf } from './honeyhive/plan.ts';
import { requestsInOrder, type Request } from './http-parts.ts';
import { transportOptions } from './http-options.ts';

const options = declareOptions({
  ...transportOptions,
  endpoint: {
    kind: 'url',
    about: 'The address of the API; another host for a data plane of your own.',
    default: 'https://api.honeyhive.ai',
  },
  apiKey: { ...transportOptions.apiKey, required: true },
  project: { kind: 'string', about: 'The name of the project in HoneyHive.', required: true },
  source: { kind: 'string', about: 'What events name as their source.', default: 'claude-code' },
  environment: { kind: 'string', about: 'The environment, such as `production`, in the metadata of each event.' },
  transcripts: {
    kind: 'boolean',
    about: 'Whether the records themselves are sent, too, as artifacts that evaluators can read.',
    default: true,
  },
  maxRecords: { kind: 'integer', about: 'Records in one batch.', default: 500, min: 1, max: 10_000 },
  maxBytes: {
    kind: 'integer',
    about: "Bytes of the records' JSON in one batch, before events are made of them.",
    default: 1_048_576,
    min: 1_024,
    max: 67_108_864,
  },
});

/** As many as the vendor's own exporter sends. */
const EVENTS_IN_ONE_REQUEST = 50;

/**
 * A session comes before its events. What completes events comes before what creates them: an update can come twice,
 * and an event that is created twice is there twice.
 */
export const honeyhive: DestinationKind<typeof options> = {
  about: 'HoneyHive: sessions as trees of turns and calls of tools (docs/honeyhive.md).',
  options,
  isRemote: true,
  async open(values, surroundings) {
    const { project, source, environment, transcripts, maxRecords, maxBytes } = values;
    const client = await openClient(values, surroundings, { project, source, environment });
    const inOrder = requestsInOrder();
    return {
      limits: { maxRecords, maxBytes },
      deliver({ id, records }, signal) {
        const { begun, renewed, completed, created } = planOf(records, transcripts);
        const requests: Request[] = [
          ...begun.map((session) => () => client.beginSession(session, signal)),
          ...renewed.map((session) => () => client.renewSession(session, signal)),
          ...completed.map((event) => () => client.completeEvent(event, signal)),
          ...portionsOf(created).map((events) => () => client.createEvents(events, signal)),
        ];
        return inOrder(id, requests);
      },
      check: (signal) => client.look(signal),
      close: () => client.close(),
    };
  },
};

function portionsOf(events: readonly Event[]): (readonly Event[])[] {
  const count = Math.ceil(events.length / EVENTS_IN_ONE_REQUEST);
  return Array.from({ length: count }, (_, index) =>
    events.slice(index * EVENTS_IN_ONE_REQUEST, (index + 1) * EVENTS_IN_ONE_REQUEST),
  );
}
