import { describe, expect, test } from '@jest/globals';
import { agoWords, countWords, sizeWords, spanWords } from '../../src/lib/span-words.ts';

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

describe('spans of time', () => {
  test.each([
    [-5_000, '0 s'],
    [999, '0 s'],
    [1_999, '1 s'],
    [119_999, '119 s'],
    [2 * MINUTE, '2 min'],
    [119 * MINUTE, '119 min'],
    [2 * HOUR, '2 h'],
    [47 * HOUR, '47 h'],
    [2 * DAY, '2 d'],
    [400 * DAY, '400 d'],
  ])('%d ms are %s', (ms, words) => {
    expect(spanWords(ms)).toBe(words);
  });

  test('a moment is just now, or some time ago', () => {
    const now = Date.parse('2026-11-21T12:00:00.000Z');
    expect(agoWords('2026-11-21T11:59:59.000Z', now)).toBe('just now');
    expect(agoWords('2026-11-21T12:00:09.000Z', now)).toBe('just now');
    expect(agoWords('2026-11-21T09:00:00.000Z', now)).toBe('3 h ago');
  });
});

describe('sizes', () => {
  test.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_000, '1.0 kB'],
    [2_049_000, '2.0 MB'],
    [3_210_000_000, '3.2 GB'],
    [5e15, '5000.0 TB'],
  ])('%d bytes are %s', (bytes, words) => {
    expect(sizeWords(bytes)).toBe(words);
  });
});

test('counts name one thing, or several', () => {
  expect([0, 1, 1_200].map((count) => countWords(count, 'turn'))).toEqual(['0 turns', '1 turn', '1,200 turns']);
});
