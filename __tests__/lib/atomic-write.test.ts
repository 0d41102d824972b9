import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { removeTemporaries, temporaryFor, writeFileAtomically, writeNewFile } from '../../src/lib/atomic-write.ts';

const SOURCE = join(import.meta.dirname, '..', '..', 'src', 'lib');
const isRoot = process.getuid?.() === 0;

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stopwire-test-'));
  path = join(directory, 'file');
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('writeFileAtomically', () => {
  test('makes a file, and replaces it, with the bytes and the permissions it was given', () => {
    const umask = process.umask(0o077);
    try {
      expect(writeFileAtomically(path, 'a', { mode: 0o644 })).toBe(true);
      expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['a', 0o644]);
      expect(writeFileAtomically(path, Buffer.from([0, 255]), { mode: 0o600 })).toBe(true);
      expect([[...readFileSync(path)], modeOf(path)]).toEqual([[0, 255], 0o600]);
    } finally {
      process.umask(umask);
    }
    expect(readdirSync(directory)).toEqual(['file']);
  });

  test('a reader that has the old file open keeps the old bytes', () => {
    writeFileSync(path, 'old');
    const before = statSync(path).ino;
    writeFileAtomically(path, 'new', { mode: 0o600 });
    expect(statSync(path).ino).not.toBe(before);
  });

  test('asks when the new file is ready beside the old one, and a no leaves everything as it was', () => {
    writeFileSync(path, 'old');
    let seen: string[] = [];
    const onlyIf = (): boolean => {
      seen = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
      return false;
    };
    expect(writeFileAtomically(path, 'new', { mode: 0o600, onlyIf })).toBe(false);
    expect(seen.toSorted()).toEqual(['new', 'old']);
    expect([readdirSync(directory), readFileSync(path, 'utf8')]).toEqual([['file'], 'old']);
  });

  test('leaves no temporary file when the question throws, or the rename fails', () => {
    const onlyIf = (): boolean => {
      throw new Error('no answer');
    };
    expect(() => writeFileAtomically(path, 'new', { mode: 0o600, onlyIf })).toThrow('no answer');
    mkdirSync(path);
    expect(() => writeFileAtomically(path, 'new', { mode: 0o600 })).toThrow('EISDIR');
    expect(readdirSync(directory)).toEqual(['file']);
  });

  test('replaces a symlink, not what it leads to', () => {
    const other = join(directory, 'other');
    writeFileSync(other, 'old');
    symlinkSync(other, path);
    writeFileAtomically(path, 'new', { mode: 0o600 });
    expect(lstatSync(path).isFile()).toBe(true);
    expect(readFileSync(other, 'utf8')).toBe('old');
  });

  test('a disk that takes half of it leaves the old file and nothing else', () => {
    writeFileSync(path, 'old');
    // A limit on the size of files stops a write in its middle, as a full disk does.
    const { stdout } = runLimited(`
      import { writeFileAtomically } from './atomic-write.ts';
      try { writeFileAtomically(process.argv[2], 'x'.repeat(1e6), { mode: 0o600 }); }
      catch (error) { console.log(error.code); }
    `);
    expect(stdout).toBe('EFBIG\n');
    expect([readdirSync(directory), readFileSync(path, 'utf8')]).toEqual([['file'], 'old']);
  });

  (isRoot ? test : test.skip)('root leaves the file to its owner', () => {
    writeFileSync(path, 'old');
    chownSync(path, 12_345, 54_321);
    writeFileAtomically(path, 'new', { mode: 0o640, owner: statSync(path) });
    expect(statSync(path)).toMatchObject({ uid: 12_345, gid: 54_321 });
    expect(modeOf(path)).toBe(0o640);
  });
});

describe('writeNewFile', () => {
  test.each([
    ['a file', () => writeFileSync(path, 'old')],
    ['a dangling symlink', () => symlinkSync(join(directory, 'nowhere'), path)],
  ])('does not touch %s that is there', (_, prepare) => {
    prepare();
    expect(() => writeNewFile(path, 'new', { mode: 0o600 })).toThrow('EEXIST');
    expect(readdirSync(directory)).toEqual(['file']);
    expect(existsSync(path) && readFileSync(path, 'utf8')).not.toBe('new');
  });

  test('can make a file that is read-only', () => {
    writeNewFile(path, 'new', { mode: 0o400 });
    expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['new', 0o400]);
    chmodSync(path, 0o600);
  });
});

test('removeTemporaries removes what a killed process has left of this file, and nothing else', () => {
  const foreign = ['file.tmp', 'file.0123456789abcdef.tmp~', 'file.0123.tmp', 'other.0123456789abcdef.tmp', 'file'];
  for (const name of foreign) writeFileSync(join(directory, name), '');
  writeFileSync(temporaryFor(path), '');
  writeFileSync(temporaryFor(`${path}.bak`), '');
  removeTemporaries(path);
  expect(readdirSync(directory).toSorted()).toEqual(foreign.toSorted());
});

function modeOf(file: string): number {
  return statSync(file).mode & 0o777;
}

/** Runs a program in a process that cannot write more than a few kilobytes to a file. */
function runLimited(contents: string): { stdout: string } {
  const workshop = mkdtempSync(join(tmpdir(), 'stopwire-test-'));
  try {
    const outfile = join(workshop, 'program.mjs');
    const stdin = { contents, resolveDir: SOURCE, loader: 'ts' } as const;
    buildSync({ stdin, outfile, bundle: true, platform: 'node', format: 'esm' });
    const script = `ulimit -f 8; exec "$0" "$@"`;
    return spawnSync('sh', ['-c', script, process.execPath, outfile, path], { encoding: 'utf8' });
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}
