import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Destination, Surroundings } from '../../src/destinations/destination.ts';
import { openOtlp, otlp } from '../../src/destinations/otlp.ts';
import { signals, type Protocol, type Signal } from '../../src/destinations/otlp/requests.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import { checkOptions } from '../../src/lib/options.ts';
import { claimedRecords } from '../helpers/claimed.ts';
import { testRemoteDestinationContract } from '../helpers/destination-contract.ts';
import {
  type LoopbackServer,
  type ReceivedRequest,
  startLoopbackServer,
  type ScriptedAnswer,
} from '../helpers/loopback-server.ts';
import { decodeOtlp, encodeOtlpAnswer } from '../helpers/otlp-decoder.ts';

const KEY = 'sk-0123456789abcdef';
const surroundings: Surroundings = { env: {}, storePath: '/nowhere', userAgent: 'stopwire/1.2.3' };
const never = new AbortController().signal;
const protocols: Protocol[] = ['http/protobuf', 'http/json'];

async function open(given: object): Promise<Destination> {
  const { values, problems } = checkOptions(otlp.options, given);
  if (values === undefined) throw new Error(problems.join());
  return openOtlp(values, surroundings, Date.now);
}

/** A prompt, which gives a log record and, being the first of its session, a metric. */
function prompt(id: string): MessageRecord {
  const timestamp = '2026-01-02T03:04:05.678Z';
  return {
    id,
    type: 'user',
    session_id: `s-${id}`,
    turn_id: 't',
    prompt_kind: 'human',
    is_first_turn: true,
    timestamp,
  };
}

for (const protocol of protocols) {
  testRemoteDestinationContract(`otlp over ${protocol}`, async () => {
    const server = await startLoopbackServer();
    return {
      destination: await open({ endpoint: server.url, protocol, apiKey: KEY, timeoutMs: 500 }),
      server,
      secret: KEY,
      recordOf: prompt,
      arrivedIds: async () => server.requests.flatMap(recordIds),
      tearDown: () => server.close(),
    };
  });
}

function recordIds({ path, headers, bytes, body }: ReceivedRequest): string[] {
  if (!path.endsWith('/v1/logs')) return [];
  const isJson = headers['content-type'] === 'application/json';
  const text = isJson ? body : JSON.stringify(decodeOtlp('logs', bytes));
  return Array.from(text.matchAll(/"log\.record\.uid","value":\{"stringValue":"([^"]+)"/g), ([, id = '']) => id);
}

describe('what is sent', () => {
  const records = claimedRecords('2.1.329-parallel');
  const batch = { id: 'batch-1', records, json: records.map((record) => JSON.stringify(record)), upTo: new Map() };
  let server: LoopbackServer;
  let destination: Destination | undefined;
  let raw: RawServer | undefined;
  beforeEach(async () => {
    server = await startLoopbackServer();
  });
  afterEach(async () => {
    await destination?.close();
    await raw?.close();
    await server.close();
  });
  const deliver = async (given: object = {}) => {
    destination = await open({ endpoint: server.url, ...given });
    return destination.deliver(batch, never);
  };
  const paths = (): string[] => server.requests.map(({ path }) => path);

  test('goes below the endpoint, metrics last, as protobuf', async () => {
    expect(await deliver({ endpoint: `${server.url}/otlp?tenant=7` })).toEqual({ kind: 'delivered' });
    expect(paths()).toEqual(['/otlp/v1/traces?tenant=7', '/otlp/v1/logs?tenant=7', '/otlp/v1/metrics?tenant=7']);
    for (const { headers } of server.requests) expect(headers['content-type']).toBe('application/x-protobuf');
  });

  test('is the same to the byte when it is sent again', async () => {
    await deliver();
    await deliver();
    const bodies = server.requests.map(({ bytes }) => bytes.toString('base64'));
    expect(bodies.slice(3)).toEqual(bodies.slice(0, 3));
  });

  test('goes where each signal has an endpoint of its own, as it is', async () => {
    await deliver({ tracesEndpoint: `${server.url}/t`, metricsEndpoint: `${server.url}/m?x=1` });
    expect(paths()).toEqual(['/t', '/v1/logs', '/m?x=1']);
  });

  test.each(signals)('is without %s where they are not wanted', async (signal) => {
    await deliver({ [signal]: false });
    expect(paths()).toEqual(signals.filter((one) => one !== signal).map((one) => `/v1/${one}`));
  });

  test('is nothing where nothing is to be said', async () => {
    destination = await open({ endpoint: server.url });
    const empty = { id: 'e', records: [], json: [], upTo: new Map() };
    expect(await destination.deliver(empty, never)).toEqual({ kind: 'delivered' });
    expect(server.begun()).toBe(0);
  });

  test('names the service and what else the resource is to say', async () => {
    await deliver({ protocol: 'http/json', serviceName: 'agents', resourceAttributes: ['team=a=b', 'host.name=mine'] });
    const { resourceSpans } = JSON.parse(server.requests[0]?.body ?? '');
    const attributes = resourceSpans[0].resource.attributes.map(
      ({ key, value }: { key: string; value: { stringValue: string } }) => [key, value.stringValue],
    );
    expect(Object.fromEntries(attributes)).toMatchObject({
      'service.name': 'agents',
      team: 'a=b',
      'host.name': 'mine',
    });
  });

  test('goes on with the request that was not taken when the batch comes again', async () => {
    server.script({}, { status: 503 }, {});
    expect(await deliver()).toMatchObject({ kind: 'retry' });
    expect(await destination?.deliver(batch, never)).toEqual({ kind: 'delivered' });
    expect(paths()).toEqual(['/v1/traces', '/v1/logs', '/v1/logs', '/v1/metrics']);
  });

  test('is tried with requests that hold nothing', async () => {
    destination = await open({ endpoint: server.url });
    expect(await destination.check?.(never)).toEqual({ kind: 'delivered' });
    expect(server.requests.map(({ path, bytes }) => [path, bytes.length])).toEqual(
      signals.map((signal) => [`/v1/${signal}`, 0]),
    );
    server.script({ status: 404 });
    expect(await destination.check?.(never)).toMatchObject({ kind: 'hold' });
  });

  test.each([500, 501, 505, 507, 520, 599])(
    'is in doubt where the server fails with %i: it may take others of the signal, or none',
    async (status) => {
      server.script({}, { status });
      expect(await deliver()).toMatchObject({ kind: 'retry', doubt: 'server-error', takesOthers: false });
      const other = { ...batch, id: 'batch-2' };
      expect(await destination?.deliver(other, never)).toMatchObject({ doubt: 'server-error', takesOthers: true });
      expect(paths()).toEqual(['/v1/traces', '/v1/logs', '/v1/traces']);
    },
  );

  test.each([408, 429, 502, 503, 504])('is in no doubt where the server answers %i', async (status) => {
    server.script({ status });
    const delivery = await deliver({ retryServerErrors: false });
    expect(delivery).toEqual({ kind: 'retry', reason: expect.stringContaining(`${status}`) });
  });

  test('is refused by a failure of the server where that is not to be tried again, and the check is not', async () => {
    server.script({ status: 500, body: 'no', headers: { 'content-type': 'text/plain' } });
    const reason = '500 Internal Server Error: no';
    expect(await deliver({ retryServerErrors: false })).toEqual({ kind: 'rejected', reason });
    expect(await destination?.check?.(never)).toMatchObject({ kind: 'retry', reason });
  });

  const json = (body: object): ScriptedAnswer => {
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  };

  test.each<[string, ScriptedAnswer]>([
    ['an empty body', { status: 200 }],
    ['an empty protobuf body', { status: 200, headers: { 'content-type': 'application/x-protobuf' } }],
    ['an empty object', json({})],
    ['an empty partial success', json({ partialSuccess: {} })],
    ['a warning', json({ partialSuccess: { errorMessage: 'slow down', rejectedSpans: '0' } })],
    ['nonsense in the place of a count', json({ partialSuccess: { rejectedSpans: 'many' } })],
  ])('was taken whole: %s', async (_title, answer) => {
    server.script(answer);
    expect(await deliver({ logs: false, metrics: false })).toEqual({ kind: 'delivered' });
  });

  const refusals: [Signal, string][] = [
    ['traces', 'rejectedSpans'],
    ['logs', 'rejectedLogRecords'],
    ['metrics', 'rejectedDataPoints'],
  ];

  test.each(refusals)('was taken in part: %s, answered in JSON', async (_signal, name) => {
    server.script(json({ partialSuccess: { [name]: '3', errorMessage: 'too\n old' } }), {}, {});
    expect(await deliver()).toEqual({ kind: 'delivered', dropped: { count: 3, reason: 'too old' } });
    expect(paths()).toHaveLength(3);
  });

  test('was taken in part by more than one, answered in JSON', async () => {
    const [first = {}, ...others] = refusals.map(([, name]) => {
      return json({ partialSuccess: { [name]: 2, errorMessage: name } });
    });
    server.script(first, ...others);
    expect(await deliver()).toEqual({ kind: 'delivered', dropped: { count: 6, reason: 'rejectedSpans' } });
  });

  test('was taken in part, answered in protobuf', async () => {
    const answer = answerOf('200 OK', encodeOtlpAnswer({ rejectedSpans: 300, errorMessage: 'zu alt – für uns' }));
    raw = await startRawServer(answer);
    destination = await open({ endpoint: raw.url, logs: false, metrics: false });
    const delivery = await destination.deliver(batch, never);
    expect(delivery).toEqual({ kind: 'delivered', dropped: { count: 300, reason: 'zu alt – für uns' } });
  });

  test('was refused, with a reason in protobuf', async () => {
    raw = await startRawServer(answerOf('400 Bad Request', Buffer.from('\x08\x03\x12\x08no spans', 'latin1')));
    destination = await open({ endpoint: raw.url });
    expect(await destination.deliver(batch, never)).toEqual({ kind: 'rejected', reason: '400 Bad Request: no spans' });
  });
});

/** An HTTP answer with a protobuf body, as the bytes that a server writes. */
function answerOf(status: string, body: Buffer): Buffer {
  const head = [`HTTP/1.1 ${status}`, 'Content-Type: application/x-protobuf', `Content-Length: ${body.length}`, '', ''];
  return Buffer.concat([Buffer.from(head.join('\r\n')), body]);
}

interface RawServer {
  url: string;
  close: () => Promise<void>;
}

async function startRawServer(answer: Buffer): Promise<RawServer> {
  const server = createServer((_request, response) => {
    response.socket?.end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
