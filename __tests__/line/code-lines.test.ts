import { describe, expect, test } from '@jest/globals';
import { changedLines, countLines, fencedCodeLines, writtenCodeLines } from '../../src/line/code-lines.ts';

const hunk = (...lines: string[]) => ({ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines });

describe('lines that an edit changed', () => {
  test.each([
    ['a hunk', { structuredPatch: [hunk(' a', '-b', '+c', '+d')] }, { added: 2, removed: 1 }],
    ['two hunks', { structuredPatch: [hunk('-a'), hunk('+b', ' c', '-d')] }, { added: 1, removed: 2 }],
    ['a line that begins with the sign', { structuredPatch: [hunk('--x', '++y', ' +z')] }, { added: 1, removed: 1 }],
    ['a new file', { type: 'create', content: 'a\nb\n', structuredPatch: [] }, { added: 2, removed: 0 }],
    [
      'a new file of old clients',
      { content: 'a\nb', originalFile: null, structuredPatch: [] },
      { added: 2, removed: 0 },
    ],
    ['a new empty file', { type: 'create', content: '', structuredPatch: [] }, { added: 0, removed: 0 }],
    ['no change', { type: 'update', content: 'a', originalFile: 'a', structuredPatch: [] }, { added: 0, removed: 0 }],
    ['odd hunks', { structuredPatch: [null, 1, { lines: 'x' }, { lines: [1, '+a'] }] }, { added: 1, removed: 0 }],
    ['no patch', { filePath: '/x' }, undefined],
    ['an error', 'Error: no', undefined],
  ])('%s', (_case, answer, expected) => {
    expect(changedLines(answer)).toEqual(expected);
  });
});

test.each([
  ['', 0],
  ['a', 1],
  ['a\n', 1],
  ['a\nb', 2],
  ['\n\n', 2],
])('%j has %d lines', (text, lines) => {
  expect(countLines(text)).toBe(lines);
});

test.each([
  ['no fence\nat all', 0],
  ['```ts\na\n\nb\n```\nc', 2],
  ['  ```\na\n  ```\n```\nb\n```', 2],
  ['```\nnever closed', 1],
])('%j has %d lines of code', (text, lines) => {
  expect(fencedCodeLines(text)).toBe(lines);
});

test.each([
  [{ content: 'a\n\nb\n' }, 2],
  [{ old_string: 'x\ny', new_string: 'a' }, 1],
  [{ new_source: 'a\nb' }, 2],
  [{ edits: [{ new_string: 'a' }, { new_string: 'b\nc' }, null] }, 3],
  [{ command: 'ls' }, 0],
])('%j is to write %d lines', (input, lines) => {
  expect(writtenCodeLines(input)).toBe(lines);
});
