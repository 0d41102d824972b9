import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.ts';
import { momentOf } from '../../src/lib/time-span.ts';

const NOW = Date.parse('2026-05-31T12:00:00Z');

const named = (text: string): string => new Date(momentOf(text, NOW, '--since')).toISOString();

describe('a moment', () => {
  test.each([
    ['90m', '2026-05-31T10:30:00.000Z'],
    ['12h', '2026-05-31T00:00:00.000Z'],
    ['30d', '2026-05-01T12:00:00.000Z'],
    ['2w', '2026-05-17T12:00:00.000Z'],
    ['0d', '2026-05-31T12:00:00.000Z'],
  ])('%s counts back from now', (text, moment) => {
    expect(named(text)).toBe(moment);
  });

  test.each([
    ['2026-05-01', '2026-05-01T00:00:00.000Z'],
    ['2026-05-01T08:30', '2026-05-01T08:30:00.000Z'],
    ['2026-05-01 08:30:15', '2026-05-01T08:30:15.000Z'],
    ['2026-05-01T08:30:15.250Z', '2026-05-01T08:30:15.250Z'],
    ['2026-05-01T08:30+02:00', '2026-05-01T06:30:00.000Z'],
    ['2026-05-01T08:30:00-0730', '2026-05-01T16:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('%s is a date, in UTC where it has no offset', (text, moment) => {
    expect(named(text)).toBe(moment);
  });

  test.each([
    '',
    'yesterday',
    '30',
    '30x',
    '-3d',
    '1.5d',
    '2026-02-30',
    '2026-13-01',
    '2026-05-01T25:00',
    '01/05/2026',
  ])('"%s" is none, and the message names the flag', (text) => {
    expect(() => momentOf(text, NOW, '--since')).toThrow(UserError);
    expect(() => momentOf(text, NOW, '--since')).toThrow(`--since ${text} names no moment.`);
    expect(() => momentOf(text, NOW, '--since')).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});
