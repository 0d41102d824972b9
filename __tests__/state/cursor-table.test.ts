import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emptyContext } from '../../src/fields/index.ts';
import { cursorTable } from '../../src/state/cursor-table.ts';
import type { Cursor } from '../../src/types.ts';

const hash = fc.oneof(
  fc.nat(2 ** 31).map((number) => number.toString(16).padStart(16, '0')),
  fc.constantFrom('', 'FF', 'x'.repeat(16)),
);
const anchor = fc.record({ length: fc.nat(1_024), hash });
const cursor: fc.Arbitrary<Cursor> = fc
  .record({
    offset: fc.maxSafeNat(),
    head: anchor,
    tail: anchor,
    size: fc.maxSafeNat(),
    mtimeMs: fc.double({ noNaN: true, min: 0, max: 1e13 }),
    extra: fc.constantFrom<Partial<Cursor>[]>(
      {},
      {},
      { unended: true },
      { open: true },
      { resume: { offset: 1, context: emptyContext } },
    ),
  })
  .map(({ extra, ...plain }) => ({ ...plain, ...extra }));
const path = fc.constantFrom(...Array.from({ length: 300 }, (_, index) => `/ä/${index}`));
const step = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(path, cursor) },
  { weight: 1, arbitrary: fc.tuple(path, fc.constant(undefined)) },
);

test('holds what a Map would, in its order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 500 }), (steps) => {
      const table = cursorTable();
      const map = new Map<string, Cursor>();
      for (const [key, value] of steps) {
        if (value === undefined) {
          table.delete(key);
          map.delete(key);
        } else {
          table.set(key, value);
          map.set(key, value);
        }
        expect(table.get(key)).toEqual(value);
      }
      expect([...table.entries()]).toEqual([...map]);
      expect(table.size).toBe(map.size);
    }),
  );
});
