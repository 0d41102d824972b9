import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { isObject } from '../../src/lib/json.ts';
import { openDatabase } from '../../src/state/sqlite.ts';
import { openStore } from '../../src/state/store.ts';
import { recordOf } from '../helpers/samples.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let path: string;
beforeEach(() => {
  path = join(makeTempDirectory(), 'records.db');
  const store = openStore(path);
  const records = ['09', '10', '11'].map((hour) =>
    recordOf(`m${hour}`, {
      type: 'assistant',
      message_id: hour,
      session_id: hour === '11' ? 's2' : 's1',
      input_tokens: 5,
      timestamp: `2026-11-21T${hour}:00:00.000Z`,
      cost_status: 'priced',
      cost_usd: 0.5,
    }),
  );
  store.upsert(
    records,
    records.map((record) => JSON.stringify(record)),
  );
  store.close();
});

describe('what responses cost from a moment on', () => {
  test.each([
    ['2026-11-21T09:00:00.000Z', { sessions: 2, responses: 3, inputTokens: 15, costPicoUsd: 1_500_000_000_000n }],
    ['2026-11-21T09:00:00.001Z', { sessions: 2, responses: 2, inputTokens: 10, costPicoUsd: 1_000_000_000_000n }],
    ['2026-11-21T12:00:00.000Z', { sessions: 0, responses: 0, inputTokens: 0, costPicoUsd: 0n }],
  ])('%s', (since, sums) => {
    const store = openStore(path);
    expect(store.costsSince(since)).toMatchObject(sums);
    store.close();
  });

  test('is found by an index, also in a store that was made before it', () => {
    const older = openDatabase(path);
    older.exec('DROP INDEX responses_by_time');
    older.close();
    openStore(path).close();
    const database = openDatabase(path);
    const plan = database.prepare('EXPLAIN QUERY PLAN SELECT count(*) FROM responses WHERE timestamp >= ?').all('2026');
    database.close();
    expect(plan.filter(isObject).map(({ detail }) => detail)).toEqual([expect.stringContaining('responses_by_time')]);
  });
});
