/**
 * The program's copy in stopwire's data directory. `npx` keeps packages in a cache that it may clear, and a project's
 * node_modules goes with the project, so the hook runs neither.
 */
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isObject } from '../lib/json.ts';
import { hasNodeSqlite } from '../state/sqlite.ts';

/** What a package of ours holds that the hook needs. */
const PARTS = ['package.json', 'dist', 'pricing'];
const VERSION = /^\d+\.\d+\.\d+/;

/**
 * Copies the program to `<data>/<version>/` and puts it in place by a rename, so that a worker never sees half of it.
 * Returns the path of the bin.
 */
export function copyProgram(from: { root: string; version: string }, dataDirectory: string): string {
  const target = join(dataDirectory, from.version);
  const fresh = `${target}.${randomUUID()}`;
  mkdirSync(fresh, { recursive: true, mode: 0o700 });
  try {
    for (const part of PARTS) cpSync(join(from.root, part), join(fresh, part), { recursive: true });
    if (!hasNodeSqlite()) copyPackage('libsql', join(from.root, 'package.json'), join(fresh, 'node_modules'));
    rmSync(target, { recursive: true, force: true });
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
  return join(target, 'dist', 'main.js');
}

/** Removes the copies of other versions, once no launcher names them any more. */
export function removeOtherCopies(dataDirectory: string, version: string): void {
  for (const name of readdirSync(dataDirectory)) {
    if (VERSION.test(name) && name !== version) rmSync(join(dataDirectory, name), { recursive: true, force: true });
  }
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

/** Where a package lies, seen from a file; undefined where it is not installed. */
function packageDirectory(name: string, fromFile: string): string | undefined {
  const candidates = createRequire(fromFile).resolve.paths(name) ?? [];
  return candidates.map((path) => join(path, name)).find((path) => existsSync(join(path, 'package.json')));
}

function object(value: unknown): object {
  return isObject(value) ? value : {};
}
