import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Context } from '../../src/context.ts';
import { emptyContext, isSettled, type MessageRecord } from '../../src/fields/index.ts';
import { asCount, asObject, asString } from '../../src/lib/json.ts';
import { openOwners, type Owners } from '../../src/state/owners.ts';
import { fixtureFiles, type FixtureFile } from '../helpers/fixtures.ts';
import { foldLines, mapFile } from '../helpers/mapped.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

/** Cases with forks, resumes, branches and sub-agents, of old and new clients. */
const cases = ['1.0.128-multiturn', '2.0.76-multiturn', '2.1.50-multiturn', '2.1.329-multiturn', '2.1.329-tuicommands'];

const SUMS = {
  incremental_input_tokens: 'input_tokens',
  incremental_output_tokens: 'output_tokens',
  incremental_cache_read_tokens: 'cache_read_input_tokens',
  incremental_cache_creation_tokens: 'cache_creation_input_tokens',
} as const;
type Sum = keyof typeof SUMS;
const sumNames = [
  'incremental_input_tokens',
  'incremental_output_tokens',
  'incremental_cache_read_tokens',
  'incremental_cache_creation_tokens',
] as const;

/** From the lines alone: per message id the largest value of each field. */
function truthOf(files: readonly FixtureFile[]): { [name: string]: number } {
  const largest = new Map<string, { [name: string]: number }>();
  for (const { value } of files.flatMap(({ lines }) => lines)) {
    const message = asObject(value['message']);
    const id = asString(message?.['id']);
    if (value['type'] !== 'assistant' || id === undefined || message?.['model'] === '<synthetic>') continue;
    const usage = asObject(message?.['usage']);
    const known = largest.get(id) ?? {};
    const next = sumNames.map((name) => [name, Math.max(known[name] ?? 0, asCount(usage?.[SUMS[name]]) ?? 0)]);
    largest.set(id, Object.fromEntries(next));
  }
  const all = [...largest.values()];
  return Object.fromEntries(sumNames.map((name) => [name, all.reduce((sum, one) => sum + (one[name] ?? 0), 0)]));
}

/** The dearest line of each response is the response's price. */
function trueCost(files: readonly FixtureFile[]): bigint {
  const dearest = new Map<string, bigint>();
  for (const { message_id: id, cost_pico_usd: cost } of files.flatMap(mapFile)) {
    if (id === undefined || cost === undefined) continue;
    const before = dearest.get(id) ?? 0n;
    dearest.set(id, BigInt(cost) > before ? BigInt(cost) : before);
  }
  return [...dearest.values()].reduce((sum, cost) => sum + cost, 0n);
}

function sumOf(records: Iterable<MessageRecord>, name: Sum): number {
  return Array.from(records).reduce((sum, record) => sum + (record[name] ?? 0), 0);
}

function costOf(records: Iterable<MessageRecord>): bigint {
  return Array.from(records).reduce((sum, record) => sum + BigInt(record.incremental_cost_pico_usd ?? 0), 0n);
}

interface Progress {
  done: number;
  resume: { line: number; context: Context };
}

/** What one destination has got, over any number of fires. */
function reader(path: string) {
  const progress = new Map<FixtureFile, Progress>();
  const delivered = new Map<string, MessageRecord>();
  let owners: Owners = openOwners(path);
  return {
    delivered,
    /** Reads up to that many lines of a file and delivers them; a crash comes before anything is written down. */
    fire: (file: FixtureFile, lines: number, isCrash: boolean): void => {
      const { done, resume } = progress.get(file) ?? { done: 0, resume: { line: 0, context: emptyContext } };
      const until = Math.min(file.lines.length, done + lines);
      let next = resume;
      const claim = (name: string, from: string) => owners.claim('test', name, from);
      const folded = foldLines({ ...file, lines: file.lines.slice(0, until) }, resume.context, resume.line, claim);
      for (const [index, { records, context }] of folded.entries()) {
        const line = resume.line + index;
        if (isSettled(context)) next = { line: line + 1, context: JSON.parse(JSON.stringify(context)) };
        if (line >= done) for (const record of records) delivered.set(`${file.transcript.path} ${record.id}`, record);
      }
      if (isCrash) {
        owners = openOwners(path);
        return;
      }
      owners.keep();
      progress.set(file, { done: until, resume: next });
    },
  };
}

describe.each(cases)('the increments of %s', (name) => {
  const files = fixtureFiles(name);
  const truth = truthOf(files);
  const cost = trueCost(files);

  test('add up to the truth in any order, over any number of fires and crashes', () => {
    const fires = fc.array(
      fc.record({ file: fc.nat(), lines: fc.integer({ min: 1, max: 40 }), isCrash: fc.boolean() }),
      {
        maxLength: 40,
      },
    );
    const order = fc.shuffledSubarray(files, { minLength: files.length });
    fc.assert(
      fc.property(fires, order, (steps, rest) => {
        const { fire, delivered } = reader(join(makeTempDirectory(), 'owners'));
        for (const { file, lines, isCrash } of steps) {
          const picked = files[file % files.length];
          if (picked !== undefined) fire(picked, lines, isCrash);
        }
        for (const file of rest) fire(file, Infinity, false);
        for (const sum of sumNames) expect(sumOf(delivered.values(), sum)).toBe(truth[sum]);
        expect(costOf(delivered.values())).toBe(cost);
      }),
      { numRuns: 40 },
    );
  });

  test('say nothing of what was copied, and name the lines that were', () => {
    const { fire, delivered } = reader(join(makeTempDirectory(), 'owners'));
    for (const file of files) fire(file, Infinity, false);
    const copies = [...delivered.values()].filter(({ is_replay }) => is_replay);
    expect(copies.every(({ incremental_total_tokens: more = 0 }) => more === 0)).toBe(true);
    expect(costOf(copies)).toBe(0n);
  });
});

test('some of these have copies', () => {
  const { fire, delivered } = reader(join(makeTempDirectory(), 'owners'));
  for (const file of cases.flatMap((name) => fixtureFiles(name))) fire(file, Infinity, false);
  expect([...delivered.values()].filter(({ is_replay }) => is_replay).length).toBeGreaterThan(10);
});
