import { describe, expect, test } from '@jest/globals';
import { UserError } from '../src/errors.ts';
import { diff, formatUsd, paintFor, printable, sayError, table, type Terminal } from '../src/ui.ts';

const plain = paintFor('stdout', { NO_COLOR: '1' });

/** A terminal that keeps what is said. */
function terminal(): Terminal & { said: string[] } {
  const said: string[] = [];
  return {
    said,
    env: { NO_COLOR: '1' },
    isInteractive: false,
    isTerminal: false,
    out: () => {},
    say: (line) => void said.push(line),
    draw: () => {},
    readInput: async () => '',
  };
}

describe('diff', () => {
  test.each([
    ['{}', '{\n  "a": 1\n}', '- {}\n+ {\n+   "a": 1\n+ }'],
    ['{\n  "a": 1\n}', '{\n  "a": 1,\n  "b": 2\n}', '-   "a": 1\n+   "a": 1,\n+   "b": 2'],
    ['same', 'same', ''],
  ])('of %j and %j shows what goes and what comes', (before, after, shown) => {
    expect(diff(before, after, plain)).toBe(shown);
  });
});

describe('what a terminal is given', () => {
  test('aligned columns without trailing blanks', () => {
    expect(
      table(
        [
          ['a', '1', 'x'],
          ['long', '1000', ''],
        ],
        [1],
      ),
    ).toBe('a        1  x\nlong  1000');
  });

  test.each([
    [0, '$0.00'],
    [0.0123, '$0.0123'],
    [1.005, '$1.00'],
    [12.345, '$12.35'],
  ])('%d USD as %s', (usd, text) => {
    expect(formatUsd(usd)).toBe(text);
  });

  test('no control characters from elsewhere', () => {
    expect(printable('a\u001B[2Jb\u009Bc\rd\ne')).toBe('a?[2Jb?c?d\ne');
  });

  test('an error of the user, what to do about it, and its exit code', () => {
    const screen = terminal();
    expect(sayError(new UserError('It broke.', { hint: 'Mend it.', exitCode: 3 }), screen)).toBe(3);
    expect(screen.said).toEqual(['error: It broke.', 'Mend it.']);
  });

  test('an error of ours without its stack', () => {
    const screen = terminal();
    expect(sayError(new TypeError('x is not a function'), screen)).toBe(1);
    expect(screen.said.join('\n')).not.toMatch(/\n\s+at /);
  });
});
