import { hash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { markTable } from '../../src/lib/mark-table.ts';
import { bytesInUse } from '../helpers/memory.ts';

function markOf(text: string): string {
  return hash('sha256', text, 'binary').slice(0, 8);
}

describe('a table of marks', () => {
  test('answers what a Map would, however many there are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 3_000 }), (names) => {
        const table = markTable();
        const map = new Map(names.map((name) => [markOf(name), markOf(`owner of ${name.length}`)]));
        for (const [key, value] of map) table.add(key, value);
        for (const [key, value] of map) expect(table.get(key)).toBe(value);
        expect(table.get(markOf('\0 nobody'))).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });

  test('tells keys apart that begin alike, and takes any byte', () => {
    const table = markTable();
    const keys = Array.from({ length: 256 }, (_, byte) => `same${String.fromCharCode(byte)}\xff\x00\x80`);
    for (const [index, key] of keys.entries()) table.add(key, `owner${String.fromCharCode(index, 0, 255)}`);
    expect(keys.map((key) => table.get(key))).toEqual(
      keys.map((_, index) => `owner${String.fromCharCode(index, 0, 255)}`),
    );
  });

  test('of half a million marks takes less than 40 MB', () => {
    const before = bytesInUse();
    const table = markTable();
    for (let index = 0; index < 500_000; index += 1) table.add(markOf(`${index}`), markOf(`owner ${index % 100}`));
    expect(bytesInUse() - before).toBeLessThan(40_000_000);
    expect(table.get(markOf('499999'))).toBe(markOf('owner 99'));
  });
});
