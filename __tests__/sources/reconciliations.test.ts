import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { reconciliations } from '../../src/sources/reconciliations.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let root: string;
let path: string;
beforeEach(() => {
  root = makeTempDirectory();
  path = join(root, 'reconciliations.jsonl');
});

describe("stopwire's own reconciliations", () => {
  test('are one file in the state directory, of no project', () => {
    writeFileSync(path, '{}\n');
    expect(reconciliations.discover(root)).toEqual([
      { source: 'reconciliations', path, projectFolder: '', sessionId: '', size: 3, mtimeMs: expect.any(Number) },
    ]);
  });

  test.each([
    ['there is none', (): void => {}],
    ['a directory has its name', (): void => mkdirSync(path)],
    ['a link has its name', (): void => symlinkSync(join(root, '..'), path)],
    [
      'it lies deeper',
      (): void => {
        mkdirSync(join(root, 'projects'));
        writeFileSync(join(root, 'projects', 'reconciliations.jsonl'), '{}\n');
      },
    ],
  ])('are not found where %s', (_, make) => {
    make();
    expect(reconciliations.discover(root)).toEqual([]);
  });
});
