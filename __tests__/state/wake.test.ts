import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { hasWakeMark, takeWakeMark } from '../../src/state/wake.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = makeTempDirectory();
  path = join(directory, 'wake');
});

describe('the wake mark', () => {
  test('is there from a fire until it is taken', () => {
    expect(hasWakeMark(path)).toBe(false);
    writeFileSync(path, '');
    expect(hasWakeMark(path)).toBe(true);
    takeWakeMark(path);
    expect(hasWakeMark(path)).toBe(false);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('need not be there to be taken', () => {
    expect(() => takeWakeMark(path)).not.toThrow();
    expect(() => takeWakeMark(join(directory, 'missing', 'wake'))).not.toThrow();
  });

  test('of a fire after the last one was taken is seen', () => {
    writeFileSync(path, '');
    takeWakeMark(path);
    writeFileSync(path, '');
    expect(hasWakeMark(path)).toBe(true);
  });

  test('that has to stay is an error, or a worker would go round for ever', () => {
    mkdirSync(path);
    expect(() => takeWakeMark(path)).toThrow(expect.objectContaining({ code: 'ERR_FS_EISDIR' }));
  });
});
