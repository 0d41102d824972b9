import { describe, expect, test } from '@jest/globals';
import { startFrom, startWords } from '../../src/commands/since.ts';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');

describe('where a destination begins', () => {
  test.each([
    ['all', undefined, 'all history'],
    ['now', '2026-11-21T12:00:00.000Z', 'lines from 2026-11-21T12:00:00.000Z on'],
    ['30d', '2026-10-22T12:00:00.000Z', 'lines from 2026-10-22T12:00:00.000Z on'],
    ['12h', '2026-11-21T00:00:00.000Z', 'lines from 2026-11-21T00:00:00.000Z on'],
    ['2026-05-01', '2026-05-01T00:00:00.000Z', 'lines from 2026-05-01T00:00:00.000Z on'],
  ])('%s', (text, since, words) => {
    const start = startFrom(text, NOW, '--since');
    expect(start.since).toBe(since);
    expect(startWords(start)).toBe(words);
  });

  test.each([
    ['yesterday', '--since yesterday names no moment.'],
    ['', '--since  names no moment.'],
    ['2026-13-01', '--since 2026-13-01 names no moment.'],
    ['ALL', '--since ALL names no moment.'],
    ['2026-11-22', '--since 2026-11-22 has not come yet: until then, nothing would be delivered.'],
  ])('%j is refused as wrong usage, with what could be given', (text, message) => {
    const refused = (): unknown => startFrom(text, NOW, '--since');
    const hint = expect.stringMatching(/\w/);
    expect(refused).toThrow(expect.objectContaining({ name: 'UserError', message, exitCode: 2, hint }));
  });
});
