import { describe, expect, test } from '@jest/globals';
import { anosys } from '../../src/destinations/anosys.ts';
import { anosysColumns } from '../../src/destinations/anosys/columns.ts';
import { encoder } from '../../src/destinations/anosys/encode.ts';
import { type Batch, type Destination, unchecked } from '../../src/destinations/destination.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import { batchOf, testRemoteDestinationContract } from '../helpers/destination-contract.ts';
import { startLoopbackServer } from '../helpers/loopback-server.ts';
import { mapFixture } from '../helpers/mapped.ts';

const KEY = 'logs-0123456789abcdef';
const surroundings = { env: {}, storePath: '/nowhere', userAgent: 'stopwire/1.2.3' };
const never = new AbortController().signal;

const open = (options: object): Promise<Destination> => unchecked(anosys).open(options, surroundings);

testRemoteDestinationContract('anosys', async () => {
  const server = await startLoopbackServer();
  return {
    destination: await open({ endpoint: `${server.url}/ingestion`, apiKey: KEY, timeoutMs: 500 }),
    server,
    secret: KEY,
    arrivedIds: async () => server.requests.flatMap(({ body }) => rowsIn(body).map(({ event_id: id }) => String(id))),
    tearDown: () => server.close(),
  };
});

type Row = { [column: string]: unknown };

function rowsIn(body: string): Row[] {
  return JSON.parse(body);
}

function rowsOf(records: readonly MessageRecord[], schema: 'named' | 'legacy' = 'named'): Row[] {
  const json = records.map((record) => JSON.stringify(record));
  return rowsIn(encoder(schema)({ records, json }));
}

describe('a request', () => {
  test('carries the key as the vendor wants it, and the id of the batch', async () => {
    const server = await startLoopbackServer();
    const destination = await open({ endpoint: `${server.url}/ingestion`, apiKey: KEY });
    await destination.deliver(batchOf('a'), never);
    await destination.close();
    await server.close();
    const { headers } = server.requests[0] ?? {};
    expect(headers).toMatchObject({ 'anosys-apikey': KEY, 'idempotency-key': 'batch-of-a' });
    expect(headers).not.toHaveProperty('authorization');
  });

  test.each([
    ['a word', 'OK', 'text/plain', 'delivered'],
    ['nothing', '', 'text/plain', 'delivered'],
    ['a web page', '<!doctype html>', 'text/plain', 'retry'],
    ['a sentence', 'Please log in.', 'text/plain', 'retry'],
  ])('is taken where a success says %s: %j', async (_title, body, type, kind) => {
    const server = await startLoopbackServer();
    server.script({ status: 200, body, headers: { 'content-type': type } });
    const destination = await open({ endpoint: server.url });
    expect(await destination.deliver(batchOf('a'), never)).toMatchObject({ kind });
    await destination.close();
    await server.close();
  });

  test('holds at most the 100 rows that the vendor takes', async () => {
    await expect(open({ maxRecords: 101 })).rejects.toThrow('"maxRecords" must be a whole number from 1 to 100');
    const destination = await open({});
    expect(destination.limits.maxRecords).toBe(100);
    await destination.close();
  });
});

describe('the rows', () => {
  const records = mapFixture('2.1.329-parallel');

  test('have no columns but those that the vendor knows', () => {
    const strange = (rows: readonly Row[], known: ReadonlySet<string>): string[] =>
      rows.flatMap((row) => Object.keys(row).filter((column) => !known.has(column)));
    const named = new Set(Object.keys(anosysColumns));
    const legacy = new Set(Object.entries(anosysColumns).map(([name, column]) => column.legacy ?? name));
    expect(strange(rowsOf(records), named)).toEqual([]);
    expect(strange(rowsOf(records, 'legacy'), legacy)).toEqual([]);
  });

  test('hold texts, numbers and yes or no, and nothing within one another', () => {
    const cells = rowsOf(records).flatMap(Object.values);
    expect(cells.filter((cell) => typeof cell === 'object')).toEqual([]);
  });

  test('add up to the tokens and the cost of the records, each response once', () => {
    const sum = (rows: readonly Row[], column: string): number =>
      rows.reduce((total, row) => total + Number(row[column] ?? 0), 0);
    const own = records.map((record): Row => ({ ...record }));
    const rows = rowsOf(records);
    expect(sum(rows, 'incremental_total')).toBe(sum(own, 'incremental_total_tokens'));
    expect(sum(rows, 'incremental_cost')).toBeCloseTo(sum(own, 'incremental_cost_usd'), 12);
    expect(sum(rows, 'incremental_cost')).toBeGreaterThan(0);
  });

  test('have the record as it was sent elsewhere in cvs199', () => {
    expect(rowsOf(records).map((row) => JSON.parse(String(row['cvs199'])))).toEqual(
      records.map((record) => JSON.parse(JSON.stringify(record))),
    );
  });

  test('have under numbers what they have under names', () => {
    const named = rowsOf(records);
    const legacy = rowsOf(records, 'legacy');
    const renamed = named.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, cell]) => [anosysColumns[name]?.legacy ?? name, cell])),
    );
    expect(legacy).toEqual(renamed);
    const numbers = Object.values(anosysColumns).flatMap((column) => column.legacy ?? []);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test('all have a time: that of the line before where a line has none, else of the first one that has', () => {
    const lines = [undefined, '2026-11-20T10:00:01.000Z', undefined, '2026-11-20T10:00:03.000Z', undefined];
    const timed = lines.map((timestamp, index): MessageRecord => {
      return { id: String(index), type: 'user', ...(timestamp !== undefined && { timestamp }) };
    });
    const seconds = rowsOf(timed).map(({ timestamp }) => new Date(Number(timestamp)).getUTCSeconds());
    expect(seconds).toEqual([1, 1, 1, 3, 3]);
  });

  test('of equal batches are equal to the byte', () => {
    const batch: Batch = { ...batchOf('a', 'b'), id: 'x' };
    expect(encoder('named')(batch)).toBe(encoder('named')(batchOf('a', 'b')));
  });
});
