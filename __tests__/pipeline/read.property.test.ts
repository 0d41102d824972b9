/** What holds for a transcript however it was damaged. The seed is fixed, so that a failure can be seen again. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emptyContext } from '../../src/fields/index.ts';
import { cursorAfter } from '../../src/state/anchors.ts';
import type { Entry } from '../../src/types.ts';
import { fixtureFiles } from '../helpers/fixtures.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { readAll } from '../helpers/transcripts.ts';

const RUNS = { seed: 20_261_121, numRuns: 300 };
const PADDING = new Set([0x00, 0x09, 0x0a, 0x0d, 0x20]);

/** Some bytes of a file, replaced by others. */
interface Edit {
  at: number;
  removed: number;
  inserted: Buffer;
}

const originals = fixtureFiles()
  .filter(({ transcript }) => transcript.size < 60_000)
  .map(({ lines }) => Buffer.from(lines.map(({ bytes }) => `${bytes.toString('latin1')}\n`).join(''), 'latin1'));
const records = fixtureFiles()
  .flatMap(({ lines }) => lines)
  .filter(({ value, bytes }) => typeof value['sessionId'] === 'string' && bytes.length < 4_096);

function recordAt(index: number): (typeof records)[number] {
  const record = records[index];
  if (record === undefined) throw new Error(`there is no record ${index}`);
  return record;
}

let path: string;
beforeEach(() => {
  path = join(makeTempDirectory(), 'session.jsonl');
});

async function entriesIn(bytes: Buffer, maxLineBytes?: number): Promise<Entry[]> {
  writeFileSync(path, bytes);
  return (await readAll(path, undefined, { maxLineBytes })).entries;
}

const bytes = (maxLength: number) => fc.uint8Array({ minLength: 1, maxLength }).map((array) => Buffer.from(array));
const edit = fc.record({
  at: fc.nat(),
  /** Where newlines go, lines are glued together. */
  isAtNewline: fc.boolean(),
  change: fc.oneof(
    bytes(1).map((inserted) => ({ removed: 1, inserted })),
    bytes(40).map((inserted) => ({ removed: 0, inserted })),
    fc.constantFrom('\n', '{"', '"', '}', '{}', '\\', '\u{feff}').map((text) => {
      return { removed: 0, inserted: Buffer.from(text) };
    }),
    fc.integer({ min: 1, max: 5_000 }).map((removed) => ({ removed, inserted: Buffer.alloc(0) })),
    fc.integer({ min: 1, max: 5_000 }).map((length) => ({ removed: length, inserted: Buffer.alloc(length) })),
    fc.constant({ removed: Infinity, inserted: Buffer.alloc(0) }),
  ),
});

/** What becomes of a real file. Derived in each property: fast-check would print both files, byte by byte. */
const damage = fc.record({ file: fc.nat(originals.length - 1), edits: fc.array(edit, { minLength: 1, maxLength: 6 }) });
type Damage = typeof damage extends fc.Arbitrary<infer Value> ? Value : never;

/** The file before and after, and the edits in order: those that would touch an earlier one are left out. */
function damaged({ file, edits }: Damage): { original: Buffer; edits: Edit[]; now: Buffer } {
  const original = originals[file] ?? Buffer.alloc(0);
  const all = edits.map(({ at, isAtNewline, change }) => {
    const place = at % original.length;
    return { at: isAtNewline ? original.indexOf(0x0a, place) : place, ...change };
  });
  const placed: Edit[] = [];
  for (const { at, removed, inserted } of all.toSorted((one, other) => one.at - other.at)) {
    const before = placed.at(-1);
    if (before !== undefined && at <= before.at + before.removed) continue;
    placed.push({ at, inserted, removed: Math.min(removed, original.length - at) });
  }
  return { original, edits: placed, now: apply(original, placed) };
}

function apply(original: Buffer, edits: readonly Edit[]): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { at, removed, inserted } of edits) {
    parts.push(original.subarray(from, at), inserted);
    from = at + removed;
  }
  return Buffer.concat([...parts, original.subarray(from)]);
}

/** A line is as it was where no edit touches it or the newline before it. */
function isUntouched({ start, end }: Entry, edits: readonly Edit[]): boolean {
  return edits.every(({ at, removed }) => at >= end || at + removed < start);
}

function moved(entry: Entry, edits: readonly Edit[]): Entry {
  const before = edits.filter(({ at }) => at < entry.start);
  const by = before.reduce((sum, { removed, inserted }) => sum + inserted.length - removed, 0);
  return { ...entry, start: entry.start + by, end: entry.end + by };
}

describe('a real transcript with random damage', () => {
  test('every line that was not touched is read as before', async () => {
    let untouched = 0;
    let touched = 0;
    await fc.assert(
      fc.asyncProperty(damage, async (chosen) => {
        const { original, edits, now } = damaged(chosen);
        const before = await entriesIn(original);
        const after = new Map((await entriesIn(now)).map((entry) => [entry.start, entry]));
        for (const entry of before) {
          if (!isUntouched(entry, edits)) touched += 1;
          else {
            untouched += 1;
            const expected = moved(entry, edits);
            // Jest takes far longer to compare as much.
            expect(isDeepStrictEqual(after.get(expected.start), expected)).toBe(true);
          }
        }
      }),
      RUNS,
    );
    expect(Math.min(touched, untouched)).toBeGreaterThan(500);
  });

  test('the entries stand in order, do not overlap, and leave nothing out but blank lines', async () => {
    let parts = 0;
    await fc.assert(
      fc.asyncProperty(damage, async (chosen) => {
        const { now } = damaged(chosen);
        const end = now.lastIndexOf(0x0a) + 1;
        let at = 0;
        for (const entry of await entriesIn(now)) {
          expect([at <= entry.start, entry.start < entry.end, entry.end <= end]).toEqual([true, true, true]);
          expect(isBlank(now, at, entry.start)).toBe(true);
          expect(entry.continues === undefined).toBe(now[entry.end - 1] === 0x0a);
          at = entry.end;
          if (entry.continues) parts += 1;
        }
        expect(isBlank(now, at, end)).toBe(true);
      }),
      RUNS,
    );
    expect(parts).toBeGreaterThan(20);
  });

  test('reading in two goes gives what one gives, from every cursor that may be committed', async () => {
    await fc.assert(
      fc.asyncProperty(damage, fc.nat(), async (chosen, choice) => {
        const { now } = damaged(chosen);
        writeFileSync(path, now);
        const { file, entries } = await readAll(path);
        const ends = entries.flatMap(({ continues }, index) => (continues ? [] : [index]));
        const index = ends[choice % ends.length];
        const entry = index === undefined ? undefined : entries[index];
        if (file === undefined || entry === undefined || index === undefined) return;
        const cursor = cursorAfter(file, entry, { offset: entry.end, context: emptyContext });
        const rest = await readAll(path, cursor);
        expect(isDeepStrictEqual(rest.entries, entries.slice(index + 1))).toBe(true);
      }),
      RUNS,
    );
  });

  test('lines that are too long to hold give the same', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async (chosen) => {
        const { now } = damaged(chosen);
        const held = await entriesIn(now);
        const streamed = await entriesIn(now, 0);
        const expected = held.map((entry) => Object.assign({ ...entry }, { oversized: true }));
        expect(isDeepStrictEqual(streamed, expected)).toBe(true);
      }),
      { ...RUNS, numRuns: 100 },
    );
  });
});

function isBlank(now: Buffer, from: number, to: number): boolean {
  const start = from === 0 && now.subarray(0, 3).equals(Buffer.from('\u{feff}')) ? 3 : from;
  return now.subarray(start, Math.max(start, to)).every((byte) => PADDING.has(byte));
}

describe('a real record behind a stub of another', () => {
  const line = fc.nat(records.length - 1);

  test('is read, wherever the stub ends; the stub is one unreadable part', async () => {
    await fc.assert(
      fc.asyncProperty(line, line, fc.nat(), async (one, other, choice) => {
        const [torn, whole] = [recordAt(one), recordAt(other)];
        const length = 1 + (choice % (torn.bytes.length - 1));
        const now = Buffer.concat([torn.bytes.subarray(0, length), whole.bytes, Buffer.from('\n')]);
        for (const limit of [undefined, 0]) {
          const [stub, record, ...others] = await entriesIn(now, limit);
          expect(stub).toMatchObject({ start: 0, end: length, unparseable: true, continues: true });
          expect(record).toMatchObject({ line: whole.value, start: length, end: now.length });
          expect(others).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  test('and a stub alone gives no record of what is nested in it', async () => {
    await fc.assert(
      fc.asyncProperty(line, fc.nat(), async (one, choice) => {
        const torn = recordAt(one);
        const length = 1 + (choice % (torn.bytes.length - 1));
        const now = Buffer.concat([torn.bytes.subarray(0, length), Buffer.from('\n')]);
        expect(await entriesIn(now)).toMatchObject([{ line: {}, start: 0, end: now.length, unparseable: true }]);
      }),
      RUNS,
    );
  });
});
