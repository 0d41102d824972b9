import { describe, expect, test } from '@jest/globals';
import { pieces, shortened, textWidth } from '../../src/lib/text-width.ts';

describe('the columns of a terminal', () => {
  test.each([
    ['abc', 3],
    ['äöü', 3],
    ['e\u0301', 1],
    ['日本語', 6],
    ['한국', 4],
    ['ｆｕｌｌ', 8],
    ['👍🏽', 2],
    ['👨‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['a\u200Bb', 2],
    ['✓ → … ─', 7],
    ['\u001B[31mred\u001B[39m', 3],
    ['', 0],
  ])('%j takes %d', (text, columns) => {
    expect(textWidth(text)).toBe(columns);
  });
});

describe('a text that is too long', () => {
  test.each([
    ['/home/dev/project/src/file.ts', 40, '/home/dev/project/src/file.ts'],
    ['/home/dev/project/src/file.ts', 16, '/home…rc/file.ts'],
    ['日本語日本語日本語', 9, '日…日本語'],
    ['abc', 1, '…'],
  ])('%s in %d columns is %s', (text, columns, short) => {
    expect(shortened(text, columns)).toBe(short);
    expect(textWidth(shortened(text, columns))).toBeLessThanOrEqual(columns);
  });

  test('falls into pieces that no character is cut by', () => {
    expect(pieces('ab日本語', 4)).toEqual(['ab日', '本語']);
    expect(pieces('👨‍👩‍👧x', 1)).toEqual(['', 'x']);
    expect(pieces('', 5)).toEqual(['']);
  });
});
