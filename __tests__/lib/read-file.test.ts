import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { readJsonObject, readRegularFile } from '../../src/lib/read-file.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { withoutPrivileges } from '../helpers/unprivileged.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = makeTempDirectory();
  path = join(directory, 'file');
});

describe('readRegularFile', () => {
  test.each([
    ['an empty one', ''],
    ['a short one', 'ä€😀\n'],
    ['one of several chunks', 'ä€😀'.repeat(50_000)],
  ])('reads %s', (_, text) => {
    writeFileSync(path, text);
    expect(readRegularFile(path, 1_000_000)).toBe(text);
  });

  test('reads up to the limit, and nothing of what is longer', () => {
    writeFileSync(path, 'x'.repeat(100_000));
    expect(readRegularFile(path, 100_000)).toHaveLength(100_000);
    expect(readRegularFile(path, 99_999)).toBeUndefined();
  });

  test('follows symlinks', () => {
    writeFileSync(path, 'text');
    symlinkSync('file', join(directory, 'link'));
    expect(readRegularFile(join(directory, 'link'), 10)).toBe('text');
  });

  test('reads what /proc calls empty, within the limit', () => {
    if (process.platform !== 'linux') return;
    expect(readRegularFile('/proc/self/status', 100_000)).toContain(`Pid:\t${process.pid}\n`);
    expect(readRegularFile('/proc/self/status', 100)).toBeUndefined();
  });

  test.each([
    ['nothing', () => {}],
    ['a folder', () => mkdirSync(path)],
    ['a pipe that nobody writes to', () => execFileSync('mkfifo', [path])],
    ['an endless device', () => symlinkSync('/dev/zero', path)],
    ['a symlink to itself', () => symlinkSync('file', path)],
  ])('answers nothing, and at once, where there is %s', (_, make) => {
    make();
    expect(readRegularFile(path, 1_000_000)).toBeUndefined();
  });

  test('answers nothing where it may not read, and where the path is none', async () => {
    writeFileSync(path, 'text');
    chmodSync(path, 0o000);
    expect(await withoutPrivileges(() => readRegularFile(path, 10))).toBeUndefined();
    expect(readRegularFile('a\0b', 10)).toBeUndefined();
    expect(readRegularFile(join(path, 'below'), 10)).toBeUndefined();
  });
});

describe('readJsonObject', () => {
  test.each([
    ['an object', '{"a":1}', { a: 1 }],
    ['an object after a byte order mark', '\ufeff{"a":1}\n', { a: 1 }],
    ['a list', '[1]', undefined],
    ['half an object', '{"a":', undefined],
    ['nothing', '', undefined],
    ['a deep nest', '['.repeat(100_000), undefined],
  ])('answers %s as it should', (_, text, expected) => {
    writeFileSync(path, text);
    expect(readJsonObject(path, 1_000_000)).toEqual(expected);
  });

  test('answers nothing where there is no file', () => {
    expect(readJsonObject(path, 10)).toBeUndefined();
  });
});
