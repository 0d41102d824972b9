import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.ts';
import { openOutputFile } from '../../src/lib/output-file.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = makeTempDirectory();
  path = join(directory, 'out.csv');
});

describe('an output file', () => {
  test('appears whole when it is committed, for its owner alone, and leaves nothing else', () => {
    const file = openOutputFile(path, { force: false });
    file.write('a');
    file.write(Buffer.from('b'.repeat(300_000)));
    file.write('c');
    expect(existsSync(path)).toBe(false);
    file.commit();
    file.discard();
    expect(readFileSync(path, 'utf8')).toBe(`a${'b'.repeat(300_000)}c`);
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['out.csv']);
  });

  test('leaves nothing where it is given up', () => {
    const file = openOutputFile(path, { force: false });
    file.write('x'.repeat(300_000));
    file.discard();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('does not replace a file without force', () => {
    writeFileSync(path, 'old');
    expect(() => openOutputFile(path, { force: false })).toThrow(`${path} is there already.`);
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  test('does not replace a file that came while it was written', () => {
    const file = openOutputFile(path, { force: false });
    file.write('new');
    writeFileSync(path, 'meanwhile');
    expect(() => file.commit()).toThrow(`${path} is there already.`);
    file.discard();
    expect(readFileSync(path, 'utf8')).toBe('meanwhile');
    expect(readdirSync(directory)).toEqual(['out.csv']);
  });

  test('replaces a file with force, in one step', () => {
    writeFileSync(path, 'old', { mode: 0o644 });
    const file = openOutputFile(path, { force: true });
    file.write('new');
    expect(readFileSync(path, 'utf8')).toBe('old');
    file.commit();
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['a folder', () => mkdirSync(path)],
    ['a symbolic link', () => symlinkSync('/dev/null', path)],
  ])('never replaces %s', (_, make) => {
    make();
    expect(() => openOutputFile(path, { force: true })).toThrow(/is no regular file/);
  });

  test('says why it cannot be written', () => {
    const nowhere = join(directory, 'none', 'out.csv');
    expect(() => openOutputFile(nowhere, { force: false })).toThrow(UserError);
    expect(() => openOutputFile(nowhere, { force: false })).toThrow(`${nowhere} could not be written (ENOENT).`);
  });
});
