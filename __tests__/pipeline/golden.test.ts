import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fixtureFiles } from '../helpers/fixtures.ts';
import { goldenCases, goldenPath, goldenText, readGolden } from '../helpers/golden.ts';
import { mapFile } from '../helpers/mapped.ts';

const MAX_BYTES = 8_000_000;

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

  test('are of every client version, and hold every kind of line that a fixture has', () => {
    const all = kindsIn('');
    const reviewed = new Set(goldenCases.flatMap((name) => [...kindsIn(name)]));
    expect([...all].filter((kind) => !reviewed.has(kind))).toEqual([]);
  });
});

/** Versions, types and subtypes. */
function kindsIn(folder: string): Set<string> {
  return new Set(
    fixtureFiles(folder)
      .flatMap((file) => mapFile(file))
      .flatMap(({ type, subtype = '', prompt_kind: kind = '', turn_status: status = '', client_version: version }) => [
        `type ${type} ${subtype}`,
        `prompt ${kind}`,
        `turn ${status}`,
        `version ${version ?? ''}`,
      ]),
  );
}
