import { describe, expect, test } from '@jest/globals';
import { type Batch, type Destination, unchecked } from '../../src/destinations/destination.ts';
import { loki, openLoki } from '../../src/destinations/loki.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import { checkOptions } from '../../src/lib/options.ts';
import { deliver } from '../../src/pipeline/deliver.ts';
import { testRemoteDestinationContract } from '../helpers/destination-contract.ts';
import { type LoopbackServer, startLoopbackServer, type Step } from '../helpers/loopback-server.ts';

const KEY = 'loki-0123456789abcdef';
const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const surroundings = { env: {}, storePath: '/nowhere', userAgent: 'stopwire/1.2.3' };
const never = new AbortController().signal;

const open = (options: object): Promise<Destination> => unchecked(loki).open(options, surroundings);

/** With a clock that stands at NOW. */
async function openAtNow(options: object): Promise<Destination> {
  const { values, problems } = checkOptions(loki.options, options);
  if (values === undefined) throw new Error(problems.join());
  return openLoki(values, surroundings, () => NOW);
}

function answerAt(id: string, timestamp?: string): MessageRecord {
  return { id, type: 'assistant', text: 'Done.', ...(timestamp !== undefined && { timestamp }) };
}

function batchOf(...records: MessageRecord[]): Batch {
  return { id: 'batch', records, json: records.map((record) => JSON.stringify(record)), upTo: new Map() };
}

const three = batchOf(...['a', 'b', 'c'].map((id) => answerAt(id, '2026-11-21T11:00:00.000Z')));

function idsIn(body: string): string[] {
  const { streams }: { streams: { values: [string, string][] }[] } = JSON.parse(body);
  return streams.flatMap(({ values }) => values.map(([, line]) => JSON.parse(line).id));
}

testRemoteDestinationContract('loki', async () => {
  const server = await startLoopbackServer();
  return {
    destination: await open({ endpoint: server.url, apiKey: KEY, timeoutMs: 500, maxAgeHours: 0 }),
    server,
    secret: KEY,
    recordOf: (id) => answerAt(id, '2026-11-21T11:00:00.000Z'),
    arrivedIds: async () => server.requests.flatMap(({ body }) => idsIn(body)),
    tearDown: () => server.close(),
  };
});

/** Opens the destination at a server of its own, and closes both. */
async function withServer<T>(
  options: object,
  use: (destination: Destination, server: LoopbackServer) => Promise<T>,
): Promise<T> {
  const server = await startLoopbackServer();
  const destination = await openAtNow({ endpoint: server.url, ...options });
  try {
    return await use(destination, server);
  } finally {
    await destination.close();
    await server.close();
  }
}

describe('a push', () => {
  test.each([
    ['a bearer token', { apiKey: KEY }, { authorization: `Bearer ${KEY}` }],
    [
      'a user and a password',
      { apiKey: KEY, user: '12345' },
      { authorization: `Basic ${Buffer.from(`12345:${KEY}`).toString('base64')}` },
    ],
    ['a tenant', { tenant: 'team-7' }, { 'x-scope-orgid': 'team-7' }],
  ])('carries %s', async (_title, options, headers) => {
    await withServer(options, async (destination, server) => {
      await destination.deliver(three, never);
      expect(server.requests[0]?.headers).toMatchObject({ 'content-type': 'application/json', ...headers });
    });
  });

  test('hides the password in the words of a server that repeats the header', async () => {
    const login = Buffer.from(`12345:${KEY}`).toString('base64');
    await withServer({ apiKey: KEY, user: '12345' }, async (destination, server) => {
      server.script({ status: 400, body: `bad header: Basic ${login}` });
      expect(JSON.stringify(await destination.deliver(three, never))).not.toContain(login.slice(0, 8));
    });
  });

  test.each(['', '/', '/loki/api/v1/push'])('goes to the push API for an endpoint with the path %j', async (path) => {
    const server = await startLoopbackServer();
    const destination = await openAtNow({ endpoint: `${server.url}${path}` });
    await destination.deliver(three, never);
    await destination.close();
    await server.close();
    expect(server.requests.map((request) => request.path)).toEqual(['/loki/api/v1/push']);
  });

  test.each([
    ['a user without a password', { user: 'me' }, 'it needs a password in apiKey'],
    ['a user with a colon', { user: 'me:you', apiKey: KEY }, 'may contain no colon'],
    ['a tenant with a line break', { tenant: 'a\nb' }, 'The option tenant was not accepted'],
    ['a label without a value', { labels: ['team'] }, '"team" is not one'],
    ['a label with a name that Loki refuses', { labels: ['my-team=web'] }, '"my-team=web" is not one'],
    ['a label that is ours', { labels: ['event=x'] }, '"event" is set by stopwire itself'],
    ['more labels than Loki takes', { labels: Array.from({ length: 12 }, (_, n) => `l${n}=x`) }, 'more than eleven'],
  ])('is not opened with %s', async (_title, options, words) => {
    await expect(open(options)).rejects.toThrow(words);
  });
});

/** As Loki words it: for one stream, and only the first ten of what it ignored by name. */
function ignored(count: number, of: number): string {
  const each = "entry with timestamp 2026-11-21 10:00:00 +0000 UTC ignored, reason: 'entry too far behind',\n";
  return `${each.repeat(count)}user 'fake', total ignored: ${count} out of ${of} for stream: {event="response"}`;
}

describe('an answer', () => {
  const tooOld = `entry for stream '{event="response"}' has timestamp too old: 2026-11-01T00:00:00Z`;

  test.each<[string, Step, object]>([
    ['204: took it', { status: 204 }, { kind: 'delivered' }],
    [
      '400 without a count: refuses it, so that it is halved',
      { status: 400, body: 'entry too far behind / timestamp must be a string' },
      { kind: 'rejected' },
    ],
    ['400 about the age of an entry: refuses it', { status: 400, body: tooOld }, { kind: 'rejected' }],
    [
      '400 with a count below what was sent: took the others',
      { status: 400, body: ignored(2, 3) },
      { kind: 'delivered', dropped: { count: 2, reason: expect.stringContaining('entry too far behind') } },
    ],
    ['400 with all of them: refuses it', { status: 400, body: ignored(3, 3) }, { kind: 'rejected' }],
    ['401: a wrong key', { status: 401, body: 'no org id' }, { kind: 'hold' }],
    ['413: too large', { status: 413 }, { kind: 'rejected', tooLarge: true }],
    ['429: too fast', { status: 429, headers: { 'Retry-After': '2' } }, { kind: 'retry', afterMs: 2_000 }],
    ['429 for one stream, in the words of a 400', { status: 429, body: ignored(1, 3) }, { kind: 'retry' }],
    ['500: broken', { status: 500, body: 'failed to forward request to ingester' }, { kind: 'retry' }],
  ])('%s', async (_title, step, outcome) => {
    await withServer({}, async (destination, server) => {
      server.script(step);
      expect(await destination.deliver(three, never)).toMatchObject(outcome);
    });
  });

  test('to halves of a batch leaves out the one record that is refused', async () => {
    await withServer({}, async (destination, server) => {
      server.script({ status: 400, body: tooOld }, {}, { status: 400, body: ignored(1, 1) });
      const outcome = await deliver(three, destination, { signal: never, hasTakenBefore: true });
      expect(outcome.settled).toBe(3);
      expect(outcome.refused.map(({ record }) => record.id)).toEqual(['c']);
    });
  });

  test.each([
    ['misses the streams', { status: 422, body: 'error at least one valid stream is required for ingestion\n' }],
    ['says nothing', { status: 204 }],
  ])('to a check that %s is a server that takes lines', async (_title, step) => {
    await withServer({}, async (destination, server) => {
      server.script(step);
      expect(await destination.check?.(never)).toEqual({ kind: 'delivered' });
      expect(server.requests.map(({ body }) => body)).toEqual(['{"streams":[]}']);
    });
  });

  test.each([
    [401, 'hold'],
    [422, 'rejected'],
    [500, 'retry'],
  ])('to a check of %i is %s', async (status, kind) => {
    await withServer({}, async (destination, server) => {
      server.script({ status });
      expect(await destination.check?.(never)).toMatchObject({ kind });
    });
  });
});

describe('the age of lines', () => {
  const batch = batchOf(
    answerAt('old', '2026-11-14T11:59:59.999Z'),
    answerAt('new', '2026-11-14T12:00:00.000Z'),
    answerAt('without a time'),
  );

  test('leaves out what the server would refuse, and counts it', async () => {
    await withServer({}, async (destination, server) => {
      expect(await destination.deliver(batch, never)).toMatchObject({ kind: 'delivered', dropped: { count: 2 } });
      expect(server.requests.flatMap(({ body }) => idsIn(body))).toEqual(['new']);
    });
  });

  test('does not matter at 0; what has no time cannot be sent at all', async () => {
    await withServer({ maxAgeHours: 0 }, async (destination, server) => {
      expect(await destination.deliver(batch, never)).toMatchObject({ kind: 'delivered', dropped: { count: 1 } });
      expect(server.requests.flatMap(({ body }) => idsIn(body))).toEqual(['old', 'new']);
    });
  });

  test('counts with what the server has dropped', async () => {
    await withServer({ maxAgeHours: 0 }, async (destination, server) => {
      server.script({ status: 400, body: ignored(1, 2) });
      expect(await destination.deliver(batch, never)).toMatchObject({ kind: 'delivered', dropped: { count: 2 } });
    });
  });

  test('sends nothing where nothing is left', async () => {
    await withServer({ maxAgeHours: 1 }, async (destination, server) => {
      expect(await destination.deliver(batch, never)).toMatchObject({ kind: 'delivered', dropped: { count: 3 } });
      expect(server.requests).toEqual([]);
    });
  });
});

test('a record that is no event is delivered without a request', async () => {
  await withServer({}, async (destination, server) => {
    const notice: MessageRecord = { id: 'a', type: 'queue-operation', timestamp: '2026-11-21T11:00:00.000Z' };
    expect(await destination.deliver(batchOf(notice), never)).toEqual({ kind: 'delivered' });
    expect(server.requests).toEqual([]);
  });
});

test('the record that tries a destination out is sent, whatever is selected', async () => {
  await withServer({ entries: 'tools' }, async (destination, server) => {
    const canary: MessageRecord = { id: 'tweet', type: 'canary', timestamp: '2026-11-21T11:00:00.000Z' };
    await destination.deliver(batchOf(canary), never);
    expect(server.requests.flatMap(({ body }) => idsIn(body))).toEqual(['tweet']);
  });
});
