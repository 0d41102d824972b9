import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { discover } from '../../src/pipeline/discover.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let root: string;
beforeEach(() => {
  root = makeTempDirectory();
});

/** A transcript that was written at that time, in seconds. */
function write(name: string, seconds: number, below = root): string {
  const path = join(below, 'projects', name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '{}\n');
  utimesSync(path, seconds, seconds);
  return path;
}

function paths(roots: readonly string[], fired?: string): string[] {
  return discover(roots, { fired }).map(({ path }) => path);
}

describe('discover', () => {
  test('puts the newest first, whatever its folder', () => {
    const [old, newest, middle] = [write('p/a.jsonl', 1_000), write('q/b.jsonl', 3_000), write('p/s/c.jsonl', 2_000)];
    expect(paths([root])).toEqual([newest, middle, old]);
  });

  test('puts the one that the hook was fired for before all, however old it is', () => {
    const [newest, fired] = [write('p/a.jsonl', 3_000), write('p/b.jsonl', 1_000)];
    const future = write('p/c.jsonl', 9_999_999_999);
    expect(paths([root], fired)).toEqual([fired, future, newest]);
  });

  test.each([
    ['is not there yet', (): string => join(root, 'projects', 'p', 'new.jsonl')],
    ['lies outside', (): string => '/etc/passwd'],
    ['is nothing', (): string => ''],
  ])('reads nothing else where the one it was fired for %s', (_, fired) => {
    const all = [write('p/a.jsonl', 3_000), write('p/b.jsonl', 1_000)];
    expect(paths([root], fired())).toEqual(all);
  });

  test('keeps one order for files of the same time', () => {
    const names = ['p/c.jsonl', 'p/a.jsonl', 'q/a.jsonl', 'p/b.jsonl'];
    const roots = [root, makeTempDirectory()].toSorted().toReversed();
    const written = roots.flatMap((below) => names.map((name) => write(name, 1_000, below)));
    expect(paths(roots)).toEqual(written.toSorted());
  });

  test('looks into every root, and mixes what it finds', () => {
    const other = makeTempDirectory();
    const [old, middle, newest] = [write('p/a.jsonl', 1), write('p/b.jsonl', 2, other), write('p/c.jsonl', 3)];
    expect(paths([root, other])).toEqual([newest, middle, old]);
  });

  test('takes each file once, however often and however its root is named', () => {
    const path = write('p/a.jsonl', 1);
    expect(paths([root, root, `${root}/`, join(root, '.', 'x', '..')])).toEqual([path]);
  });

  test('passes over a root that is not there', () => {
    const path = write('p/a.jsonl', 1);
    expect(paths([join(root, 'gone'), root])).toEqual([path]);
    expect(paths([])).toEqual([]);
  });

  test('names files by the root as it was given, where that is a symbolic link: so does the client', () => {
    write('p/a.jsonl', 2);
    write('p/b.jsonl', 1);
    const link = join(makeTempDirectory(), 'claude');
    symlinkSync(root, link);
    const fired = join(link, 'projects', 'p', 'b.jsonl');
    expect(paths([link], fired)).toEqual([fired, join(link, 'projects', 'p', 'a.jsonl')]);
  });
});
