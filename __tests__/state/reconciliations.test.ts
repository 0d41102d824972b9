import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { keepReconciliations, type SessionLine } from '../../src/state/reconciliations.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let path: string;
beforeEach(() => {
  path = join(makeTempDirectory(), 'reconciliations.jsonl');
});

/** A session's line; `length` is how long a text stands in it. */
function lineOf(sessionId: string, value: number, length = 0): SessionLine {
  return { sessionId, line: JSON.stringify({ sessionId, value, text: 'x'.repeat(length) }) };
}

function keep(...lines: SessionLine[]): number {
  return keepReconciliations(path, lines);
}

function written(): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => (line === '' ? '' : `${JSON.parse(line).sessionId}${JSON.parse(line).value}`));
}

describe('reconciliations', () => {
  test('are written down where they differ from the last of their session', () => {
    expect(keep(lineOf('a', 1), lineOf('b', 1))).toBe(2);
    expect(keep(lineOf('a', 1), lineOf('b', 2))).toBe(1);
    expect(keep(lineOf('a', 1), lineOf('b', 2))).toBe(0);
    expect(keep(lineOf('b', 1))).toBe(1);
    expect(written()).toEqual(['a1', 'b1', 'b2', 'b1', '']);
  });

  test('make no file where there are none', () => {
    expect(keep()).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  test('are for their owner alone', () => {
    keep(lineOf('a', 1));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('take the place of a line that was cut off, and count as not written', () => {
    keep(lineOf('a', 1), lineOf('b', 1));
    appendFileSync(path, lineOf('a', 2).line.slice(0, 12));
    expect(keep(lineOf('a', 2))).toBe(1);
    expect(written()).toEqual(['a1', 'b1', 'a2', '']);
  });

  test.each([
    ['no JSON', '{"sessionId":\n'],
    ['no object', '7\n'],
    ['no session', '{"value":1}\n'],
    ['nothing', '\n'],
  ])('are found behind a line that holds %s', (_, damage) => {
    writeFileSync(path, damage);
    expect(keep(lineOf('a', 1))).toBe(1);
    expect(keep(lineOf('a', 1))).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(`${damage}${lineOf('a', 1).line}\n`);
  });

  test('cannot be kept where the file cannot be read', () => {
    mkdirSync(path);
    expect(() => keep(lineOf('a', 1))).toThrow(/EISDIR/);
  });
});

describe('the file', () => {
  const LENGTH = 100_000;

  test('keeps the last line of each session when it has grown beyond a mebibyte', () => {
    for (let value = 0; value < 10; value += 1) keep(lineOf('a', value, LENGTH), lineOf('b', 1));
    keep(lineOf('c', 1));
    expect(written()).toHaveLength(13);
    keep(lineOf('a', 10, LENGTH));
    expect(written()).toEqual(['b1', 'c1', 'a10', '']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(keep(lineOf('a', 10, LENGTH), lineOf('b', 1))).toBe(0);
  });

  test('is only added to where the last lines alone are most of it', () => {
    const sessions = Array.from({ length: 12 }, (_, index) => lineOf(`s${index}`, 1, LENGTH));
    keep(...sessions);
    const { ino } = statSync(path);
    keep(lineOf('s0', 2, LENGTH));
    expect([written().length, statSync(path).ino]).toEqual([14, ino]);
  });
});
