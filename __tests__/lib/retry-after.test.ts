import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseRetryAfter } from '../../src/lib/retry-after.ts';
import { bundle } from '../helpers/bundle.ts';

const NOW = Date.UTC(1994, 10, 6, 8, 49, 37);
const HOUR = 3_600_000;

describe('parseRetryAfter', () => {
  test.each([
    ['0', 0],
    ['3', 3_000],
    [' 120 ', 120_000],
    ['3600', HOUR],
    ['100000000000', HOUR],
    ['9'.repeat(400), HOUR],
  ])('reads seconds, at most an hour: %s', (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected);
  });

  test.each([
    ['Sun, 06 Nov 1994 08:49:40 GMT', 3_000],
    ['Sunday, 06-Nov-94 08:49:40 GMT', 3_000],
    ['Sun Nov  6 08:49:40 1994', 3_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
    ['Mon, 07 Nov 1994 08:49:37 GMT', HOUR],
  ])('reads the three forms of an HTTP date, within [0, 1 h]: %s', (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected);
  });

  test.each([
    [undefined],
    [''],
    ['-5'],
    ['soon'],
    ['1.5'],
    ['1e3'],
    ['0x10'],
    ['NaN'],
    ['Infinity'],
    ['3, 4'],
    ['1995-01-01'],
    ['Sun'],
    ['Sunny, tomorrow'],
  ])('ignores what is neither: %s', (value) => {
    expect(parseRetryAfter(value, NOW)).toBeUndefined();
  });

  test('takes a date without a zone for UTC, wherever the machine is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stopwire-retry-after-'));
    const script = `
      import { parseRetryAfter } from ${JSON.stringify(await bundle('lib/retry-after.ts', folder))};
      console.log(parseRetryAfter('Sun Nov  6 08:49:40 1994', ${NOW}));
    `;
    const env = { TZ: 'America/New_York' };
    const stdout = execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(stdout).toBe('3000\n');
  });
});
