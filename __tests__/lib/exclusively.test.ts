import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { exclusively } from '../../src/lib/exclusively.ts';
import { bundle } from '../helpers/bundle.ts';
import { startChild } from '../helpers/child.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let folder: string;
let guard: string;
beforeEach(() => {
  folder = makeTempDirectory();
  guard = join(folder, 'guard');
});

describe('work that one process does at a time', () => {
  test('answers what the work answers, and leaves nothing behind', () => {
    expect(exclusively(guard, () => existsSync(guard))).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('throws what the work throws, and leaves nothing behind', () => {
    const work = (): never => {
      throw new Error('no');
    };
    expect(() => exclusively(guard, work)).toThrow('no');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('takes over the guard of a process that was killed', () => {
    writeFileSync(guard, 'left behind');
    const then = new Date(Date.now() - 60_000);
    utimesSync(guard, then, then);
    expect(exclusively(guard, () => readFileSync(guard, 'utf8'))).not.toBe('left behind');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('takes over the guard of a process that has gone at once, however young it is', async () => {
    const module = await bundle('lib/exclusively.ts', folder);
    const killed = startChild(`
      import { exclusively } from ${JSON.stringify(module)};
      exclusively(${JSON.stringify(guard)}, () => process.kill(process.pid, 'SIGKILL'));`);
    await killed.ended;
    const startedAt = performance.now();
    expect([existsSync(guard), exclusively(guard, () => 'done')]).toEqual([true, 'done']);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('leaves a guard alone that another process took over', () => {
    exclusively(guard, () => writeFileSync(guard, 'theirs'));
    expect(readFileSync(guard, 'utf8')).toBe('theirs');
  });

  test('says why where no guard can be made', () => {
    expect(() => exclusively(join(folder, 'missing', 'guard'), () => 1)).toThrow(/ENOENT/);
  });

  test('is not done by two of eight processes at once: none of 200 additions is lost', async () => {
    const module = await bundle('lib/exclusively.ts', folder);
    const counter = join(folder, 'counter');
    writeFileSync(counter, '0');
    const code = `
      import { readFileSync, writeFileSync } from 'node:fs';
      import { exclusively } from ${JSON.stringify(module)};
      for (let i = 0; i < 25; i += 1) exclusively(${JSON.stringify(guard)}, () => {
        writeFileSync(${JSON.stringify(counter)}, String(Number(readFileSync(${JSON.stringify(counter)}, 'utf8')) + 1));
      });`;
    const codes = await Promise.all(Array.from({ length: 8 }, () => startChild(code).ended));
    expect(codes).toEqual(Array.from({ length: 8 }, () => 0));
    expect(readFileSync(counter, 'utf8')).toBe('200');
  });
});
