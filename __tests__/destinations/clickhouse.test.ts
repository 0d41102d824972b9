import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { clickhouse } from '../../src/destinations/clickhouse.ts';
import { type Destination, unchecked } from '../../src/destinations/destination.ts';
import { UserError } from '../../src/errors.ts';
import { batchOf, testRemoteDestinationContract } from '../helpers/destination-contract.ts';
import { type LoopbackServer, startLoopbackServer, type Step } from '../helpers/loopback-server.ts';

const KEY = 'key-0123456789abcdef';
const never = new AbortController().signal;

function open(server: LoopbackServer, given: object = {}): Promise<Destination> {
  const values = { endpoint: `${server.url}/`, apiKey: KEY, timeoutMs: 500, ...given };
  return unchecked(clickhouse).open(values, { env: {}, storePath: '/nowhere', userAgent: 'stopwire/1.2.3' });
}

testRemoteDestinationContract('clickhouse', async () => {
  const server = await startLoopbackServer();
  return {
    destination: await open(server),
    server,
    secret: KEY,
    arrivedIds: async () =>
      server.requests.flatMap(({ body }) =>
        body
          .trimEnd()
          .split('\n')
          .map((row) => JSON.parse(row).id),
      ),
    tearDown: () => server.close(),
  };
});

/** An answer as servers of today give it: the code in a header, its name in the text. */
function exception(code: number, text: string, status: number): Step {
  const body = `Code: ${code}. DB::Exception: ${text} (version 25.8.1.1 (official build))\n`;
  return { status, body, headers: { 'content-type': 'text/plain', 'x-clickhouse-exception-code': String(code) } };
}

const noTable = exception(60, 'Table default.stopwire_records does not exist. (UNKNOWN_TABLE)', 404);
const noColumn = exception(
  117,
  'Unknown field found while parsing JSONEachRow format: id: (at row 1)\n: While executing ParallelParsingBlockInputFormat. (INCORRECT_DATA)',
  400,
);

describe('clickhouse', () => {
  let server: LoopbackServer;
  let destination: Destination;
  beforeEach(async () => {
    server = await startLoopbackServer();
    destination = await open(server);
  });
  afterEach(async () => {
    await destination.close();
    await server.close();
  });
  const another = async (given: object): Promise<void> => {
    await destination.close();
    destination = await open(server, given);
  };
  const settingsOf = (index: number): object => {
    return Object.fromEntries(new URL(server.requests[index]?.path ?? '', server.url).searchParams);
  };
  /** The first words of each request: of its statement, or else of its rows. */
  const sent = (): string[] => {
    return server.requests.map(({ body, path }) =>
      path.includes('?') ? 'INSERT' : body.split(' ').slice(0, 2).join(' '),
    );
  };

  test('posts rows as the body, and the statement and settings in the query', async () => {
    await another({ user: 'writer', database: 'team', table: 'records-1' });
    await destination.deliver(batchOf('a'), never);
    const [request] = server.requests;
    expect(settingsOf(0)).toEqual({
      query: 'INSERT INTO `team`.`records-1` FORMAT JSONEachRow',
      date_time_input_format: 'best_effort',
      input_format_skip_unknown_fields: '0',
    });
    expect(request?.headers).toMatchObject({ 'x-clickhouse-user': 'writer', 'x-clickhouse-key': KEY });
    expect(request?.headers).not.toHaveProperty('authorization');
    expect(request?.body).toBe('{"id":"a","type":"assistant","record_version":0}\n');
  });

  test('keeps what the endpoint has in its own query, and compresses', async () => {
    await another({ endpoint: `${server.url}/proxy?cluster=eu`, gzipAboveBytes: 0 });
    await destination.deliver(batchOf('a'), never);
    expect(server.requests[0]?.path).toMatch(/^\/proxy\?cluster=eu&query=INSERT/);
    expect(server.requests[0]?.headers['content-encoding']).toBe('gzip');
  });

  test('asyncInsert: asks to wait until the rows are written', async () => {
    await another({ asyncInsert: true });
    await destination.deliver(batchOf('a'), never);
    expect(settingsOf(0)).toMatchObject({ async_insert: '1', wait_for_async_insert: '1' });
  });

  test('creates a table that is missing, and inserts again', async () => {
    server.script(noTable, {});
    expect(await destination.deliver(batchOf('a'), never)).toEqual({ kind: 'delivered' });
    expect(sent()).toEqual(['INSERT', 'CREATE TABLE', 'INSERT']);
    expect(server.requests[1]?.body).toContain('LowCardinality(String)');
    expect(server.requests[1]?.body).not.toContain('TTL');
  });

  test('ttlDays: is part of the table', async () => {
    await another({ ttlDays: 90 });
    server.script(noTable, {});
    await destination.deliver(batchOf('a'), never);
    expect(server.requests[1]?.body).toContain('TTL toDate(timestamp) + INTERVAL 90 DAY');
  });

  test('creates no table where it may not, and says which file does', async () => {
    await another({ createTable: false });
    server.script(noTable);
    expect(await destination.deliver(batchOf('a'), never)).toMatchObject({
      kind: 'hold',
      reason:
        'ClickHouse says UNKNOWN_TABLE (code 60): there is no table `default`.`stopwire_records`; create it with schema/clickhouse.sql, which comes with stopwire',
    });
    expect(server.requests).toHaveLength(1);
  });

  test('a server that fails while the table is created: tries again later', async () => {
    server.script(noTable, { status: 503 }, {});
    expect(await destination.deliver(batchOf('a'), never)).toMatchObject({ kind: 'retry' });
    expect(await destination.deliver(batchOf('a'), never)).toEqual({ kind: 'delivered' });
  });

  test('adds the columns of a newer version, and inserts again', async () => {
    server.script(noColumn, {});
    expect(await destination.deliver(batchOf('a'), never)).toEqual({ kind: 'delivered' });
    expect(await destination.deliver(batchOf('b'), never)).toEqual({ kind: 'delivered' });
    expect(sent()).toEqual(['INSERT', 'ALTER TABLE', 'INSERT', 'INSERT']);
    expect(server.requests[1]?.body).toContain('ADD COLUMN IF NOT EXISTS `id` String');
  });

  test('where added columns are not there yet, tries again later', async () => {
    server.script(noColumn, {}, noColumn, {});
    expect(await destination.deliver(batchOf('a'), never)).toMatchObject({ kind: 'retry' });
    expect(await destination.deliver(batchOf('a'), never)).toEqual({ kind: 'delivered' });
    expect(settingsOf(3)).toMatchObject({ input_format_skip_unknown_fields: '0' });
  });

  test.each<[string, object, Step[], string[]]>([
    [
      'is refused',
      {},
      [exception(497, 'Not enough privileges. (ACCESS_DENIED)', 403)],
      ['INSERT', 'ALTER TABLE', 'INSERT', 'INSERT'],
    ],
    ['is not wanted', { createTable: false }, [], ['INSERT', 'INSERT', 'INSERT']],
  ])(
    'where adding columns %s, sends the whole record beside those that are there',
    async (_, given, steps, expected) => {
      await another(given);
      server.script(noColumn, ...steps, {});
      expect(await destination.deliver(batchOf('a'), never)).toEqual({ kind: 'delivered' });
      expect(await destination.deliver(batchOf('b'), never)).toEqual({ kind: 'delivered' });
      expect(sent()).toEqual(expected);
      expect(settingsOf(expected.length - 1)).toMatchObject({ input_format_skip_unknown_fields: '1' });
      const row = JSON.parse(server.requests.at(-1)?.body ?? '');
      expect(JSON.parse(row.record)).toEqual({ id: 'b', type: 'assistant' });
    },
  );

  const late = 'Code: 252. DB::Exception: Too many parts (300). (TOO_MANY_PARTS) (version 25.8.1.1)';
  test.each<[string, Step, object]>([
    [
      'an exception behind a status of 200',
      { status: 200, body: late, headers: { 'content-type': 'text/plain' } },
      { kind: 'retry', reason: 'ClickHouse says TOO_MANY_PARTS (code 252)' },
    ],
    [
      'one behind data',
      { status: 200, body: `{"a":1}\n__exception__\r\n${late}\r\n__exception__` },
      { kind: 'retry', reason: 'ClickHouse says TOO_MANY_PARTS (code 252)' },
    ],
    [
      'one in the header alone',
      { status: 200, headers: { 'x-clickhouse-exception-code': '241' } },
      { kind: 'retry', reason: 'ClickHouse says an exception (code 241)' },
    ],
    [
      'more days in one insert than the server takes',
      exception(252, 'Too many partitions for single INSERT block (more than 100). (TOO_MANY_PARTS)', 500),
      { kind: 'rejected', tooLarge: true },
    ],
    [
      'more rows than it takes',
      exception(158, 'Limit exceeded. (TOO_MANY_ROWS)', 500),
      { kind: 'rejected', tooLarge: true },
    ],
    [
      'a row that it cannot read',
      exception(27, 'Cannot parse input: expected "," before: "my secret plan" (CANNOT_PARSE_INPUT)', 400),
      { kind: 'rejected', reason: 'ClickHouse says CANNOT_PARSE_INPUT (code 27): it cannot read a row' },
    ],
    [
      'a wrong password',
      exception(516, 'default: Authentication failed. (AUTHENTICATION_FAILED)', 403),
      { kind: 'hold', reason: expect.stringContaining('check the options user and apiKey') },
    ],
    ['memory', exception(241, 'Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)', 500), { kind: 'retry' }],
    ['a statement that it does not understand', exception(62, 'Syntax error. (SYNTAX_ERROR)', 400), { kind: 'hold' }],
  ])('%s', async (_title, step, expected) => {
    server.script(step);
    expect(await destination.deliver(batchOf('a'), never)).toMatchObject(expected);
  });

  test('sends the same bytes for the same batch', async () => {
    server.script('lost', {});
    await destination.deliver(batchOf('a', 'b'), never);
    await destination.deliver(batchOf('a', 'b'), never);
    const [first, second] = server.requests;
    expect(second?.bytes.equals(first?.bytes ?? Buffer.alloc(0))).toBe(true);
    expect(second?.path).toBe(first?.path);
  });

  test.each([
    ['a table in quotes', { table: '`a`' }],
    ['a table with its database', { table: 'a.b' }],
    ['a database that ends the statement', { database: 'a; DROP TABLE b' }],
    ['a user with a line break', { user: 'a\r\nb' }],
    ['no days', { ttlDays: 0 }],
  ])('is not opened with %s', async (_title, given) => {
    await expect(open(server, given)).rejects.toThrow(UserError);
  });
});
