import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { MessageRecord } from '../../src/fields/index.ts';
import { closingsOf, turnName, type Closing } from '../../src/insights/closings.ts';
import { TRANSCRIPTS } from '../helpers/fixtures.ts';
import { mapFixture } from '../helpers/mapped.ts';

/** Without the one that holds a fork whose copied turn ends in the fork: only a claim tells that it is a copy. */
const fixtures = readdirSync(TRANSCRIPTS).filter((name) => /^\d/.test(name) && name !== '2.1.50-multiturn');

const sum = (values: readonly (number | undefined)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);

function expectSums(closings: readonly Closing[], records: readonly MessageRecord[]): void {
  const sums = closings.map((closing) => closing.sums);
  expect(sum(sums.map((one) => one.outputTokens))).toBe(sum(records.map((one) => one.incremental_output_tokens)));
  expect(sum(sums.map((one) => one.inputTokens))).toBe(sum(records.map((one) => one.incremental_input_tokens)));
  expect(sum(sums.map((one) => one.cacheReadTokens))).toBe(
    sum(records.map((one) => one.incremental_cache_read_tokens)),
  );
  expect(sum(sums.map((one) => one.cacheCreationTokens))).toBe(
    sum(records.map((one) => one.incremental_cache_creation_tokens)),
  );
  expect(sum(sums.map((one) => one.costUsd))).toBeCloseTo(sum(records.map((one) => one.incremental_cost_usd)), 10);
}

/** Without the lines of turns that nothing has ended yet. */
function ofEndedTurns(records: readonly MessageRecord[]): readonly MessageRecord[] {
  const nameOf = ({ session_id, agent_id, turn_id }: MessageRecord): string => `${session_id} ${agent_id} ${turn_id}`;
  const ends = new Map(records.map((record, index) => [record.turn_status && nameOf(record), index]));
  return records.filter((record, index) => index <= (ends.get(nameOf(record)) ?? -1));
}

describe('the ends of turns', () => {
  test.each(fixtures)('%s: add up to the tokens and the cost of the records', (fixture) => {
    const records = mapFixture(fixture);
    expectSums(Array.from(closingsOf(records).values()), ofEndedTurns(records));
  });

  test('leave hardly anything out: only what comes behind the last end of a turn', () => {
    const records = fixtures.filter((name) => !name.startsWith('2.1.50-')).flatMap((name) => mapFixture(name));
    const cost = (some: readonly MessageRecord[]): number => sum(some.map((one) => one.incremental_cost_usd));
    expect(cost(ofEndedTurns(records)) / cost(records)).toBeGreaterThan(0.99);
  });

  test.each(['2.1.329-hook-exit2', '2.1.329-retries', '2.1.290-retries'])(
    '%s: add up the same where every record comes alone',
    (fixture) => {
      const records = mapFixture(fixture);
      const closings = records.flatMap((record) => Array.from(closingsOf([record]).values()));
      expectSums(closings, records);
      expect(closings.some(({ number }) => number > 1)).toBe(true);
    },
  );

  test('hold the lines since the end before, and no others', () => {
    const records = mapFixture('2.1.329-hook-exit2');
    const [first, second] = Array.from(closingsOf(records).values());
    expect(first?.lines.at(-1)).toBe(first?.record);
    expect(second?.record.turn_id).toBe(first?.record.turn_id);
    expect(second?.lines.filter((line) => first?.lines.includes(line))).toEqual([]);
    expect(second?.number).toBe(2);
    expect(second?.sums.durationMs).toBeLessThan(second?.record.turn_duration_ms ?? 0);
  });

  test('are told apart where turns of a session share an id, as with 2.1.290', () => {
    const records = mapFixture('2.1.290-multiturn');
    const runs = Array.from(closingsOf(records).values()).filter(({ number }) => number === 1);
    expect(new Set(runs.map(({ record }) => turnName(record))).size).toBe(runs.length);
    expect(new Set(runs.map(({ record }) => record.turn_id)).size).toBeLessThan(runs.length);
  });

  test('are none of this transcript where its lines were copied from another one', () => {
    const records = mapFixture('2.1.329-simple');
    expect(closingsOf(records.map((record) => ({ ...record, is_replay: true }))).size).toBe(0);
    const [closing] = closingsOf(
      records.map((record) => (record.line_number === 2 ? { ...record, is_replay: true } : record)),
    ).values();
    expect(closing?.lines.map(({ line_number: line }) => line)).not.toContain(2);
  });
});
