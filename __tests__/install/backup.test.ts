import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { backupsOf, pruneBackups, writeBackup } from '../../src/install/backup.ts';

const NOW = new Date('2026-11-21T03:45:12.123Z');

let directory: string;
let target: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stopwire-test-'));
  target = join(directory, 'settings.json');
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const write = (now: Date, text = ''): string => writeBackup({ target, bytes: Buffer.from(text), mode: 0o640, now });

describe('writing', () => {
  test('names the copy for the time in UTC, and gives it the bytes and the permissions of the file', () => {
    const path = write(NOW, '\uFEFF{}');
    expect(path).toBe(`${target}.20261121T034512.123Z.bak`);
    expect(readFileSync(path, 'utf8')).toBe('\uFEFF{}');
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test('overwrites none of the same millisecond', () => {
    const paths = ['a', 'b', 'c'].map((text) => write(NOW, text));
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['a', 'b', 'c']);
    expect(paths.map((path) => basename(path))).toEqual([
      'settings.json.20261121T034512.123Z.bak',
      'settings.json.20261121T034512.123Z-1.bak',
      'settings.json.20261121T034512.123Z-2.bak',
    ]);
  });
});

describe('pruning', () => {
  test('keeps the newest five', () => {
    const paths = Array.from({ length: 8 }, (_, day) => write(new Date(NOW.getTime() + day * 86_400_000)));
    pruneBackups(target, paths.at(-1) ?? '');
    expect(readdirSync(directory)).toEqual(paths.slice(3).map((path) => basename(path)));
  });

  test('keeps the one just made, although the clock has gone back', () => {
    for (let day = 0; day < 6; day += 1) write(new Date(NOW.getTime() + day * 86_400_000));
    const latest = write(new Date(0));
    pruneBackups(target, latest);
    expect(readdirSync(directory)).toHaveLength(5);
    expect(readdirSync(directory)).toContain(basename(latest));
  });

  test('removes nothing that is not ours', () => {
    const foreign = [
      'settings.json.bak',
      'settings.json.20200101.bak',
      'settings.json.20200101T000000.000Z.bak~',
      'other.json.20200101T000000.000Z.bak',
      'my-settings.json.20200101T000000.000Z.bak',
    ];
    for (const name of foreign) writeFileSync(join(directory, name), '');
    for (let number = 0; number < 9; number += 1) pruneBackups(target, write(NOW));
    expect(readdirSync(directory)).toEqual(expect.arrayContaining(foreign));
    expect(readdirSync(directory)).toHaveLength(foreign.length + 5);
  });

  test('is no failure where one cannot be removed', () => {
    mkdirSync(join(directory, 'settings.json.20200101T000000.000Z.bak'));
    for (let number = 0; number < 6; number += 1) expect(() => pruneBackups(target, write(NOW))).not.toThrow();
  });
});

test('the backups of a file are those that are named for it, the oldest first', () => {
  const names = [
    'settings.json.20261121T034512.123Z.bak',
    'settings.json.20261122T034512.123Z-12.bak',
    'settings.json.20261121T034512.123Z',
    'settingsXjson.20261121T034512.123Z.bak',
  ];
  for (const name of names) writeFileSync(join(directory, name), '');
  expect(backupsOf(target)).toEqual(names.slice(0, 2).map((name) => join(directory, name)));
});
