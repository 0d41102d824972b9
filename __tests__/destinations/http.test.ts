import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Batch, type Destination, type Surroundings, unchecked } from '../../src/destinations/destination.ts';
import { encode, http, openHttp } from '../../src/destinations/http.ts';
import { UserError } from '../../src/errors.ts';
import { checkOptions } from '../../src/lib/options.ts';
import { batchOf, testRemoteDestinationContract } from '../helpers/destination-contract.ts';
import { type LoopbackServer, startLoopbackServer, type Step } from '../helpers/loopback-server.ts';

const KEY = 'sk-0123456789abcdef';
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const surroundings: Surroundings = { env: {}, storePath: '/nowhere', userAgent: 'stopwire/1.2.3' };
const never = new AbortController().signal;

async function open(given: object): Promise<Destination> {
  const { values, problems } = checkOptions(http.options, given);
  if (values === undefined) throw new Error(problems.join());
  return openHttp(values, surroundings, () => NOW);
}

testRemoteDestinationContract('http', async () => {
  const server = await startLoopbackServer();
  return {
    destination: await open({ endpoint: `${server.url}/ingest`, apiKey: KEY, timeoutMs: 500 }),
    server,
    secret: KEY,
    arrivedIds: async () => server.requests.flatMap(({ body }) => recordIds(body)),
    tearDown: () => server.close(),
  };
});

function recordIds(body: string): string[] {
  return JSON.parse(body).records.map((record: { id: string }) => record.id);
}

describe('encode', () => {
  const json = [
    '{"id":"a","type":"user","n":12345678901234567890}',
    '{"id":"b","type":"assistant","text":"\\u00e9 é 😀"}',
  ];
  const batch: Batch = { id: 'batch-1', records: [], json, upTo: new Map() };

  test('writes the envelope and joins the records as they are', () => {
    const expected = join(import.meta.dirname, '..', '..', 'fixtures', 'expected', 'http', 'batch.json');
    expect(`${encode(batch)}\n`).toBe(readFileSync(expected, 'utf8'));
  });

  test('gives the same text for the same batch and time', () => {
    expect(encode(batch)).toBe(encode({ ...batch }));
  });

  test('escapes what is not a record', () => {
    expect(JSON.parse(encode({ ...batch, id: 'a"b' }))).toMatchObject({ batch_id: 'a"b' });
  });
});

describe('a request', () => {
  let server: LoopbackServer;
  let destination: Destination;
  beforeEach(async () => {
    server = await startLoopbackServer();
    destination = await open({ endpoint: `${server.url}/in?tenant=7`, apiKey: KEY, gzipAboveBytes: 200 });
  });
  afterEach(async () => {
    await destination.close();
    await server.close();
  });

  test('carries the key, the id of the batch and the time by the clock', async () => {
    await destination.deliver(batchOf('a'), never);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/in?tenant=7' });
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
      'idempotency-key': 'batch-of-a',
      'user-agent': 'stopwire/1.2.3',
    });
    expect(request?.headers).not.toHaveProperty('accept-encoding');
    expect(request?.body).toBe(encode(batchOf('a')));
  });

  test('has no authorization where there is no key', async () => {
    const keyless = await open({ endpoint: server.url });
    await keyless.deliver(batchOf('a'), never);
    await keyless.close();
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test.each([
    ['as long as gzipAboveBytes', 200, undefined],
    ['one byte longer', 201, 'gzip'],
    ['much longer', 100_000, 'gzip'],
  ])('is compressed above the threshold only: %s', async (_title, length, encoding) => {
    const batch = batchOfLength(length);
    await destination.deliver(batch, never);
    const [request] = server.requests;
    expect(request?.headers['content-encoding']).toBe(encoding);
    expect(request?.body).toBe(encode(batch));
  });

  test('shares its connection with the next one, until the destination is closed', async () => {
    for (const id of ['a', 'b', 'c']) await destination.deliver(batchOf(id), never);
    expect(server.connections()).toBe(1);
    await destination.close();
    await destination.deliver(batchOf('d'), never);
    expect(server.connections()).toBe(2);
  });

  test('reads a Retry-After date by the clock', async () => {
    server.script({ status: 429, headers: { 'retry-after': 'Fri, 02 Jan 2026 03:05:00 GMT' } });
    expect(await destination.deliver(batchOf('a'), never)).toMatchObject({ kind: 'retry', afterMs: 54_322 });
  });

  test('is the same again when its acknowledgement was lost three times', async () => {
    server.script('lost', 'lost', 'lost', {});
    const kinds = await untilDelivered(destination, batchOf('a', 'b'));
    expect(kinds).toEqual(['retry', 'retry', 'retry', 'delivered']);
    expect(new Set(server.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(new Set(server.requests.map(({ body }) => body)).size).toBe(1);
  });

  const failing: Step = { status: 500 };
  test.each<[string, [Step, ...Step[]]]>([
    ['five errors in a row', [failing, failing, failing, failing, failing, {}]],
    ['two of five fail', [{}, failing, {}, 'lost', {}, {}, 'cut', {}, { status: 503 }, {}]],
    ['a limit on the rate', [{}, { status: 429 }, {}, { status: 429 }, {}]],
  ])('arrives in the end: %s', async (_title, steps) => {
    server.script(...steps);
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) await untilDelivered(destination, batchOf(id));
    const arrived = server.requests.flatMap(({ body }) => recordIds(body));
    expect(Array.from(new Set(arrived))).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });
});

/** A batch whose body is so many bytes long. */
function batchOfLength(length: number): Batch {
  const empty = encode(paddedBatch(0));
  return paddedBatch(length - empty.length);
}

function paddedBatch(padding: number): Batch {
  return { ...batchOf('a'), json: [`{"id":"a","text":"${'x'.repeat(padding)}"}`] };
}

async function untilDelivered(destination: Destination, batch: Batch): Promise<string[]> {
  const kinds: string[] = [];
  while (kinds.at(-1) !== 'delivered' && kinds.length < 20) kinds.push((await destination.deliver(batch, never)).kind);
  return kinds;
}

test('a collector in another process gets every record, those of a lost acknowledgement twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stopwire-http-'));
  const out = join(folder, 'records.ndjson');
  const collector = spawn(process.execPath, [join(import.meta.dirname, '..', 'helpers', 'collector.js'), out], {
    env: { COLLECTOR_FAIL_FIRST: '1', COLLECTOR_LOSE_FIRST: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port] = await once(collector.stdout.setEncoding('utf8'), 'data');
    const destination = await open({ endpoint: `http://127.0.0.1:${Number(port)}/`, gzipAboveBytes: 0 });
    expect(await untilDelivered(destination, batchOf('a', 'b'))).toEqual(['retry', 'retry', 'delivered']);
    expect(await untilDelivered(destination, batchOf('c'))).toEqual(['delivered']);
    await destination.close();
    const lines = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(['a', 'b', 'a', 'b', 'c']);
  } finally {
    collector.kill();
    rmSync(folder, { recursive: true });
  }
});

describe('opening', () => {
  test.each([
    'https://collector.test/in',
    'http://localhost:1/',
    'http://127.0.0.1:1/',
    'http://127.1/',
    'http://127.9.9.9/',
    'http://[::1]:1/',
  ])('takes %s', async (endpoint) => {
    const destination = await open({ endpoint });
    expect(destination.limits).toEqual({ maxRecords: 100, maxBytes: 1_048_576 });
    await destination.close();
  });

  test('checks the options it is given', async () => {
    await expect(unchecked(http).open({ endpoint: 'nowhere', apiKey: 1 }, surroundings)).rejects.toThrow(UserError);
  });
});
