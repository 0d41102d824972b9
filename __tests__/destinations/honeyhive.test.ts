import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Batch, type Delivery, type Destination, unchecked } from '../../src/destinations/destination.ts';
import { honeyhive } from '../../src/destinations/honeyhive.ts';
import { emptyContext, type MessageRecord } from '../../src/fields/index.ts';
import { redactor } from '../../src/pipeline/redact.ts';
import { testRemoteDestinationContract } from '../helpers/destination-contract.ts';
import { startHoneyHiveServer, type HoneyHiveServer } from '../helpers/honeyhive-server.ts';
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server.ts';
import { fixtureFiles, variedCases } from '../helpers/fixtures.ts';
import { foldLines, mapFixture } from '../helpers/mapped.ts';

const KEY = 'hh-0123456789abcdef';
const SESSION = '11111111-2222-4333-8444-555555555555';
const surroundings = { env: {}, storePath: '/nowhere', userAgent: 'stopwire/1.2.3' };
const never = new AbortController().signal;

const open = (endpoint: string, options: object = {}): Promise<Destination> =>
  unchecked(honeyhive).open({ endpoint, apiKey: KEY, project: 'demo', timeoutMs: 500, ...options }, surroundings);

/** With the copies in forks marked as such: what a transcript had first is its own. */
function recordsOf(fixture: string): readonly MessageRecord[] {
  const owners = new Map<string, string>();
  const claim = (name: string, path: string): { isOwner: boolean } => {
    if (!owners.has(name)) owners.set(name, path);
    return { isOwner: owners.get(name) === path };
  };
  const lines = fixtureFiles(fixture).flatMap((file) => foldLines(file, emptyContext, 0, claim));
  return lines.flatMap(({ records }) => records);
}

/** A line that becomes one event, whatever came before it. */
function noteOf(id: string): MessageRecord {
  const timestamp = '2026-11-20T10:00:01.000Z';
  return { id, type: 'system', subtype: 'api_error', is_api_error: true, session_id: SESSION, timestamp };
}

function batchOf(records: readonly MessageRecord[], id = `batch-${records[0]?.id}`): Batch {
  return { id, records, json: records.map((record) => JSON.stringify(record)), upTo: new Map() };
}

interface SentEvent {
  event_id: string;
  metadata: { [name: string]: unknown };
}

function eventsIn(server: LoopbackServer): SentEvent[] {
  return server.requests.flatMap(({ path, body }) => (path === '/events/batch' ? JSON.parse(body).events : []));
}

testRemoteDestinationContract('honeyhive', async () => {
  const server = await startLoopbackServer();
  return {
    destination: await open(server.url, { transcripts: false }),
    server,
    secret: KEY,
    recordOf: noteOf,
    arrivedIds: async () => eventsIn(server).map(({ metadata }) => String(metadata['stopwire.record_id'])),
    tearDown: () => server.close(),
  };
});

describe('whole sessions, as a server keeps them', () => {
  let server: HoneyHiveServer;
  beforeEach(async () => {
    server = await startHoneyHiveServer();
  });
  afterEach(() => server.close());

  /** Each batch as if by a process of its own. */
  const deliver = async (records: readonly MessageRecord[], size = records.length): Promise<void> => {
    for (let start = 0; start < records.length; start += size) {
      const destination = await open(server.url, { timeoutMs: 10_000 });
      expect(await destination.deliver(batchOf(records.slice(start, start + size)), never)).toEqual({
        kind: 'delivered',
      });
      await destination.close();
    }
  };
  const named = (name: string) => server.events.filter(({ event_name: one }) => one === name);
  const sum = (values: readonly unknown[]): number => values.reduce<number>((all, one) => all + Number(one ?? 0), 0);

  const fixtures = [...variedCases, '1.0.128-multiturn', '2.1.50-thinktool', '2.1.329-worktree'];

  test.each(fixtures)('%s: each event once, below one that is there, with ids that are UUIDs', async (fixture) => {
    const records = recordsOf(fixture);
    await deliver(records);
    const ids = server.events.map(({ event_id: id }) => id);
    const roots = server.events.filter(({ event_type: type }) => type === 'session');
    expect(new Set(ids).size).toBe(ids.length);
    expect(roots.map(({ event_id: id }) => id).toSorted()).toEqual(sessionsIn(records));
    const lost = server.events.filter(({ event_type: type, parent_id: parent }) => {
      return type !== 'session' && !ids.includes(String(parent));
    });
    expect(lost).toEqual([]);
    const children = server.events.filter(({ event_type: type }) => type !== 'session');
    expect(children.filter(({ event_id: id }) => !UUID_5.test(id))).toEqual([]);
  });

  test.each(fixtures)('%s: the tokens and the cost of the records, each response once', async (fixture) => {
    const records = recordsOf(fixture);
    await deliver(records);
    const all = server.events.map(({ metadata }) => metadata ?? {});
    expect(sum(all.map(({ total_tokens: tokens }) => tokens))).toBe(
      sum(records.map(({ incremental_total_tokens: tokens }) => tokens)),
    );
    expect(sum(all.map(({ cost }) => cost))).toBeCloseTo(
      sum(records.map(({ incremental_cost_usd: cost }) => cost)),
      10,
    );
  });

  test.each(fixtures)('%s: the same events however the lines were cut into batches', async (fixture) => {
    const records = recordsOf(fixture);
    await deliver(records);
    const whole = summaryOf(server.events);
    await server.close();
    server = await startHoneyHiveServer();
    await deliver(records, 3);
    expect(summaryOf(server.events)).toEqual(whole);
  });

  test('a session whose beginning was not sent gets its root with the first turn that ends', async () => {
    const records = mapFixture('2.1.329-simple').filter(({ line_number: line = 0 }) => line > 5);
    await deliver(records);
    await deliver(records.filter(({ type }) => type === 'session'));
    expect(server.events.filter(({ event_type: type }) => type === 'session')).toMatchObject([
      { session_id: sessionsIn(records)[0], metrics: { 'session.turns': 1 } },
    ]);
  });

  test('a call is merged with its result, whose batch came later', async () => {
    const records = mapFixture('2.1.329-thinktool');
    const result = records.findIndex(({ tool_result_ids: ids }) => ids !== undefined);
    await deliver(records.slice(0, result));
    expect(named('tool.Bash')).toMatchObject([{ metadata: { 'tool.phase': 'pre' }, duration: 0 }]);
    await deliver(records.slice(result));
    expect(named('tool.Bash')).toMatchObject([
      {
        inputs: { tool_input: { command: records[result]?.bash_command } },
        outputs: { tool_response: {} },
        metadata: { 'tool.phase': 'complete', 'tool.status': 'success' },
        duration: records[result]?.tool_duration_ms,
      },
    ]);
    expect(named('tool.Bash')[0]?.duration).toBeGreaterThan(0);
  });

  test('a call that failed says so, although an update cannot set its error', async () => {
    const records = mapFixture('2.1.329-parallel');
    const failure = records.findIndex(({ tool_success: isSuccess }) => isSuccess === false);
    await deliver(records.slice(0, failure));
    await deliver(records.slice(failure));
    expect(named('tool.Bash')).toContainEqual(
      expect.objectContaining({
        metadata: expect.objectContaining({ 'tool.status': 'failure', error: 'Exit code 7' }),
      }),
    );
  });

  test('the parts of a transcript hold each record once', async () => {
    const records = mapFixture('2.1.329-subagent');
    await deliver(records, 10);
    const parts = named('chain.transcript').map(({ outputs }) => artifactOf(outputs));
    const kept = parts.flatMap(({ content }) => content);
    expect(kept).toEqual(records.map((record) => JSON.parse(JSON.stringify(record))));
    expect(new Set(parts.map(({ path }) => path)).size).toBe(2);
  });

  function artifactOf(outputs: { [name: string]: unknown } = {}): { path: string; content: unknown[] } {
    return JSON.parse(JSON.stringify(outputs['artifact']));
  }
});

describe('a batch of events of which a part was created', () => {
  const partial = (ids: readonly string[]) => {
    return { status: 500, body: JSON.stringify({ event_ids: ids, errors: ['missing inputs'], success: true }) };
  };
  const records = [noteOf('a'), noteOf('b'), noteOf('c')];
  let server: LoopbackServer;
  let destination: Destination;
  let ids: readonly string[];
  const deliver = (): Promise<Delivery> => destination.deliver(batchOf(records, 'batch'), never);
  const sentLast = (): readonly string[] =>
    JSON.parse(server.requests.at(-1)?.body ?? '{}').events.map(({ event_id: id }: SentEvent) => id);

  beforeEach(async () => {
    server = await startLoopbackServer();
    const first = await open(server.url, { transcripts: false });
    await first.deliver(batchOf(records, 'batch'), never);
    await first.close();
    ids = sentLast();
    destination = await open(server.url, { transcripts: false });
  });
  afterEach(async () => {
    await destination.close();
    await server.close();
  });

  test('is completed by what is missing alone', async () => {
    server.script(partial(ids.slice(0, 2)), { status: 200, body: '{"event_ids":[],"success":true}' });
    expect(await deliver()).toMatchObject({ kind: 'retry', reason: expect.stringContaining('500') });
    expect(await deliver()).toEqual({ kind: 'delivered' });
    expect(sentLast()).toEqual(ids.slice(2));
  });

  test('goes on without what is refused a second time, and counts it', async () => {
    server.script(partial(ids.slice(0, 1)), partial([]));
    expect(await deliver()).toMatchObject({ kind: 'retry' });
    expect(await deliver()).toEqual({ kind: 'delivered', dropped: { count: 2, reason: 'missing inputs' } });
  });

  test('is tried as long as something is created', async () => {
    server.script(partial(ids.slice(0, 1)), partial(ids.slice(1, 2)), partial([]));
    expect(await deliver()).toMatchObject({ kind: 'retry' });
    expect(await deliver()).toMatchObject({ kind: 'retry' });
    expect(await deliver()).toMatchObject({ kind: 'delivered', dropped: { count: 1 } });
  });

  test('is kept for later where none was created', async () => {
    server.script(partial([]));
    expect(await deliver()).toMatchObject({ kind: 'retry' });
    expect(await deliver()).toMatchObject({ kind: 'retry' });
    expect(sentLast()).toEqual(ids);
  });

  test('was delivered where all were created after all', async () => {
    server.script(partial(ids));
    expect(await deliver()).toEqual({ kind: 'delivered' });
  });
});

describe('requests', () => {
  let server: LoopbackServer;
  beforeEach(async () => {
    server = await startLoopbackServer();
  });
  afterEach(() => server.close());

  test('hold at most fifty events', async () => {
    const destination = await open(server.url, { transcripts: false });
    await destination.deliver(batchOf(Array.from({ length: 120 }, (_, index) => noteOf(`n${index}`))), never);
    await destination.close();
    expect(server.requests.map(({ body }) => JSON.parse(body).events.length)).toEqual([50, 50, 20]);
  });

  test('name project, source and environment', async () => {
    const destination = await open(server.url, { source: 'ci', environment: 'staging' });
    await destination.deliver(batchOf([noteOf('a')]), never);
    await destination.close();
    expect(eventsIn(server)[0]).toMatchObject({
      project: 'demo',
      source: 'ci',
      metadata: { environment: 'staging', 'stopwire.record_id': 'a' },
    });
  });

  test('of equal batches are equal to the byte', async () => {
    for (const _ of [1, 2]) {
      const destination = await open(server.url);
      await destination.deliver(batchOf(mapFixture('2.1.329-parallel')), never);
      await destination.close();
    }
    const bodies = server.requests.map(({ method, path, body }) => [method, path, body]);
    expect(bodies.slice(bodies.length / 2)).toEqual(bodies.slice(0, bodies.length / 2));
  });

  test.each([
    [200, 'delivered'],
    [401, 'hold'],
    [404, 'hold'],
  ])('a check asks for an event of the project; %i: %s', async (status, kind) => {
    server.script({ status, body: '{"events":[],"totalEvents":0}' });
    const destination = await open(server.url);
    expect(await destination.check?.(never)).toMatchObject({ kind });
    await destination.close();
    expect(server.requests).toMatchObject([{ method: 'POST', path: '/v1/events/export' }]);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ project: 'demo', limit: 1 });
  });

  test('send a record that belongs to no session, too', async () => {
    const destination = await open(server.url);
    const canary = { id: 'canary-1', type: 'canary', timestamp: '2026-11-20T10:00:01.000Z' };
    expect(await destination.deliver(batchOf([canary]), never)).toEqual({ kind: 'delivered' });
    await destination.close();
    expect(eventsIn(server)).toMatchObject([{ event_name: 'chain.canary' }]);
  });

  test.each(['apiKey', 'project'])('are not made without the option %s', async (name) => {
    await expect(open(server.url, { [name]: undefined })).rejects.toThrow(`"${name}" is needed`);
  });
});

describe('at the level content', () => {
  test('nothing of what was said, called or answered is left', async () => {
    const server = await startLoopbackServer();
    const redact = redactor('content', { hashKey: Buffer.alloc(32) });
    const records = mapFixture('2.1.329-subagent');
    const destination = await open(server.url);
    await destination.deliver(batchOf(records.map(redact)), never);
    await destination.close();
    await server.close();
    const sent = server.requests.map(({ body }) => body).join('\n');
    const said = records.flatMap(({ text, thinking, tool_input: input, tool_results: results = [] }) => [
      text,
      thinking,
      input,
      ...results,
    ]);
    const telling = said.filter((one) => one !== undefined && one.length > 8);
    expect(telling.length).toBeGreaterThan(10);
    expect(telling.filter((one) => sent.includes(JSON.stringify(one).slice(1, -1)))).toEqual([]);
    expect(sent).toContain('"content":"REDACTED"');
  });
});

const UUID_5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function sessionsIn(records: readonly MessageRecord[]): readonly string[] {
  return Array.from(new Set(records.map(({ session_id: session }) => String(session)))).toSorted();
}

/** What does not depend on which lines came together; an update cannot change when something began. */
function summaryOf(events: HoneyHiveServer['events']): readonly object[] {
  return events
    .filter(({ event_name: name }) => name !== 'chain.transcript')
    .map(({ event_id: id, event_type: type, event_name: name, parent_id: parent, metadata = {}, ...rest }) => {
      const { 'tool.phase': phase, 'turn.status': status, total_tokens: tokens, cost } = metadata;
      const { metrics = {}, start_time: began, end_time: ended } = rest;
      const start = type === 'tool' || type === 'model' ? began : undefined;
      // The further lines of a response make it longer where they come with the first, and are not worth an update.
      const { duration, end } = name === 'turn.response' ? {} : { ...rest, end: ended };
      return { id, type, name, parent, start, end, duration, metrics, phase, status, tokens, cost };
    })
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
