import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.ts';
import { ensurePrivateDirectory } from '../../src/lib/private-directory.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { withoutPrivileges } from '../helpers/unprivileged.ts';

const isRoot = process.getuid?.() === 0;

function modeOf(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

/** A folder that is not the user's: root can give one away, everyone else finds one. */
function foreignDirectory(): string {
  if (!isRoot) return '/';
  const path = makeTempDirectory();
  chownSync(path, 65_534, 65_534);
  return path;
}

function errorOf(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('ensurePrivateDirectory', () => {
  test('makes the directory and those above it, closed to others whatever the umask', () => {
    const root = makeTempDirectory();
    const umask = process.umask(0);
    try {
      ensurePrivateDirectory(join(root, 'a', 'b'));
    } finally {
      process.umask(umask);
    }
    expect([join(root, 'a'), join(root, 'a', 'b')].map(modeOf)).toEqual(['700', '700']);
  });

  test.each([
    [0o755, '700'],
    [0o777, '700'],
    [0o710, '700'],
    [0o701, '700'],
    [0o700, '700'],
    [0o500, '500'],
  ])('takes the rights of others from a directory of mode %d', (mode, expected) => {
    const path = makeTempDirectory();
    chmodSync(path, mode);
    ensurePrivateDirectory(path);
    expect(modeOf(path)).toBe(expected);
  });

  test('leaves what is in it alone', () => {
    const path = makeTempDirectory();
    writeFileSync(join(path, 'shared'), 'x', { mode: 0o644 });
    ensurePrivateDirectory(path);
    expect(modeOf(join(path, 'shared'))).toBe('644');
  });

  test('refuses a symbolic link, and leaves its target as it is', () => {
    const target = makeTempDirectory();
    const link = join(makeTempDirectory(), 'link');
    symlinkSync(target, link);
    expect(errorOf(() => ensurePrivateDirectory(link))).toMatchObject({
      name: 'UserError',
      message: `${link} is a symbolic link, and stopwire keeps private files in it.`,
    });
    expect(modeOf(target)).toBe('755');
  });

  test("refuses another user's directory", () => {
    const path = foreignDirectory();
    const mode = modeOf(path);
    expect(errorOf(() => ensurePrivateDirectory(path))).toMatchObject({
      name: 'UserError',
      message: `${path} belongs to another user, and stopwire keeps private files in it.`,
    });
    expect(modeOf(path)).toBe(mode);
  });

  test.each([
    ['a file is in its place', 'EEXIST', (path: string): void => writeFileSync(path, '')],
    ['a link into nowhere is in its place', 'ENOENT', (path: string): void => symlinkSync('/nowhere/at/all', path)],
  ])('says so for people where %s', (_, reason, prepare) => {
    const path = join(makeTempDirectory(), 'state');
    prepare(path);
    const error = errorOf(() => ensurePrivateDirectory(path));
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message: `The directory ${path} cannot be made (${reason}).` });
  });

  test('says so for people where it may not write', async () => {
    const path = join(makeTempDirectory(), 'closed', 'state');
    mkdirSync(join(path, '..'), { mode: 0o555 });
    const error = await withoutPrivileges(() => errorOf(() => ensurePrivateDirectory(path)));
    expect(error).toMatchObject({ name: 'UserError', message: `The directory ${path} cannot be made (EACCES).` });
  });
});
