import { expect, test } from '@jest/globals';
import { wrapText } from '../../src/lib/wrap-text.ts';

test.each([
  ['', 10, ['']],
  ['one two three', 7, ['one two', 'three']],
  ['line\nbreaks stay', 20, ['line', 'breaks stay']],
  ['a/word/that/is/longer than a line', 10, ['a/word/tha', 't/is/longe', 'r than a', 'line']],
  ['日本 語日', 5, ['日本', '語日']],
])('%j within %d columns', (text, width, lines) => {
  expect(wrapText(text, width)).toEqual(lines);
});
