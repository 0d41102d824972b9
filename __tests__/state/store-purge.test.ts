import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { MessageRecord } from '../../src/fields/index.ts';
import { responseOf } from '../../src/insights/response.ts';
import { openDatabase } from '../../src/state/sqlite.ts';
import type { RecordFilter } from '../../src/state/store-filter.ts';
import { countRecords, purgeRecords } from '../../src/state/store-purge.ts';
import { openStore } from '../../src/state/store.ts';
import { bundle } from '../helpers/bundle.ts';
import { runWithFileLimit, startChild } from '../helpers/child.ts';
import { fixtureCases } from '../helpers/fixtures.ts';
import { mapFixture } from '../helpers/mapped.ts';
import { recordOf } from '../helpers/samples.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const CANARY = 'canary-7c1f0e5b-of-the-people';

let folder: string;
let path: string;
beforeEach(() => {
  folder = join(makeTempDirectory(), 'data');
  mkdirSync(folder);
  path = join(folder, 'records.db');
});

function put(records: readonly MessageRecord[], at: string = path): void {
  const store = openStore(at);
  store.upsert(
    records,
    records.map((record) => JSON.stringify(record)),
  );
  store.close();
}

/** Everything that a store holds, but for the numbers of its rows, which have gaps after a purge. */
function contentOf(at: string): { [table: string]: string[] } {
  const database = openDatabase(at);
  const all = (sql: string): unknown[] =>
    database
      .prepare(sql)
      .all()
      .map((row) => ({ ...Object(row) }));
  try {
    const tables = all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    const names = tables.map((table) => String(Object(table).name)).filter((name) => !name.endsWith('_upto'));
    const rowsOf = (name: string): string[] =>
      all(`SELECT * FROM ${name} ORDER BY 1, 2`).map((row) => JSON.stringify({ ...Object(row), seq: undefined }));
    return Object.fromEntries(names.map((name) => [name, rowsOf(name)]));
  } finally {
    database.close();
  }
}

/** Whether the bytes stand in the store, or in a file beside it. */
function isInFiles(text: string): boolean {
  return readdirSync(folder).some((name) => readFileSync(join(folder, name), 'latin1').includes(text));
}

function secret(id: string, more: Partial<MessageRecord> = {}): MessageRecord {
  return recordOf(id, { text: `${CANARY} ${'x'.repeat(3_000)} ${CANARY}`, ...more });
}

const all = fixtureCases().flatMap((name) => mapFixture(name));
const sessions = [...new Set(all.map(({ session_id: session }) => session ?? ''))];
const moments = all.flatMap(({ timestamp }) => timestamp ?? []).toSorted();
const middle = new Date(moments[Math.floor(moments.length / 2)] ?? 0).toISOString();

describe('a purge', () => {
  test.each<[string, RecordFilter]>([
    ['everything', {}],
    ['nothing', { sessions: ['none'] }],
    ['one session', { sessions: sessions.slice(0, 1) }],
    ['half of the sessions', { sessions: sessions.filter((_, index) => index % 2 === 0) }],
    ['what is old', { until: middle }],
    ['what is new', { since: middle }],
    ['a project', { project: '/home/dev/project' }],
  ])('of %s leaves a store as if what it took had never come', (_title, filter) => {
    put(all);
    const before = countRecords(path, {});
    const wanted = countRecords(path, filter);
    const left = readLeft(filter);
    const { response_copies: copies = [] } = contentOf(path);
    expect(purgeRecords(path, filter)).toEqual({ records: wanted, isErased: true });
    expect(countRecords(path, {})).toBe(before - wanted);
    const other = join(makeTempDirectory(), 'records.db');
    put(left, other);
    const { response_copies: copiesLeft = [], ...tables } = contentOf(path);
    const { response_copies: _, ...wantedTables } = contentOf(other);
    expect(tables).toEqual(wantedTables);
    const sessionsLeft = new Set(left.map(({ session_id: session }) => session));
    const responsesLeft = new Set(left.flatMap((record) => responseOf(record)?.messageId ?? []));
    const isLeft = (copy: string): boolean => {
      const { session_id: session, message_id: message } = JSON.parse(copy);
      return sessionsLeft.has(session) && responsesLeft.has(message);
    };
    expect(copiesLeft).toEqual(copies.filter(isLeft));
    expect(copies.length).toBeGreaterThan(20);
    expect(countRecords(path, filter)).toBe(0);
  });

  test('lets later records come as before, also where the newest have gone', () => {
    put(all);
    const before = openStore(path);
    before.unreconciled('all').settle();
    before.close();
    purgeRecords(path, {});
    const more = recordOf('later', { type: 'assistant', message_id: 'm', cost_status: 'priced', cost_pico_usd: '5' });
    const totals = { type: 'cost-state', client_cost_usd: 1, session_id: 'session' };
    put([more, recordOf('total', totals)]);
    const store = openStore(path);
    expect(store.costs('session', { sessions: ['session'] })).toMatchObject([{ responses: 1, costPicoUsd: 5n }]);
    expect(store.unreconciled('new').sessionIds).toContain('session');
    store.close();
  });

  test('leaves none of their bytes in any file, also of what was renewed before', () => {
    put(Array.from({ length: 40 }, (_, index) => secret(`r${index}`)));
    put([recordOf('kept', { text: 'stays' })]);
    // Shorter than before: the rest of the text stays in the page.
    put([recordOf('r0', { text: 'renewed' })]);
    expect(isInFiles(CANARY)).toBe(true);
    purgeRecords(path, { sessions: ['session'], until: undefined, types: ['user'], project: undefined });
    expect(isInFiles(CANARY)).toBe(false);
  });

  test('of some leaves the bytes of the others, and takes those that were renewed', () => {
    put([secret('a', { session_id: 'gone' }), recordOf('b', { session_id: 'stays', text: 'dear text' })]);
    put([secret('c', { session_id: 'stays' })]);
    put([recordOf('c', { session_id: 'stays', text: 'renewed' })]);
    purgeRecords(path, { sessions: ['gone'] });
    expect(isInFiles(CANARY)).toBe(false);
    expect(isInFiles('dear text')).toBe(true);
    expect(countRecords(path, {})).toBe(2);
  });

  test('says so where another process reads the store, and the next one ends it', async () => {
    put([secret('a'), secret('b')]);
    const sqlite = await bundle('state/sqlite.ts', makeTempDirectory());
    const reader = startChild(`
      import { openDatabase } from ${JSON.stringify(sqlite)};
      const database = openDatabase(${JSON.stringify(path)});
      database.exec('BEGIN');
      database.prepare('SELECT count(*) FROM records').all();
      process.send('reading');
      process.on('message', () => database.close());
    `);
    await reader.next();
    expect(purgeRecords(path, {})).toEqual({ records: 2, isErased: false });
    await reader.kill();
    expect(purgeRecords(path, {})).toEqual({ records: 0, isErased: true });
    expect(isInFiles(CANARY)).toBe(false);
  }, 30_000);

  test('that finds the disk full removes all of them or none, and the store stays whole', async () => {
    put(Array.from({ length: 200 }, (_, index) => recordOf(`r${index}`, { text: 'x'.repeat(5_000) })));
    put([recordOf('other', { session_id: 'other' })]);
    const module = await bundle('state/store-purge.ts', makeTempDirectory());
    const printed = await runWithFileLimit(
      200,
      `
        import { purgeRecords } from ${JSON.stringify(module)};
        try {
          purgeRecords(${JSON.stringify(path)}, { sessions: ['session'] });
        } catch (error) {
          console.log('refused');
        }
      `,
    );
    expect(printed).toBe('refused');
    expect([1, 201]).toContain(countRecords(path, {}));
    const database = openDatabase(path);
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    database.close();
    expect(purgeRecords(path, { sessions: ['session'] }).isErased).toBe(true);
    expect(countRecords(path, {})).toBe(1);
  });
});

/** The records that a filter leaves, in their order. */
function readLeft(filter: RecordFilter): MessageRecord[] {
  const store = openStore(path);
  try {
    const taken = new Set(store.export(filter));
    return Array.from(store.export())
      .filter((json) => !taken.has(json))
      .map((json) => JSON.parse(json));
  } finally {
    store.close();
  }
}
