/**
 * The program's copy in stopwire's data directory. `npx` keeps packages in a cache that it may clear, and a project's
 * node_modules goes with the project, so the hook runs neither.
 */
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { UserError } from '../errors.ts';
import { isObject } from '../lib/json.ts';
import type { Paths } from '../state/paths.ts';
import { hasNodeSqlite } from '../state/sqlite.ts';

/** What a package of ours holds that the hook needs. */
const PARTS = ['package.json', 'dist', 'pricing'];

/** A copy in the making. There is one installer at a time, so any other was left by one that was killed. */
const FRESH = 'new.';
const VERSION = /^\d+\.\d+\.\d+/;

/**
 * Copies the program to `<data>/<version>/` and puts it in place by a rename, so that a worker never sees half of it.
 * Returns the path of the bin. Throws a UserError where Node could not load it from there.
 */
export function copyProgram(from: { root: string; version: string }, dataDirectory: string): string {
  if (sep === '/' && dataDirectory.includes('\\')) {
    throw new UserError(`Node loads no program from ${dataDirectory}, since its path has a backslash.`, {
      hint: 'Name a folder without one in XDG_DATA_HOME, and run the same command again.',
    });
  }
  const target = join(dataDirectory, from.version);
  const fresh = join(dataDirectory, `${FRESH}${randomUUID()}`);
  mkdirSync(fresh, { recursive: true, mode: 0o700 });
  try {
    for (const part of PARTS) cpSync(join(from.root, part), join(fresh, part), { recursive: true });
    if (!hasNodeSqlite()) copyPackage('libsql', join(from.root, 'package.json'), join(fresh, 'node_modules'));
    putInPlace(fresh, target);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
  return join(target, 'dist', 'main.js');
}

/**
 * Removes the copies that no launcher names any more: those of other versions, and what this version's replaced. A
 * worker loads parts of its program when it needs them, so while one is under way, or about to be, they stay until the
 * next time.
 */
export function removeOtherCopies(
  { dataDirectory, lock, wake }: Pick<Paths, 'dataDirectory' | 'lock' | 'wake'>,
  version: string,
): void {
  if (existsSync(wake) || existsSync(lock)) return;
  for (const name of readdirSync(dataDirectory).filter((one) => one !== version)) {
    const path = join(dataDirectory, name);
    if (VERSION.test(name) || name.startsWith(FRESH)) rmSync(path, { recursive: true, force: true });
  }
}

/** The copy from before is set aside: where it is removed, a worker may be running from it. */
function putInPlace(fresh: string, target: string): void {
  if (existsSync(target)) renameSync(target, `${target}.${randomUUID()}`);
  renameSync(fresh, target);
}

/** Copies a package and what it depends on; optional ones are those of other platforms where they are missing. */
function copyPackage(name: string, fromFile: string, modules: string): void {
  const directory = packageDirectory(name, fromFile);
  const target = join(modules, name);
  if (directory === undefined || existsSync(target)) return;
  cpSync(directory, target, { recursive: true, dereference: true, filter: (path) => !path.endsWith('node_modules') });
  const manifest: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  if (!isObject(manifest)) return;
  const dependencies = Object.keys({
    ...object(manifest['dependencies']),
    ...object(manifest['optionalDependencies']),
  });
  for (const dependency of dependencies) copyPackage(dependency, join(directory, 'package.json'), modules);
}

/** Where a package lies, seen from a file; undefined where it is not installed. pnpm has links in its place. */
function packageDirectory(name: string, fromFile: string): string | undefined {
  const candidates = (createRequire(fromFile).resolve.paths(name) ?? []).map((path) => join(path, name));
  const found = candidates.find((path) => existsSync(join(path, 'package.json')));
  return found && realpathSync(found);
}

function object(value: unknown): object {
  return isObject(value) ? value : {};
}
