/** The destination against a real server, which is started here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { clickhouse } from '../../../src/destinations/clickhouse.ts';
import { type Batch, type Destination, unchecked } from '../../../src/destinations/destination.ts';
import type { MessageRecord } from '../../../src/fields/index.ts';
import { type ClickHouseServer, hasClickHouse, PASSWORD, startClickHouse } from '../../helpers/clickhouse-server.ts';
import { fleetSessions, PEOPLE, workingDays } from '../../helpers/fleet.ts';
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

  describe('a month of a fleet', () => {
    const records: MessageRecord[] = [];
    let answers: Answers;
    let answersAgain: Answers;
    let rowsAgain: string;
    const again = (): MessageRecord[] => records.slice(20_000, 30_000);

    beforeAll(async () => {
      await server.query('CREATE DATABASE fleet');
      const destination = await open({ database: 'fleet', maxRecords: 20_000 });
      const deliver = async (all: readonly MessageRecord[]): Promise<void> => {
        const { maxRecords } = destination.limits;
        for (let at = 0; at < all.length; at += maxRecords) {
          const delivery = await destination.deliver(batchOf(all.slice(at, at + maxRecords)), never);
          expect(delivery).toEqual({ kind: 'delivered' });
        }
      };
      for (const session of fleetSessions()) records.push(...session);
      await destination.deliver(batchOf([]), never);
      // They would take rows that came twice away before the queries see them.
      await server.query('SYSTEM STOP MERGES fleet.stopwire_records');
      await deliver(records);
      answers = await answersOf(server, 'fleet');
      await deliver(again());
      answersAgain = await answersOf(server, 'fleet');
      rowsAgain = await server.query('SELECT count() FROM fleet.stopwire_records');
    }, 300_000);

    test('has every person in it on every working day', () => {
      const seen = new Set(records.map(({ os_user, timestamp = '' }) => `${os_user} ${timestamp.slice(0, 10)}`));
      const days = workingDays();
      expect(days).toHaveLength(22);
      for (let person = 0; person < PEOPLE; person += 1) {
        expect(days.filter((day) => !seen.has(`person-${person} ${day}`))).toEqual([]);
      }
    });

    test.each<[string, (records: readonly MessageRecord[]) => Cell[][]]>([
      ['Cost per day and model', costPerDayAndModel],
      ['Cost per repository and branch', costPerRepositoryAndBranch],
      ['Cost and prompts per person', costAndPromptsPerPerson],
      ['Failures and durations of tools', failuresAndDurationsOfTools],
      ['Latency per model', latencyPerModel],
    ])('%s: every figure is what its records add up to', (title, expected) => {
      expect(answers[title]?.length).toBeGreaterThan(1);
      expect(answers[title]).toEqual(inOrder(expected(records)));
    });

    test('a part of it delivered again changes no figure, though its rows are there twice', () => {
      expect(Number(rowsAgain)).toBe(records.length + again().length);
      expect(answersAgain).toEqual(answers);
    });
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

/** `null` is SQL's. */
type Cell = string | number | null;
/** By the title of the query. */
type Answers = { [title: string]: Cell[][] };

/** What the queries of the page give, as it shows them: a heading, and the SQL under it. */
async function answersOf(server: ClickHouseServer, database: string): Promise<Answers> {
  const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'clickhouse.md'), 'utf8');
  const answers: Answers = {};
  for (const [, title = '', sql = ''] of page.matchAll(/^### (.+)\n[^#]*?```sql\n([^`]+)```/gm)) {
    const text = await server.query(sql.replaceAll('stopwire_records', `${database}.stopwire_records`));
    const lines = text.trimEnd().split('\n');
    answers[title] = inOrder(lines.map((line) => line.split('\t').map(cellOf)));
  }
  return answers;
}

function cellOf(text: string): Cell {
  if (text === '\\N') return null;
  return text === '' || Number.isNaN(Number(text)) ? text : Number(text);
}

/** Rows with the same sum come in any order. */
function inOrder(rows: readonly Cell[][]): Cell[][] {
  const keyed = rows.map((row) => ({ row, key: JSON.stringify(row) }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ row }) => row);
}

type Records = readonly MessageRecord[];

function costPerDayAndModel(records: Records): Cell[][] {
  return groupsOf(records.filter(isBilled), ({ timestamp = '', requested_model, model = '' }) => [
    timestamp.slice(0, 10),
    requested_model ?? model,
  ]).map(([key, own]) => {
    const unpriced = own.filter(({ cost_status = '' }) => !['priced', 'not_billed'].includes(cost_status));
    const tokens = own.reduce((sum, one) => sum + (one.incremental_total_tokens ?? 0), 0);
    return [...key, usd(own), tokens, different(unpriced, 'message_id')];
  });
}

function costPerRepositoryAndBranch(records: Records): Cell[][] {
  return groupsOf(records.filter(isBilled), ({ repository_name = '', git_branch = '' }) => [
    repository_name,
    git_branch,
  ]).map(([key, own]) => [...key, usd(own), different(own, 'session_id')]);
}

function costAndPromptsPerPerson(records: Records): Cell[][] {
  const said = records.filter(({ type }) => type === 'assistant' || type === 'user');
  return groupsOf(said, ({ os_user = '' }) => [os_user]).map(([key, own]) => {
    const prompts = own.filter(({ prompt_kind = '' }) => ['human', 'command', 'bash'].includes(prompt_kind));
    return [...key, usd(own), different(own, 'session_id'), prompts.length];
  });
}

function failuresAndDurationsOfTools(records: Records): Cell[][] {
  const calls = records.filter(({ tool_phase }) => tool_phase === 'complete');
  return groupsOf(calls, ({ tool_name = '' }) => [tool_name]).map(([key, own]) => {
    const failures = own.filter(({ tool_status }) => tool_status === 'failure');
    const durations = own.flatMap(({ tool_duration_ms: ms }) => ms ?? []);
    return [...key, own.length, failures.length, quantile(durations, 0.5), quantile(durations, 0.95)];
  });
}

function latencyPerModel(records: Records): Cell[][] {
  const timed = records.filter(({ message_id, response_duration_ms: ms }) => message_id && ms !== undefined);
  const responses = groupsOf(timed, ({ message_id = '', model = '' }) => [model, message_id]).map(
    ([[model = ''], own]) => ({ model, ms: Math.max(...own.map(({ response_duration_ms: ms = 0 }) => ms)) }),
  );
  return groupsOf(responses, ({ model }) => [model]).map(([key, own]) => {
    const durations = own.map(({ ms }) => ms);
    return [...key, own.length, quantile(durations, 0.5), quantile(durations, 0.95)];
  });
}

function isBilled({ type, incremental_total_tokens: tokens = 0 }: MessageRecord): boolean {
  return type === 'assistant' && tokens > 0;
}

function groupsOf<Item>(items: readonly Item[], keyOf: (item: Item) => string[]): [key: string[], own: Item[]][] {
  const groups = new Map<string, [string[], Item[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key.join('\t'));
    if (group === undefined) groups.set(key.join('\t'), [key, [item]]);
    else group[1].push(item);
  }
  return [...groups.values()];
}

/** Whole pico USD are added up, so nothing is rounded but the sum; null where there is no price among them. */
function usd(records: Records): number | null {
  const amounts = records.flatMap(({ incremental_cost_pico_usd: cost }) => cost ?? []);
  return amounts.length === 0 ? null : Number(amounts.reduce((sum, cost) => sum + BigInt(cost), 0n)) / 1e12;
}

function different(records: Records, name: keyof MessageRecord): number {
  return new Set(records.map((record) => record[name])).size;
}

/** As ClickHouse's quantileExact has it: of n values in order, number ⌊n × share⌋, from 0. */
function quantile(values: readonly number[], share: number): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? null;
}
