import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { readTail } from '../../src/lib/read-tail.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let path: string;
beforeEach(() => {
  path = join(makeTempDirectory(), 'file');
});

describe('the end of a file', () => {
  test.each<[string, string, number, string[]]>([
    ['all of a small file', 'a\nb\n', 100, ['a', 'b']],
    ['nothing of an empty one', '', 100, []],
    ['without the line that is not complete', 'a\nb', 100, ['a']],
    ['without the line that begins before', 'long line\nb\nc\n', 6, ['b', 'c']],
    ['with a blank line', 'a\n\nc\n', 100, ['a', '', 'c']],
    ['nothing of a line that is longer than what is read', `${'x'.repeat(50)}\n`, 10, []],
    ['nothing where no line ends', 'x'.repeat(50), 10, []],
    ['whole characters, also where one is cut', `${'ü'.repeat(20)}\nü\n`, 6, ['ü']],
  ])('gives %s', (_, text, maxBytes, lines) => {
    writeFileSync(path, text);
    expect(readTail(path, maxBytes)).toEqual(lines);
  });

  test('of a file that is not there, a directory and a link to nowhere is empty', () => {
    expect(readTail(path, 10)).toEqual([]);
    mkdirSync(`${path}.d`);
    symlinkSync(path, `${path}.link`);
    expect([`${path}.d`, `${path}.link`].map((one) => readTail(one, 10))).toEqual([[], []]);
  });
});
