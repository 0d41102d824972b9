import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { hasMarker } from '../../src/lib/marker-file.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let top: string;
let folder: string;
beforeEach(() => {
  const root = makeTempDirectory();
  top = join(root, 'home');
  folder = join(top, 'code', 'shop', 'src');
  mkdirSync(folder, { recursive: true });
});

const has = (path: string): boolean => hasMarker(path, { name: '.mark', top });

test.each(['.', '..', '../..', '../../..'])('a marker at %s of the folder counts', (place) => {
  expect(has(folder)).toBe(false);
  writeFileSync(join(folder, place, '.mark'), '');
  expect(has(folder)).toBe(true);
});

test('one above the top does not, nor one below or beside the folder', () => {
  writeFileSync(join(top, '..', '.mark'), '');
  mkdirSync(join(folder, 'below'));
  writeFileSync(join(folder, 'below', '.mark'), '');
  mkdirSync(join(top, 'code', 'other'));
  writeFileSync(join(top, 'code', 'other', '.mark'), '');
  expect(has(folder)).toBe(false);
});

test('outside of the top, the root is where it ends', () => {
  const other = join(makeTempDirectory(), 'a', 'b');
  mkdirSync(other, { recursive: true });
  expect(has(other)).toBe(false);
  writeFileSync(join(other, '..', '.mark'), '');
  expect(has(other)).toBe(true);
});

test('a folder counts as a marker, and so does a link to nothing', () => {
  mkdirSync(join(top, 'code', '.mark'));
  expect(has(folder)).toBe(true);
  symlinkSync('/nowhere', join(folder, '.mark'));
  expect(hasMarker(folder, { name: '.mark', top: folder })).toBe(true);
});

test('a folder that has gone is looked for at those above it', () => {
  writeFileSync(join(top, 'code', '.mark'), '');
  expect(has(join(folder, 'gone', 'for', 'good'))).toBe(true);
});

test.each(['relative/path', '', '.', 'C:\\code', `/${'x'.repeat(5_000)}`, '/a\0b'])('%j has none', (path) => {
  expect(has(path)).toBe(false);
});
