import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { emptyConfig, type Config, type ConfiguredDestination } from '../src/config.ts';
import type { MessageRecord } from '../src/fields/index.ts';
import { reconcile, type Reconciled } from '../src/reconcile.ts';
import type { DestinationReport } from '../src/run.ts';
import { pathsFrom, type Paths } from '../src/state/paths.ts';
import { openRevision } from '../src/state/store-revision.ts';
import { openStore } from '../src/state/store.ts';
import { mapFixture } from './helpers/mapped.ts';
import { recordOf } from './helpers/samples.ts';
import { makeTempDirectory } from './helpers/temp-directory.ts';

let paths: Paths;
let file: string;
beforeEach(() => {
  paths = pathsFrom({ HOME: makeTempDirectory() });
  file = join(paths.stateDirectory, 'reconciliations.jsonl');
  for (const path of [paths.stateDirectory, dirname(paths.store)]) mkdirSync(path, { recursive: true });
});

const LOCAL: ConfiguredDestination = { name: 'here', kind: 'local', redaction: 'none', options: {} };

function configOf(...destinations: ConfiguredDestination[]): Config {
  return { ...emptyConfig(), destinations };
}

function after(state: DestinationReport['state'], local: Partial<ConfiguredDestination> = {}): Promise<Reconciled> {
  const destinations = [{ destination: 'here', records: 0, refused: 0, state }];
  return reconcile({ config: configOf({ ...LOCAL, ...local }), paths, destinations });
}

function put(records: readonly MessageRecord[], path = paths.store): void {
  const store = openStore(path);
  store.upsert(
    records,
    records.map((record) => JSON.stringify(record)),
  );
  store.close();
}

interface Line {
  sessionId: string;
  clientCostUsd: number;
  attributedCostUsd: number;
  carriedCostUsd: number;
  laterCostUsd: number;
  residualCostUsd: number;
  residualCostPicoUsd: string;
  reasons: string[];
}

function lines(): Line[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function answer(id: string, usd: number, more: Partial<MessageRecord> = {}): MessageRecord {
  const cost = { cost_status: 'priced', cost_usd: usd };
  return recordOf(id, { type: 'assistant', message_id: id, model: 'claude-opus-5-5', ...cost, ...more });
}

function total(id: string, usd: number, more: Partial<MessageRecord> = {}): MessageRecord {
  return recordOf(id, { type: 'cost-state', client_cost_usd: usd, ...more });
}

describe('a session', () => {
  test('is reconciled when the store has its lines, and again when they change what comes out', async () => {
    put([answer('a', 1), total('t', 1.5)]);
    expect(await after('current')).toEqual({ lines: 1 });
    expect(lines()).toMatchObject([
      { sessionId: 'session', residualCostUsd: 0.5, residualCostPicoUsd: '500000000000' },
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    expect(await after('current')).toEqual({ lines: 0 });
    put([recordOf('u')]);
    expect(await after('current')).toEqual({ lines: 0 });
    put([answer('b', 0.25, { timestamp: '2026-05-01T00:00:00.000Z' })]);
    expect(await after('current')).toEqual({ lines: 1 });
    put([total('v', 1.75)]);
    expect(await after('current')).toEqual({ lines: 1 });
    expect(lines().map(({ laterCostUsd, residualCostUsd }) => [laterCostUsd, residualCostUsd])).toEqual([
      [0, 0.5],
      [0.25, 0.5],
      [0, 0.5],
    ]);
  });

  test('is left alone while nothing comes of it', async () => {
    put([answer('a', 1), total('t', 1.5)]);
    await after('current');
    const [before] = lines();
    rmSync(file);
    writeFileSync(file, '');
    put([
      answer('b', 1, { session_id: 's2' }),
      total('u', 1, { session_id: 's2' }),
      recordOf('c', { session_id: 's3' }),
    ]);
    await after('current');
    expect(lines().map(({ sessionId }) => sessionId)).toEqual(['s2']);
    expect(before?.sessionId).toBe('session');
  });

  test.each<[string, object[]]>([
    ['2.1.329-compact', [{ residualCostPicoUsd: '19787400000', reasons: ['compaction'] }]],
    ['2.1.329-websearch', [{ residualCostPicoUsd: '22372000000', reasons: ['web_search'] }]],
    ['2.1.329-tuiinterrupt', [{ residualCostPicoUsd: '2600000000', reasons: ['interrupted'] }]],
    [
      '2.1.329-multiturn',
      [
        { residualCostPicoUsd: '0', reasons: [], carriedCostUsd: 0, clientCostUsd: 0.0164528 },
        { residualCostPicoUsd: '0', reasons: [], carriedCostUsd: 0, clientCostUsd: 0.1873222 },
        { residualCostPicoUsd: '0', reasons: [], carriedCostUsd: 0.167434, clientCostUsd: 0.1873022 },
      ],
    ],
  ])('of the real client, %s, has its residual and the reason', async (name, expected) => {
    put(mapFixture(name));
    expect(await after('current')).toEqual({ lines: expected.length });
    expect(lines().toSorted((a, b) => (a.sessionId < b.sessionId ? -1 : 1))).toMatchObject(expected);
  });

  test('is reconciled again when its responses were priced anew', async () => {
    put([answer('a', 1), total('t', 1), answer('b', 1, { session_id: 's2' }), total('u', 1, { session_id: 's2' })]);
    await after('current');
    const revision = openRevision(paths.store, { dryRun: false });
    revision.each((json) => {
      const record: MessageRecord = JSON.parse(json);
      if (record.id !== 'a') return undefined;
      return { json: JSON.stringify({ ...record, cost_pico_usd: '900000000000' }), messageId: 'a' };
    });
    revision.close();
    expect(await after('current')).toEqual({ lines: 1 });
    expect(lines().at(-1)).toMatchObject({ sessionId: 'session', residualCostUsd: 0.1 });
  });

  test('is written down again where the state was lost', async () => {
    put([answer('a', 1), total('t', 1)]);
    await after('current');
    rmSync(file);
    expect(await after('current')).toEqual({ lines: 1 });
  });

  test('is passed over where the store begins in its middle', async () => {
    const began = { client_started_at: '2026-05-01T00:00:00.000Z' };
    put([answer('a', 1), total('t', 2, began)]);
    put([
      answer('b', 1, { session_id: 's2' }),
      total('u', 1, { session_id: 's2', client_started_at: '2026-05-03T00:00:00.000Z' }),
    ]);
    put([answer('c', 1, { session_id: 's3' }), total('v', 1, { session_id: 's3' })]);
    expect(await after('current', { since: '2026-05-02T00:00:00.000Z' })).toEqual({ lines: 1 });
    expect(lines().map(({ sessionId }) => sessionId)).toEqual(['s2']);
  });
});

describe('nothing is done', () => {
  test.each<DestinationReport['state']>(['outdated', 'paused', 'resting', 'failed'])(
    'where the store is %s, and all of it when that is over',
    async (state) => {
      put([answer('a', 1), total('t', 1)]);
      expect(await after(state)).toEqual({ lines: 0 });
      expect(existsSync(file)).toBe(false);
      expect(await after('current')).toEqual({ lines: 1 });
    },
  );

  test('where no store is configured', async () => {
    put([answer('a', 1), total('t', 1)]);
    const http = { name: 'there', kind: 'http', redaction: 'none', options: {} };
    const destinations: DestinationReport[] = [{ destination: 'there', records: 0, refused: 0, state: 'current' }];
    expect(await reconcile({ config: configOf(http), paths, destinations })).toEqual({ lines: 0 });
  });

  test('where there is no store yet: none is made', async () => {
    expect(await after('current')).toEqual({ lines: 0 });
    expect(existsSync(paths.store)).toBe(false);
  });

  test('where the client has written no total: no file is made', async () => {
    put([answer('a', 1)]);
    expect(await after('current')).toEqual({ lines: 0 });
    expect(existsSync(file)).toBe(false);
  });
});

test('the store can lie elsewhere', async () => {
  const elsewhere = join(paths.home, 'elsewhere.db');
  put([answer('a', 1), total('t', 1)], elsewhere);
  expect(await after('current', { options: { path: elsewhere } })).toEqual({ lines: 1 });
  expect(existsSync(paths.store)).toBe(false);
});

test('what cannot be written is said, and done the next time', async () => {
  put([answer('a', 1), total('t', 1)]);
  mkdirSync(file);
  expect(await after('current')).toEqual({ lines: 0, reason: 'EISDIR' });
  rmSync(file, { recursive: true });
  expect(await after('current')).toEqual({ lines: 1 });
});
