import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { readLinesFrom } from '../../src/lib/read-lines-from.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let path: string;
beforeEach(() => {
  path = join(makeTempDirectory(), 'log');
});

describe('the lines from an offset on', () => {
  test('are those that have come since, each once, complete ones alone', () => {
    writeFileSync(path, 'first\nsec');
    const start = readLinesFrom(path, 0);
    expect(start).toEqual({ lines: ['first'], end: 6 });
    appendFileSync(path, 'ond\nthïrd\n');
    const next = readLinesFrom(path, start.end);
    expect(next.lines).toEqual(['second', 'thïrd']);
    expect(readLinesFrom(path, next.end)).toEqual({ lines: [], end: next.end });
  });

  test('begin anew where the file has become shorter', () => {
    writeFileSync(path, 'first\nsecond\n');
    truncateSync(path, 0);
    const { lines, end } = readLinesFrom(path, 13);
    expect({ lines, end }).toEqual({ lines: [], end: 0 });
    appendFileSync(path, 'third\n');
    expect(readLinesFrom(path, end).lines).toEqual(['third']);
  });

  test('are none where there is no file to read', () => {
    expect(readLinesFrom(path, 0)).toEqual({ lines: [], end: 0 });
    mkdirSync(path);
    expect(readLinesFrom(path, 0)).toEqual({ lines: [], end: 0 });
  });
});
