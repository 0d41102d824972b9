import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { EXPECTED, expectedCases, expectedText } from '../helpers/expected-bodies.ts';

describe('what a destination sends for a session', () => {
  test.each(expectedCases())(
    '$destination, $session: is what was reviewed (npm run golden writes it anew)',
    async (one) => {
      expect(await expectedText(one)).toBe(readFileSync(one.path, 'utf8'));
    },
  );

  test('every session that was reviewed is compared', () => {
    const paths = expectedCases().map(({ path }) => path);
    const folders = new Set(expectedCases().map(({ destination }) => destination));
    const reviewed = [...folders].flatMap((folder) => {
      const names = readdirSync(join(EXPECTED, folder)).filter((name) => name !== 'destination.json');
      return names.map((name) => join(EXPECTED, folder, name));
    });
    expect(reviewed.toSorted()).toEqual(paths.toSorted());
  });
});
