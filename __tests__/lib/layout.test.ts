import { describe, expect, test } from '@jest/globals';
import { hanging, table } from '../../src/lib/layout.ts';
import { textWidth } from '../../src/lib/text-width.ts';

describe('a table', () => {
  test('is aligned by columns of the terminal, whatever characters and colours are in it', () => {
    const rows = [
      ['name', 'count'],
      ['日本語', '1'],
      ['\u001B[32mabc\u001B[39m', '12'],
    ];
    expect(table(rows, [1]).split('\n').map(textWidth)).toEqual([13, 13, 13]);
  });

  test('that is too wide takes from the widest of the columns that may be shortened', () => {
    const rows = [['n'.repeat(20), 'kept', '/a/very/long/path/to/a/file']];
    const shown = table(rows, [], { within: 40, shorten: [0, 2] });
    expect(textWidth(shown)).toBe(40);
    expect(shown).toMatch(/^n+…n+ {2}kept {2}\/a\/v.*….*file$/);
  });

  test('keeps what is needed to tell rows apart, also where it does not fit', () => {
    expect(table([['x'.repeat(30), 'y'.repeat(30)]], [], { within: 20, shorten: [0] })).toBe(
      `xx…xxxxx  ${'y'.repeat(30)}`,
    );
  });
});

test('a paragraph hangs behind what it begins with, colours not counted', () => {
  expect(hanging('\u001B[33m!\u001B[39m ', 'one two three', 9)).toBe('\u001B[33m!\u001B[39m one two\n  three');
});
