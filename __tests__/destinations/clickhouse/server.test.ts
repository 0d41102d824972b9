/** The destination against a real server, which is started here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { clickhouse } from '../../../src/destinations/clickhouse.ts';
import { type Batch, type Destination, unchecked } from '../../../src/destinations/destination.ts';
import type { MessageRecord } from '../../../src/fields/index.ts';
import { type ClickHouseServer, hasClickHouse, PASSWORD, startClickHouse } from '../../helpers/clickhouse-server.ts';
import { fleetSessions } from '../../helpers/fleet.ts';
import { mapFixture } from '../../helpers/mapped.ts';

const never = new AbortController().signal;
const surroundings = { env: {}, storePath: '/nowhere', userAgent: 'stopwire/1.2.3' };

const suite = hasClickHouse
  ? 'a real ClickHouse server'
  : 'a real ClickHouse server: clickhouse-server is not installed';

(hasClickHouse ? describe : describe.skip)(suite, () => {
  let server: ClickHouseServer;
  let database = 0;
  const opened: Destination[] = [];

  beforeAll(async () => {
    server = await startClickHouse();
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    database += 1;
    await server.query(`CREATE DATABASE test_${database}`);
  });
  afterEach(async () => {
    for (const destination of opened.splice(0)) await destination.close();
  });

  const open = async (given: object = {}): Promise<Destination> => {
    const values = {
      endpoint: server.url,
      apiKey: PASSWORD,
      database: `test_${database}`,
      timeoutMs: 60_000,
      ...given,
    };
    const destination = await unchecked(clickhouse).open(values, surroundings);
    opened.push(destination);
    return destination;
  };
  /** Against the table of this test. */
  const query = async (sql: string): Promise<string[][]> => {
    const text = await server.query(sql.replaceAll('stopwire_records', `test_${database}.stopwire_records`));
    return text === ''
      ? []
      : text
          .trimEnd()
          .split('\n')
          .map((line) => line.split('\t'));
  };

  test('takes a session, once, however often it is sent', async () => {
    const records = mapFixture('2.1.329-parallel');
    const destination = await open();
    for (let time = 0; time < 3; time += 1) {
      expect(await destination.deliver(batchOf(records), never)).toEqual({ kind: 'delivered' });
    }
    expect(await query('SELECT count(), uniqExact(id) FROM stopwire_records FINAL')).toEqual([
      [String(records.length), String(records.length)],
    ]);
    await server.query(`OPTIMIZE TABLE test_${database}.stopwire_records FINAL`);
    expect(await query('SELECT count() FROM stopwire_records')).toEqual([[String(records.length)]]);
  });

  test('gives back what it was given: columns and the rest together are the record', async () => {
    const records = ['2.1.329-subagent', '2.1.329-compact', '2.1.329-errors', '2.1.329-tui'].flatMap(mapFixture);
    const destination = await open();
    expect(await destination.deliver(batchOf(records), never)).toEqual({ kind: 'delivered' });
    const text = await server.query(`SELECT * FROM test_${database}.stopwire_records FINAL FORMAT JSONEachRow`);
    const rows = new Map(
      text
        .trimEnd()
        .split('\n')
        .map((line) => [JSON.parse(line).id, JSON.parse(line)]),
    );
    for (const record of new Map(records.map((one) => [one.id, one])).values()) {
      const row = rows.get(record.id);
      const whole = { ...row, ...(row.record !== '' && JSON.parse(row.record)) };
      for (const [name, value] of Object.entries(JSON.parse(JSON.stringify(record)))) {
        expect([name, comparable(whole[name])]).toEqual([name, comparable(value)]);
      }
    }
  });

  test('keeps the newest record of a session, also beyond midnight and in the wrong order', async () => {
    const at = (timestamp: string, turns: number): MessageRecord => {
      return { id: 's', type: 'session', timestamp, session_turns: turns };
    };
    const destination = await open();
    const newest = at('2026-01-02T00:10:00.000Z', 3);
    for (const record of [newest, at('2026-01-02T00:05:00.000Z', 2), at('2026-01-01T23:50:00.000Z', 1)]) {
      expect(await destination.deliver(batchOf([record]), never)).toEqual({ kind: 'delivered' });
    }
    expect(await query('SELECT session_turns FROM stopwire_records FINAL')).toEqual([['3']]);
  });

  test('never puts the copy of a line in the place of its original', async () => {
    const original = { id: 'a', type: 'assistant', timestamp: '2026-01-01T10:00:00.000Z', incremental_total_tokens: 7 };
    const destination = await open();
    for (const record of [original, { ...original, is_replay: true, incremental_total_tokens: 0 }]) {
      expect(await destination.deliver(batchOf([record]), never)).toEqual({ kind: 'delivered' });
    }
    expect(await query('SELECT incremental_total_tokens FROM stopwire_records FINAL')).toEqual([['7']]);
  });

  test('is asked without leaving a row, and has its table then', async () => {
    const destination = await open();
    expect(await destination.deliver(batchOf([]), never)).toEqual({ kind: 'delivered' });
    expect(await query('SELECT count() FROM stopwire_records')).toEqual([['0']]);
  });

  test.each<[string, object, RegExp]>([
    ['a wrong password', { apiKey: 'wrong-0123456789' }, /code 193\): .*check the options user and apiKey$/],
    ['a user that is not there', { user: 'nobody' }, /code 192\): .*check the options user and apiKey$/],
    ['a user who may only read', { user: 'reader' }, /code 164\): the user may not do this; check its rights$/],
    [
      'a user who may not create the table',
      { user: 'writer' },
      /no table .*; create it with .* could not: .*code 392\)/,
    ],
    ['a database that is not there', { database: 'nowhere' }, /CREATE DATABASE nowhere$/],
    ['a table that is not there', { createTable: false }, /no table .*; create it with schema\/clickhouse\.sql/],
    ['a setting it does not know yet', { asyncInsert: true }, /set the option asyncInsert to false$/],
  ])('%s: holds the records and says what to do', async (_title, given, reason) => {
    const destination = await open(given);
    const delivery = await destination.deliver(batchOf([{ id: 'a', type: 'user' }]), never);
    expect(delivery).toMatchObject({ kind: 'hold', reason: expect.stringMatching(reason) });
    expect(JSON.stringify(delivery)).not.toContain('0123456789');
  });

  test('a row that cannot be read: rejects it without a word of it, and takes none of the batch', async () => {
    const destination = await open();
    await destination.deliver(batchOf([]), never);
    const broken: object = { id: 'b', type: 'user', turn_index: 'whisper' };
    const batch = { ...batchOf([]), records: [{ id: 'a', type: 'user' }, Object.assign({ id: '', type: '' }, broken)] };
    const delivery = await destination.deliver(batch, never);
    expect(delivery).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('code 27') });
    expect(JSON.stringify(delivery)).not.toContain('whisper');
    expect(await query('SELECT count() FROM stopwire_records')).toEqual([['0']]);
  });

  test('a table that lacks columns and cannot be changed: gets the whole record beside those it has', async () => {
    await query(
      'CREATE TABLE stopwire_records (id String, type String, timestamp DateTime, record String, record_version UInt64) ENGINE = ReplacingMergeTree(record_version) PARTITION BY toDate(timestamp) ORDER BY (type, id)',
    );
    const record = { id: 'a', type: 'user', timestamp: '2026-01-01T10:00:00.000Z', session_id: 's', text: 'hello' };
    const destination = await open();
    expect(await destination.deliver(batchOf([record]), never)).toEqual({ kind: 'delivered' });
    expect(await query('SELECT record FROM stopwire_records')).toEqual([[JSON.stringify(record)]]);
  });

  describe('a month of a fleet, each batch delivered twice', () => {
    const records: MessageRecord[] = [];
    let answers: { [title: string]: string[][] };

    beforeAll(async () => {
      await server.query('CREATE DATABASE fleet');
      const destination = await open({ database: 'fleet', timeoutMs: 600_000 });
      for (const session of fleetSessions()) records.push(...session);
      for (let at = 0; at < records.length; at += 5_000) {
        const batch = batchOf(records.slice(at, at + 5_000));
        expect(await destination.deliver(batch, never)).toEqual({ kind: 'delivered' });
        expect(await destination.deliver(batch, never)).toEqual({ kind: 'delivered' });
      }
      const found: [string, string[][]][] = [];
      for (const [title, sql] of documentedQueries()) {
        const text = await server.query(sql.replaceAll('stopwire_records', 'fleet.stopwire_records'));
        found.push([
          title,
          text
            .trimEnd()
            .split('\n')
            .map((line) => line.split('\t')),
        ]);
      }
      answers = Object.fromEntries(found);
    }, 300_000);

    test('is of a size to count', () => {
      expect(records.length).toBeGreaterThan(5_000);
    });

    test('cost per day and model', () => {
      const expected = sums(answered(), ({ timestamp = '', requested_model, model }) => [
        timestamp.slice(0, 10),
        requested_model ?? model ?? '',
      ]);
      expect(usdBy(answers['Cost per day and model'], 2)).toEqual(expected);
      const tokens = answered().reduce((sum, one) => sum + (one.incremental_total_tokens ?? 0), 0);
      expect(total(answers['Cost per day and model'], 3)).toBe(tokens);
    });

    test('cost per repository and branch', () => {
      const expected = sums(answered(), ({ repository_name = '', git_branch = '' }) => [repository_name, git_branch]);
      expect(usdBy(answers['Cost per repository and branch'], 2)).toEqual(expected);
    });

    test('cost and prompts per person', () => {
      const rows = answers['Cost and prompts per person'];
      expect(usdBy(rows, 1)).toEqual(sums(answered(), ({ os_user = '' }) => [os_user]));
      const prompts = records.filter(({ prompt_kind = '' }) => ['human', 'command', 'bash'].includes(prompt_kind));
      expect(total(rows, 3)).toBe(prompts.length);
      expect(rows).toHaveLength(40);
    });

    test('failures and durations of tools', () => {
      const calls = records.filter(({ tool_phase }) => tool_phase === 'complete');
      const expected = Array.from(new Set(calls.map(({ tool_name = '' }) => tool_name)), (name) => {
        const own = calls.filter(({ tool_name }) => tool_name === name);
        const failures = own.filter(({ tool_status }) => tool_status === 'failure');
        return [name, String(own.length), String(failures.length)];
      });
      const rows = answers['Failures and durations of tools'] ?? [];
      expect(new Set(rows.map((row) => row.slice(0, 3)))).toEqual(new Set(expected));
      expect(total(rows, 2)).toBeGreaterThan(0);
    });

    test('latency per model', () => {
      const durations = new Map<string, { model: string; ms: number }>();
      for (const { message_id = '', model = '', response_duration_ms: ms } of records) {
        if (ms !== undefined)
          durations.set(message_id, { model, ms: Math.max(ms, durations.get(message_id)?.ms ?? 0) });
      }
      const expected = Array.from(new Set(Array.from(durations.values(), ({ model }) => model)), (name) => {
        const own = Array.from(durations.values()).filter(({ model }) => model === name);
        const sorted = own.map(({ ms }) => ms).toSorted((a, b) => a - b);
        return [name, String(sorted.length), String(sorted[Math.floor(sorted.length * 0.95)])];
      });
      const rows = answers['Latency per model'] ?? [];
      expect(new Set(rows.map(([model, count, , p95]) => [model, count, p95]))).toEqual(new Set(expected));
    });

    const answered = (): MessageRecord[] => records.filter(({ incremental_total_tokens: tokens = 0 }) => tokens > 0);
  });
});

function batchOf(records: readonly MessageRecord[]): Batch {
  return { id: 'batch', records, json: records.map((record) => JSON.stringify(record)), upTo: new Map() };
}

/** Servers from before 20.1 keep whole seconds, yes/no are numbers, and large numbers are texts in JSON. */
function comparable(value: unknown): unknown {
  if (typeof value === 'boolean' || typeof value === 'number') return String(Number(value));
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d[T ]/.test(value)) return value;
  return value.replace('T', ' ').replace(/(?:\.\d+)?Z?$/, '');
}

/** The queries of the page, as it shows them: a heading, and the SQL under it. */
function documentedQueries(): [title: string, sql: string][] {
  const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'clickhouse.md'), 'utf8');
  return Array.from(page.matchAll(/^### (.+)\n[^#]*?```sql\n([^`]+)```/gm), ([, title = '', sql = '']) => [title, sql]);
}

type Sums = { [key: string]: number };

/** USD by key: whole pico USD are added up, so nothing is rounded but the sum. */
function sums(records: readonly MessageRecord[], keyOf: (record: MessageRecord) => string[]): Sums {
  const pico = new Map<string, bigint>();
  for (const record of records) {
    const key = keyOf(record).join(' ');
    pico.set(key, (pico.get(key) ?? 0n) + BigInt(record.incremental_cost_pico_usd ?? 0));
  }
  return Object.fromEntries(Array.from(pico, ([key, sum]) => [key, Number(sum) / 1e12]));
}

/** The same of rows whose first columns are the key. */
function usdBy(rows: string[][] = [], keys: number): Sums {
  return Object.fromEntries(rows.map((row) => [row.slice(0, keys).join(' '), Number(row[keys])]));
}

function total(rows: string[][] = [], column: number): number {
  return rows.reduce((sum, row) => sum + Number(row[column]), 0);
}
