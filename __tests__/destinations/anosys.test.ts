import { describe, expect, test } from '@jest/globals';
import { anosys } from '../../src/destinations/anosys.ts';
import { anosysColumns, legacyColumns } from '../../src/destinations/anosys/columns.ts';
import { encoder } from '../../src/destinations/anosys/encode.ts';
import { type Batch, type Destination, unchecked } from '../../src/destinations/destination.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import { redactor } from '../../src/pipeline/redact.ts';
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
    const legacy = Object.entries(anosysColumns).map(([name, column]) => column.legacy ?? name);
    expect(strange(rowsOf(records), named)).toEqual([]);
    expect(strange(rowsOf(records, 'legacy'), new Set([...legacy, ...Object.keys(legacyColumns)]))).toEqual([]);
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
    const common = legacy.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => !Object.hasOwn(legacyColumns, column))),
    );
    expect(common).toEqual(renamed);
    const numbers = Object.values(anosysColumns).flatMap((column) => column.legacy ?? []);
    const all = [...numbers, ...Object.keys(legacyColumns)];
    expect(new Set(all).size).toBe(all.length);
  });

  test('have counts of hooks and retries under numbers alone', () => {
    const counts = { hook_count: 1, max_retries: 10, retry_attempt: 2, retry_in_ms: 500 };
    const record: MessageRecord = { id: 'a', type: 'system', ...counts };
    expect(rowsOf([record], 'legacy')).toMatchObject([{ cvn13: 1, cvn14: 10, cvn15: 2, cvn16: 500 }]);
    expect(rowsOf([record])[0]).not.toHaveProperty('cvn13');
  });

  test.each<[string, Partial<MessageRecord>, Row]>([
    ['an object', { tool_use_result: '{"stdout":"one"}' }, { tool_use_result: '{"stdout":"one"}' }],
    ['a sentence', { tool_use_result: 'Error: 7' }, { tool_use_result: '"Error: 7"' }],
    [
      'a sentence in brackets',
      { tool_use_result: '[Request interrupted]' },
      { tool_use_result: '"[Request interrupted]"' },
    ],
    ['nothing to be read', { tool_use_result: 'REDACTED' }, { tool_use_result: '"REDACTED"' }],
    ['an error', { error_object: '{"status":529}', client_error: 'server_error' }, { error_obj: '{"status":529}' }],
    ['an error that is a word', { client_error: 'server_error' }, { error_obj: '"server_error"' }],
  ])('can be parsed where the vendor has JSON: %s', (_title, record, row) => {
    expect(rowsOf([{ id: 'a', type: 'user', ...record }])).toMatchObject([row]);
  });

  test('hold nothing of what was said where a destination gets no content', () => {
    const redact = redactor('content', { hashKey: Buffer.alloc(32) });
    const sent = JSON.stringify(rowsOf(records.map(redact)));
    const said = records.flatMap(({ text = '', tool_inputs: inputs = [], tool_results: results = [], tool_error }) =>
      [text, ...inputs, ...results, tool_error ?? ''].filter((one) => one.length > 10),
    );
    expect(said.length).toBeGreaterThan(5);
    expect(said.filter((one) => sent.includes(JSON.stringify(one.slice(0, 100)).slice(1, -1)))).toEqual([]);
    expect(sent).toContain('[Tool Use: Bash(REDACTED)]');
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
