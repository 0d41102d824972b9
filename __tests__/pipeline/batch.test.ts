import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Batch, Limits } from '../../src/destinations/destination.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import { batcher, type CutBatch, type Origin } from '../../src/pipeline/batch.ts';
import { cursorAfter, isUnchanged } from '../../src/state/anchors.ts';
import { fixtureFiles, type FixtureFile } from '../helpers/fixtures.ts';
import { originsOf, recordOf } from '../helpers/samples.ts';

interface Item {
  record: MessageRecord;
  origin: Origin;
}

const WIDE: Limits = { maxRecords: 1_000_000, maxBytes: Infinity };

/** One transcript, and all the transcripts of a case, one behind the other: the lines with one record each. */
const turn = fixtureFiles('2.1.329-thinktool').flatMap(linesOf);
const session = fixtureFiles('2.1.329-subagentnest').flatMap(linesOf);

function linesOf(file: FixtureFile): Item[] {
  return originsOf(file).flatMap(({ records, origin }) => {
    const [record] = records;
    return record === undefined ? [] : [{ record, origin }];
  });
}

/** Real origins for made-up records: of these ids, with texts of these lengths. */
function itemsOf(...lengths: number[]): Item[] {
  return lengths.flatMap((length, index) => {
    const origin = turn[index % turn.length]?.origin;
    return origin === undefined ? [] : [{ record: recordOf(`${index}`, { text: 'ü'.repeat(length) }), origin }];
  });
}

function batchesOf(items: readonly Item[], limits: Limits, destination = 'local'): CutBatch[] {
  const batches = batcher(destination, limits);
  const full = items.map(({ record, origin }) => batches.add([record], origin));
  return [...full, batches.rest()].filter((batch) => batch !== undefined);
}

function bytesOf({ json }: Batch): number {
  return json.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

describe('cutting', () => {
  test('by count', () => {
    const sizes = batchesOf(itemsOf(...Array<number>(10).fill(1)), { ...WIDE, maxRecords: 4 });
    expect(sizes.map(({ records }) => records.length)).toEqual([4, 4, 2]);
  });

  test('by bytes, not characters, exactly at the limit', () => {
    const items = itemsOf(...Array<number>(10).fill(50));
    const bytes = Buffer.byteLength(JSON.stringify(items[0]?.record));
    const cut = (maxBytes: number): number[] =>
      batchesOf(items, { ...WIDE, maxBytes }).map(({ records }) => records.length);
    expect(cut(bytes * 4)).toEqual([4, 4, 2]);
    expect(cut(bytes * 4 - 1)).toEqual([3, 3, 3, 1]);
  });

  test('the records of one line stay together', () => {
    const [origin] = turn.map((item) => item.origin);
    if (origin === undefined) throw new Error('the fixture has lines');
    const batches = batcher('local', { ...WIDE, maxRecords: 3 });
    const pair = (name: string) => batches.add([recordOf(`${name}1`), recordOf(`${name}2`)], origin);
    const cut = [pair('a'), pair('b'), pair('c'), batches.rest()].filter((batch) => batch !== undefined);
    expect(cut.map(({ records }) => records.map(({ id }) => id))).toEqual([
      ['a1', 'a2'],
      ['b1', 'b2'],
      ['c1', 'c2'],
    ]);
  });

  test('a record over the limit travels alone', () => {
    const batches = batchesOf(itemsOf(1, 1, 5_000, 1, 5_000, 5_000, 1), { ...WIDE, maxBytes: 1_000 });
    expect(batches.map(({ records }) => records.map(({ id }) => id))).toEqual([
      ['0', '1'],
      ['2'],
      ['3'],
      ['4'],
      ['5'],
      ['6'],
    ]);
  });

  test('nothing makes no batch, and what was cut is not cut again', () => {
    const batches = batcher('local', WIDE);
    expect(batches.rest()).toBeUndefined();
    for (const { record, origin } of itemsOf(1, 1)) batches.add([record], origin);
    expect(batches.rest()?.records).toHaveLength(2);
    expect(batches.rest()).toBeUndefined();
  });

  test('never loses, repeats or reorders a record, and never exceeds a limit but by one record alone', () => {
    const limit = fc.integer({ min: 1, max: 400 });
    fc.assert(
      fc.property(fc.array(fc.nat(100)), limit, limit, (lengths, maxRecords, maxBytes) => {
        const items = itemsOf(...lengths);
        const batches = batchesOf(items, { maxRecords, maxBytes });
        expect(batches.flatMap(({ records }) => records)).toEqual(items.map(({ record }) => record));
        for (const batch of batches) {
          expect(batch.json).toEqual(batch.records.map((record) => JSON.stringify(record)));
          expect(batch.records.length).toBeLessThanOrEqual(maxRecords);
          if (batch.records.length > 1) expect(bytesOf(batch)).toBeLessThanOrEqual(maxBytes);
        }
      }),
    );
  });
});

describe('the cursors of a batch', () => {
  test('are those behind its last line of each of its files, and of no other file', () => {
    const paths = [...new Set(session.map(({ origin }) => origin.file.transcript.path))];
    expect(paths.length).toBeGreaterThan(2);
    const batches = batchesOf(session, { ...WIDE, maxRecords: 7 });
    let position = 0;
    for (const { records, upTo } of batches) {
      const part = session.slice(position, (position += records.length));
      const expected = new Map(
        part.map(({ origin: { file, entry, resume, isOpen } }) => [
          file.transcript.path,
          { ...cursorAfter(file, entry, resume), ...(isOpen && { open: true }) },
        ]),
      );
      expect(upTo).toEqual(expected);
    }
    expect(new Set(batches.flatMap(({ upTo }) => [...upTo.keys()]))).toEqual(new Set(paths));
    expect(batches.some(({ upTo }) => upTo.size > 1)).toBe(true);
  });

  test('in the middle of a file do not say that the file needs no reading; behind its end they do', () => {
    const sizes = new Map(turn.map(({ origin: { file } }) => [file.transcript.path, file]));
    const unchanged = batchesOf(turn, { ...WIDE, maxRecords: 5 })
      .flatMap(({ upTo }) => [...upTo])
      .map(([path, cursor]) => isUnchanged(cursor, sizes.get(path) ?? { size: 0, mtimeMs: 0 }));
    expect(unchanged.length).toBeGreaterThan(2);
    expect(unchanged).toEqual([...unchanged.slice(1).map(() => false), true]);
  });
});

describe('the parts of a batch', () => {
  test('are its lines, from the end of the batch before', () => {
    const parts = new Map<string, number>();
    for (const batch of batchesOf(session, { ...WIDE, maxRecords: 7 })) {
      for (const { path, from, to } of batch.parts) {
        expect(from).toBe(parts.get(path) ?? 0);
        expect(to).toBe(batch.upTo.get(path)?.offset);
        parts.set(path, to);
      }
    }
    expect(parts.size).toBeGreaterThan(2);
  });

  test('and cursors stand behind the lines that are settled whole', () => {
    const [batch] = batchesOf(turn, WIDE);
    const path = turn[0]?.origin.file.transcript.path ?? '';
    const ends = turn.map((_, index) => batch?.prefix(index + 1).upTo.get(path)?.offset);
    expect(ends).toEqual(turn.map(({ origin }) => origin.entry.end));
    expect(batch?.prefix(0)).toEqual({ records: 0, upTo: new Map() });
  });

  test('a line without records moves the cursor and nothing else', () => {
    const batches = batcher('local', WIDE);
    for (const { origin } of turn) batches.add([], origin);
    const batch = batches.rest();
    expect(batch?.records).toEqual([]);
    expect([...(batch?.upTo.values() ?? [])].map(({ offset }) => offset)).toEqual([turn.at(-1)?.origin.entry.end]);
  });
});

describe('the id of a batch', () => {
  const idOf = (items: readonly Item[], destination?: string): string | undefined =>
    batchesOf(items, WIDE, destination)[0]?.id;

  test('is the same for the same records', () => {
    expect(idOf(turn)).toMatch(/^[0-9a-f]{32}$/);
    expect(idOf(turn.map(({ record, origin }) => ({ record: { ...record }, origin })))).toBe(idOf(turn));
  });

  test.each<[string, string | undefined]>([
    ['another destination', idOf(turn, 'http')],
    ['one record less', idOf(turn.slice(1))],
    ['another order', idOf(turn.toReversed())],
    ['another value', idOf(turn.map(({ record, origin }) => ({ record: { ...record, cost_usd: 1 }, origin })))],
  ])('is another for %s', (_title, id) => {
    expect(id).not.toBe(idOf(turn));
  });
});
