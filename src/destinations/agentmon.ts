/** agentmon: an envelope for each event of a session, its runs and its spans. */
import { declareOptions } from '../lib/options.ts';
import type { Envelope } from './agentmon/event.ts';
import { eventsOf } from './agentmon/events.ts';
import type { Delivery, DestinationKind } from './destination.ts';
import { requestsInOrder } from './http-parts.ts';
import { transportOptions } from './http-options.ts';
import { openTransport } from './http-transport.ts';

const options = declareOptions({
  ...transportOptions,
  endpoint: {
    kind: 'url',
    about: 'The address of the ingest gateway; `/v1/events` is put behind it.',
    default: 'http://localhost:8080',
  },
  clientId: { kind: 'string', about: 'What events name as their client; without it, the name of the host.' },
  body: {
    kind: 'choice',
    about: 'What a request holds: an `array` of the events of a batch, or a `single` one.',
    choices: ['array', 'single'],
    default: 'array',
  },
  nesting: {
    kind: 'choice',
    about:
      'Where an event says who sent it and what it belongs to: `nested` in `source` and `correlation`, or `flat` beside them.',
    choices: ['nested', 'flat'],
    default: 'nested',
  },
  maxRecords: {
    kind: 'integer',
    about: 'Records in one batch; at most 25 where the body is `single`.',
    default: 100,
    min: 1,
    max: 1_000,
  },
});

const MAX_BYTES = 1_048_576;
/** Of which each may be a few requests: a batch has to end within a run. */
const MAX_SINGLE_RECORDS = 25;

export const agentmon: DestinationKind<typeof options> = {
  about: 'agentmon: events of sessions, runs and spans, with usage and cost (docs/agentmon.md).',
  options,
  isRemote: true,
  fromEnvironment(env) {
    const url = env['AGENTMON_INGEST_URL'];
    return new Map(url ? [['endpoint', url]] : []);
  },
  async open(values, surroundings) {
    const transport = await openTransport(values, surroundings);
    const inOrder = requestsInOrder();
    const most = values.body === 'single' ? MAX_SINGLE_RECORDS : Infinity;
    const post = (body: unknown, signal: AbortSignal): Promise<Delivery> =>
      transport.post(JSON.stringify(body), { 'Content-Type': 'application/json' }, signal, { path: '/v1/events' });
    return {
      limits: { maxRecords: Math.min(values.maxRecords, most), maxBytes: MAX_BYTES },
      deliver({ id, records }, signal) {
        const events = eventsOf(records).map((event) => shaped(event, values));
        const bodies = values.body === 'single' ? events : events.length === 0 ? [] : [events];
        return inOrder(
          id,
          bodies.map((body) => () => post(body, signal)),
        );
      },
      async check(signal) {
        const asked = await post([], signal);
        // An ingest that wants events in a list of events is one.
        return asked.kind === 'rejected' ? { kind: 'delivered' } : asked;
      },
      close: () => transport.close(),
    };
  },
};

function shaped(
  { source, correlation, ...event }: Envelope,
  { clientId, nesting }: { clientId?: string; nesting: 'nested' | 'flat' },
): object {
  const named = { ...source, ...(clientId !== undefined && { client_id: clientId }) };
  const { schema, event: head, ...rest } = event;
  return nesting === 'flat'
    ? { schema, event: head, ...named, ...correlation, ...rest }
    : { schema, event: head, source: named, correlation, ...rest };
}
