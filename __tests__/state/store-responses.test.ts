import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { MessageRecord } from '../../src/fields/index.ts';
import { breakdown, byDay, GROUPINGS, inOrder, type CostGroup } from '../../src/insights/cost-breakdown.ts';
import { larger, responseOf, type Response } from '../../src/insights/response.ts';
import { openDatabase } from '../../src/state/sqlite.ts';
import { openStore, type Store } from '../../src/state/store.ts';
import { fixtureCases } from '../helpers/fixtures.ts';
import { mapFixture } from '../helpers/mapped.ts';
import { recordOf } from '../helpers/samples.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let path: string;
let store: Store;
beforeEach(() => {
  path = join(makeTempDirectory(), 'records.db');
  store = openStore(path);
});
afterEach(() => store.close());

function put(...records: MessageRecord[]): void {
  store.upsert(
    records,
    records.map((record) => JSON.stringify(record)),
  );
}

function reopen(): void {
  store.close();
  store = openStore(path);
}

/** As a version of the program leaves the file that knows nothing of the responses. */
function change(sql: string): void {
  store.close();
  const database = openDatabase(path);
  database.exec(sql);
  database.close();
  store = openStore(path);
}

function answer(id: string, messageId: string, more: Partial<MessageRecord> = {}): MessageRecord {
  const cost = { cost_status: 'priced', cost_pico_usd: '5000000' };
  return recordOf(id, { type: 'assistant', message_id: messageId, model: 'claude-opus-5-5', ...cost, ...more });
}

function costOf(id: string): (bigint | undefined)[] {
  return store.costs('session', { sessions: [id] }).map(({ costPicoUsd }) => costPicoUsd);
}

const all = fixtureCases().flatMap((name) => mapFixture(name));

/** The responses of records, by the rules of the records alone. */
function responsesOf(records: readonly MessageRecord[]): Response[] {
  const found = new Map<string, Response>();
  for (const response of records.flatMap((record) => responseOf(record) ?? [])) {
    const known = found.get(response.messageId);
    found.set(response.messageId, known === undefined ? response : larger(known, response));
  }
  return [...found.values()];
}

const ZONE = 'Asia/Kathmandu';

function plain(groups: readonly CostGroup[]): CostGroup[] {
  return groups.toSorted((a, b) => (JSON.stringify([a.key, a.project]) < JSON.stringify([b.key, b.project]) ? -1 : 1));
}

describe('all transcripts', () => {
  test.each(GROUPINGS)('by %s cost what their records say', (by) => {
    put(...all);
    const groups = by === 'day' ? byDay(store.costs(by), ZONE) : inOrder(store.costs(by));
    expect(plain(groups)).toEqual(plain(breakdown(responsesOf(all), by, ZONE)));
  });

  test('cost the same in any number of pieces, twice, and in any order of the files', () => {
    put(...all);
    const whole = store.costs('model');
    put(...all.slice(0, 700));
    expect(store.costs('model')).toEqual(whole);
    store.close();
    rmSync(path);
    store = openStore(path);
    for (const name of fixtureCases().toReversed()) put(...mapFixture(name));
    expect(store.costs('model')).toEqual(whole);
  });
});

describe('a response', () => {
  test('has the largest value of each of its lines, and is of the session that came first', () => {
    put(
      answer('a', 'm', { output_tokens: 1, cost_pico_usd: '7' }),
      answer('b', 'm', { output_tokens: 9, cost_pico_usd: undefined }),
      answer('c', 'm', { output_tokens: 3, cost_pico_usd: '8', session_id: 'fork', input_tokens: 4 }),
    );
    expect(store.costs('session')).toEqual([
      {
        key: 'session',
        responses: 1,
        unpricedResponses: 0,
        inputTokens: 4,
        outputTokens: 9,
        cacheReadTokens: 0,
        cacheCreationTokens: 0,
        costPicoUsd: 8n,
      },
    ]);
  });

  test('that a fork names the origin of is of that one, whichever is read first', () => {
    put(answer('c', 'm', { session_id: 'fork', request_session_id: 'session' }));
    put(answer('a', 'm'));
    expect(store.costs('session')).toMatchObject([{ key: 'session', responses: 1 }]);
  });

  test('that costs more than a number can hold does no harm', () => {
    put(answer('a', 'm', { cost_pico_usd: '9'.repeat(30) }), answer('b', 'n', { cost_pico_usd: '9'.repeat(19) }));
    expect(costOf('session')).toEqual([2n * (2n ** 63n - 1n)]);
  });

  test('by a decimal alone is as exact as that', () => {
    put(answer('a', 'm', { cost_pico_usd: undefined, cost_usd: 0.016407 }));
    expect(costOf('session')).toEqual([16_407_000_000n]);
  });
});

describe('a filter', () => {
  test.each([
    [{ since: '2026-05-02T00:00:00.000Z' }, ['b']],
    [{ until: '2026-05-02T00:00:00.000Z' }, ['a']],
    [{ sessions: ['b', 'c'] }, ['b', 'c']],
    [{ project: '/home/dev/shop' }, ['a', 'b']],
    [{ project: 'web' }, ['c']],
    [{ project: '*sho*', sessions: ['b', 'c'] }, ['b']],
  ])('%j leaves %j', (filter, sessions) => {
    put(
      answer('1', 'm1', { session_id: 'a', project: '/home/dev/shop', timestamp: '2026-05-01T12:00:00.000Z' }),
      answer('2', 'm2', { session_id: 'b', project: '/home/dev/shop/api', timestamp: '2026-05-02T12:00:00.000Z' }),
      answer('3', 'm3', { session_id: 'c', project: '/home/dev/web' }),
    );
    expect(store.costs('session', filter).map(({ key }) => key)).toEqual(sessions);
  });

  test('of time asks evidence when the last total was written', () => {
    const total = { type: 'cost-state', client_cost_usd: 1 };
    put(
      recordOf('1', { ...total, session_id: 'a', timestamp: '2026-05-01T12:00:00.000Z' }),
      recordOf('2', { ...total, session_id: 'b', timestamp: '2026-05-01T12:00:00.000Z' }),
      recordOf('3', { ...total, session_id: 'b', timestamp: '2026-05-02T12:00:00.000Z' }),
    );
    const found = store.evidence({ until: '2026-05-02T00:00:00.000Z' });
    expect(found.map(({ sessionId, totals }) => [sessionId, totals.length])).toEqual([['a', 1]]);
    expect(store.evidence().map(({ sessionId }) => sessionId)).toEqual(['a', 'b']);
  });
});

describe('what is to be reconciled', () => {
  const total = { type: 'cost-state', client_cost_usd: 1 };

  test('are sessions with a total of which records have come since the last time', () => {
    put(answer('1', 'm1', { session_id: 'a' }), recordOf('2', { ...total, session_id: 'a' }));
    put(answer('3', 'm2', { session_id: 'b' }), recordOf('4', { ...total, session_id: undefined }));
    expect(store.unreconciled('new').sessionIds).toEqual(['a']);
    store.unreconciled('new').settle();
    expect(store.unreconciled('new').sessionIds).toEqual([]);
    expect(store.unreconciled('all').sessionIds).toEqual(['a']);
    put(recordOf('5', { session_id: 'a' }), recordOf('6', { ...total, session_id: 'b' }), recordOf('7'));
    expect(store.unreconciled('new').sessionIds.toSorted()).toEqual(['a', 'b']);
  });

  test('stays so where it was not settled, and where something came before it was', () => {
    put(recordOf('1', { ...total, session_id: 'a' }));
    store.unreconciled('new');
    reopen();
    const { sessionIds, settle } = store.unreconciled('new');
    expect(sessionIds).toEqual(['a']);
    put(recordOf('2', { ...total, session_id: 'b' }));
    settle();
    expect(store.unreconciled('new').sessionIds).toEqual(['b']);
  });

  test('can be asked for again and again, with what has come meanwhile', () => {
    const found = (): unknown[] =>
      store.evidenceOf(['a', 'b']).map(({ totals, costs }) => [totals.length, costs.length]);
    expect(found()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    put(answer('1', 'm1', { session_id: 'a' }), recordOf('2', { ...total, session_id: 'a' }));
    expect(found()).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect(store.evidence()).toHaveLength(1);
    expect(found()).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });
});

describe('a store from before', () => {
  const TABLES = ['responses', 'response_copies', 'cost_signs', 'client_totals', 'responses_upto', 'reconciled_upto'];

  test('is filled when it is opened', () => {
    put(...all);
    const before = [store.costs('branch'), store.totals(), store.evidence().length];
    change(`${TABLES.map((table) => `DROP TABLE ${table};`).join('')} PRAGMA user_version = 0`);
    expect([store.costs('branch'), store.totals(), store.evidence().length]).toEqual(before);
  });

  test('is filled anew where its tables have another shape', () => {
    put(answer('a', 'm'));
    change('UPDATE responses SET cost_pico = 1; PRAGMA user_version = 99');
    expect(costOf('session')).toEqual([5_000_000n]);
  });

  test('takes in what another version writes meanwhile, when it is opened and when it writes', () => {
    const write = (id: string, message: string): string => {
      const json = JSON.stringify(answer(id, message));
      return `INSERT INTO records (id, type, json) VALUES ('${id}', 'assistant', '${json}')`;
    };
    put(answer('a', 'm1'));
    change(write('b', 'm2'));
    expect(costOf('session')).toEqual([10_000_000n]);
    const other = openDatabase(path);
    other.exec(write('c', 'm3'));
    other.close();
    put(answer('d', 'm4'));
    expect(costOf('session')).toEqual([20_000_000n]);
    reopen();
    expect(costOf('session')).toEqual([20_000_000n]);
  });
});
