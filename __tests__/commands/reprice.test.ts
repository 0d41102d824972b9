/** Records in the embedded store, priced anew. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { reprice } from '../../src/commands/reprice.ts';
import { NOT_REPRICED } from '../../src/commands/repricing.ts';
import { UserError } from '../../src/errors.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import { redactor } from '../../src/pipeline/redact.ts';
import { pathsFrom, type Paths } from '../../src/state/paths.ts';
import { openStore } from '../../src/state/store.ts';
import { mapFixture } from '../helpers/mapped.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { recordingTerminal } from '../helpers/terminal.ts';

const SCENARIOS = ['2.1.329-subagent', '2.1.329-parallel', '2.1.329-models', '2.0.14-subagent', '1.0.128-subagent'];

/** A session of four turns, without its fork. */
const fourTurns = mapFixture('2.1.329-multiturn').filter(({ session_id: id }) => id?.startsWith('9ffee1'));

interface World {
  env: NodeJS.ProcessEnv;
  paths: Paths;
}

function worldWith(records: readonly MessageRecord[]): World {
  const env = { HOME: makeTempDirectory() };
  const paths = pathsFrom(env);
  mkdirSync(paths.dataDirectory, { recursive: true });
  const store = openStore(paths.store);
  store.upsert(
    records,
    records.map((record) => JSON.stringify(record)),
  );
  store.close();
  return { env, paths };
}

function stored({ paths }: World): MessageRecord[] {
  const store = openStore(paths.store);
  try {
    return Array.from(store.export(), (json) => JSON.parse(json));
  } finally {
    store.close();
  }
}

async function run({ env }: World, dryRun = false): Promise<{ [name: string]: unknown }> {
  const printed: string[] = [];
  await reprice({ dryRun, json: true }, { ...recordingTerminal(env), out: (line) => void printed.push(line) });
  return JSON.parse(printed.join('\n'));
}

/** Twice the list price of every model that the fixtures know, from the beginning of time. */
function doubleEverything({ paths }: World, models: readonly string[]): void {
  const price = { input: '8', output: '40', cache_write_5m: '10', cache_write_1h: '16', cache_read: '0.4' };
  const prices = [{ effective_from: '2020-01-01', ...price }];
  mkdirSync(dirname(paths.ownPrices), { recursive: true, mode: 0o700 });
  writeFileSync(paths.ownPrices, JSON.stringify({ schema_version: 1, models: models.map((id) => ({ id, prices })) }));
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('reprice', () => {
  test.each(SCENARIOS)('changes nothing of %s where the prices are the same', async (scenario) => {
    const records = mapFixture(scenario);
    const world = worldWith(records);
    const before = stored(world);
    expect(await run(world)).toMatchObject({ changed: 0, redacted: 0, totalsLeft: 0 });
    expect(stored(world)).toEqual(before);
    expect(before.some(({ session_cost_usd: cost }) => cost !== undefined && cost > 0)).toBe(true);
  });

  test.each(SCENARIOS)('makes what pricing %s with the new prices at once would have made', async (scenario) => {
    const records = mapFixture(scenario);
    const unpriced = records.map((record) => withoutCosts(record));
    const world = worldWith(unpriced);
    const report = await run(world);
    expect(report).toMatchObject({ totalsLeft: 0, unpricedAfter: 0 });
    expect(plain(stored(world).map(costsOf))).toEqual(plain(unique(records).map(costsOf)));
  });

  test('takes prices of your own, and the totals of turns, sessions and the store follow', async () => {
    const world = worldWith(fourTurns);
    const before = stored(world);
    doubleEverything(world, ['claude-opus-5-5', 'claude-haiku-5-5']);
    const report = await run(world);
    const after = stored(world);
    expect(report).toMatchObject({ dryRun: false, unpricedAfter: 0, totalsLeft: 0 });
    expect(Number(report['changed'])).toBeGreaterThan(0);
    for (const [index, record] of after.entries()) {
      if (record.cost_status === 'priced') expect(record.price_basis).toBe('override');
      if (record.session_cost_usd !== undefined) {
        expect(record.session_cost_usd).not.toBe(before[index]?.session_cost_usd);
        expect(record.session_cost_usd).toBe(report['costUsdAfter']);
      }
    }
    const sum = (name: 'incremental_cost_usd' | 'turn_cost_usd'): number =>
      after.reduce((total, record) => total + (record[name] ?? 0), 0);
    expect(sum('incremental_cost_usd')).toBeCloseTo(Number(report['costUsdAfter']), 12);
    expect(sum('turn_cost_usd')).toBeCloseTo(Number(report['costUsdAfter']), 12);
    const store = openStore(world.paths.store);
    expect(store.totals().costUsd).toBeCloseTo(Number(report['costUsdAfter']), 12);
    store.close();
  });

  test('with --dry-run says the same and writes nothing', async () => {
    const world = worldWith(fourTurns);
    const before = stored(world);
    doubleEverything(world, ['claude-opus-5-5', 'claude-haiku-5-5']);
    const dry = await run(world, true);
    expect(stored(world)).toEqual(before);
    expect(await run(world)).toEqual({ ...dry, dryRun: false });
  });

  test('is the same again, and the way back leads to where it came from', async () => {
    const world = worldWith(mapFixture('2.1.329-subagent'));
    const before = stored(world);
    doubleEverything(world, ['claude-opus-5-5', 'claude-haiku-5-5', 'claude-sonnet-5-5']);
    await run(world);
    expect(await run(world)).toMatchObject({ changed: 0 });
    writeFileSync(world.paths.ownPrices, JSON.stringify({ schema_version: 1, models: [] }));
    await run(world);
    expect(stored(world).map(costsOf)).toEqual(before.map(costsOf));
  });

  test('goes through more records than one transaction holds', async () => {
    const many = Array.from({ length: 1203 }, (_, index): MessageRecord => {
      const usage = { model: 'claude-opus-5-5', timestamp: '2026-11-21T12:00:00Z', input_tokens: 1 };
      return { id: `r${index}`, type: 'assistant', message_id: `m${index}`, cost_status: 'unknown_model', ...usage };
    });
    const world = worldWith(many);
    expect(await run(world)).toMatchObject({ responses: 1203, changed: 1203, unpricedBefore: 1203, unpricedAfter: 0 });
    expect(stored(world).every(({ cost_pico_usd }) => cost_pico_usd === '4000000')).toBe(true);
  });

  test('leaves a total whose responses are not all there, and flags it', async () => {
    const lost = fourTurns.find(
      ({ type, cost_status }) => type === 'assistant' && cost_status === 'priced',
    )?.message_id;
    const world = worldWith(fourTurns.filter(({ message_id }) => message_id !== lost));
    doubleEverything(world, ['claude-opus-5-5', 'claude-haiku-5-5']);
    expect(Number((await run(world))['totalsLeft'])).toBeGreaterThan(0);
    const session = stored(world).find(({ type }) => type === 'session');
    expect(session?.session_cost_usd).toBe(fourTurns.findLast(({ type }) => type === 'session')?.session_cost_usd);
    expect(session?.cost_flags).toEqual([NOT_REPRICED]);
  });

  test('leaves a record whose steps were redacted', async () => {
    const usage = { model: 'claude-opus-5-5', timestamp: '2026-11-21T12:00:00Z', input_tokens: 1000 };
    const steps = { iterations: '[{"type":"compaction","input_tokens":5}]', iteration_count: 1 };
    const record = { id: 'r', type: 'assistant', message_id: 'm', ...usage, ...steps };
    const cost = { cost_status: 'priced', cost_pico_usd: '4020000000', cost_usd: 0.00402 };
    const world = worldWith([redactor('content')({ ...record, ...cost })]);
    expect(await run(world)).toMatchObject({ redacted: 1, changed: 0 });
    expect(stored(world)).toMatchObject([cost]);
  });

  test('does nothing where a price file is broken, and says which', async () => {
    const world = worldWith(fourTurns);
    mkdirSync(dirname(world.paths.ownPrices), { recursive: true });
    writeFileSync(world.paths.ownPrices, '{');
    await expect(run(world)).rejects.toThrow(/prices\.json cannot be used: it is not JSON/);
  });

  test('needs a store', async () => {
    const env = { HOME: makeTempDirectory() };
    await expect(run({ env, paths: pathsFrom(env) })).rejects.toThrow(UserError);
  });
});

/** As the store keeps them: a session's record is renewed in its place. */
function unique(records: readonly MessageRecord[]): MessageRecord[] {
  const byId = new Map<string, MessageRecord>();
  for (const record of records) byId.set(record.id, record);
  return [...byId.values()];
}

function costsOf(record: MessageRecord): unknown {
  const { id, cost_pico_usd, cost_usd, cost_status, price_id, price_basis, cache_split } = record;
  const { turn_cost_usd, session_cost_usd, incremental_cost_pico_usd, turn_unpriced_responses } = record;
  return [
    { id, cost_pico_usd, cost_usd, cost_status, price_id, price_basis, cache_split },
    { turn_cost_usd, session_cost_usd, incremental_cost_pico_usd, turn_unpriced_responses },
  ];
}

/** As a version without any price would have stored it. */
function withoutCosts(record: MessageRecord): MessageRecord {
  const bare = Object.entries(record).filter(
    ([name]) => !/^(cost_(usd|pico_usd|flags)|price_|cache_split|incremental_cost)/.test(name),
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the record with fewer of its optional fields
  const left = Object.fromEntries(bare) as MessageRecord;
  if (left.cost_status !== undefined) left.cost_status = 'no_price_table';
  if (left.turn_cost_usd !== undefined) left.turn_cost_usd = 0;
  if (left.session_cost_usd !== undefined) left.session_cost_usd = 0;
  return left;
}
