import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readLines } from '../../src/lib/read-lines.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

test('gives the whole text, and cuts it behind newlines alone', () => {
  const path = join(makeTempDirectory(), 'lines');
  const line = fc
    .tuple(fc.string({ unit: 'grapheme' }), fc.nat(60_000))
    .map(([text, count]) => text + 'ü'.repeat(count));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const text = lines.join('\n').toWellFormed();
      writeFileSync(path, text);
      const pieces = [...readLines(path)];
      expect(pieces.join('') === text).toBe(true);
      expect(pieces.slice(0, -1).every((piece) => piece.endsWith('\n'))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('gives nothing of an empty file, and fails where there is none', () => {
  const path = join(makeTempDirectory(), 'lines');
  writeFileSync(path, '');
  expect([...readLines(path)]).toEqual([]);
  expect(() => [...readLines(`${path}-absent`)]).toThrow('ENOENT');
});
