import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { folderName, foldersNamed } from '../../src/lib/folder-name.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let top: string;
beforeEach(() => {
  top = makeTempDirectory();
});

test.each(['code', 'my shop', 'a.b_c', 'a-b-c', 'ü', '.hidden'])('the folder "%s" is found by its name', (name) => {
  const path = join(top, name, 'src');
  mkdirSync(path, { recursive: true });
  expect(foldersNamed(folderName(path))).toEqual([path]);
});

test('a name can stand for several folders, and for those behind links', () => {
  const paths = ['a-b/c', 'a/b/c', 'a/b-c', 'a.b-c', 'l/c'].map((path) => join(top, path));
  for (const path of paths) mkdirSync(path, { recursive: true });
  symlinkSync(join(top, 'l'), join(top, 'a_b'));
  const found = foldersNamed(folderName(join(top, 'a', 'b', 'c')));
  expect(found.toSorted()).toEqual([...paths.slice(0, 4), join(top, 'a_b', 'c')].toSorted());
});

test('a link in a circle ends with the name', () => {
  symlinkSync(top, join(top, 'a'));
  expect(foldersNamed(folderName(join(top, 'a', 'a', 'a')))).toEqual([join(top, 'a', 'a', 'a')]);
});

test('a file is no folder, and what is no name of ours has none', () => {
  writeFileSync(join(top, 'file'), '');
  expect(foldersNamed(folderName(join(top, 'file')))).toEqual([]);
  for (const name of ['', '-', 'C--code-shop', '2.1.329-simple', `-${'x'.repeat(5_000)}`]) {
    expect(foldersNamed(name)).toEqual([]);
  }
});
