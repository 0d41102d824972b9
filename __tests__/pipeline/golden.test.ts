import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { goldenCases, goldenPath, goldenText, readGolden } from '../helpers/golden.ts';

const MAX_BYTES = 12_000_000;

describe('the records of whole sessions', () => {
  test.each(goldenCases)('%s: are those that were reviewed (npm run golden writes them anew)', (name) => {
    expect(goldenText(name)).toBe(readGolden(name));
  });

  test('that were reviewed are all compared, and not too large to be read', () => {
    const names = readdirSync(dirname(goldenPath('x'))).map((name) => basename(name, '.json'));
    expect(names.toSorted()).toEqual(goldenCases.toSorted());
    const bytes = goldenCases.reduce((sum, name) => sum + Buffer.byteLength(readGolden(name)), 0);
    expect(bytes).toBeLessThan(MAX_BYTES);
  });
});
