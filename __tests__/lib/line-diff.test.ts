import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changedLines } from '../../src/lib/line-diff.ts';

test.each([
  ['nothing changed', 'a\nb', 'a\nb', []],
  ['a line in the middle', 'a\nc', 'a\nb\nc', ['+b']],
  ['two places, and nothing of what is between them', 'a\nb\nc\nd', 'A\nb\nc\nD', ['-a', '+A', '-d', '+D']],
  ['all of a text', 'a', 'b\nc', ['-a', '+b', '+c']],
])('%s', (_, before, after, expected) => {
  expect(changedLines(before, after).map(signed)).toEqual(expected);
});

test('what is left when removed lines go is what is left when added lines go', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (old, fresh) => {
      const changed = changedLines(old.join('\n'), fresh.join('\n'));
      const removed = changed.filter(({ change }) => change === 'removed').length;
      expect(old.length - removed).toBe(fresh.length - (changed.length - removed));
      expect(stays(old, changed, 'removed')).toBe(true);
      expect(stays(fresh, changed, 'added')).toBe(true);
    }),
  );
});

/** Whether the changed lines of that sort stand in the text, in their order. */
function stays(text: string[], changed: ReturnType<typeof changedLines>, sort: string): boolean {
  const wanted = changed.filter(({ change }) => change === sort).map(({ line }) => line);
  for (const line of text) if (line === wanted[0]) wanted.shift();
  return wanted.length === 0;
}

function signed({ change, line }: { change: string; line: string }): string {
  return `${change === 'added' ? '+' : '-'}${line}`;
}
