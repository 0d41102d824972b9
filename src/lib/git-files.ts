/** What git knows of a working directory, read from its files (gitrepository-layout(5)) without starting git. */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { parseGitConfig } from './git-config.ts';
import { branchOf, commitAt, readHead } from './git-refs.ts';
import { repositoryName, withoutCredentials } from './git-remote.ts';
import { readRegularFile } from './read-file.ts';

const MAX_LEVELS = 64;
/** `.git` and `commondir`, where they are files, hold one path. */
const MAX_LINE_BYTES = 65_536;
const MAX_CONFIG_BYTES = 1_048_576;

export interface Repository {
  /** The top of the work tree, without symlinks. */
  root: string;
  /** The branch that is checked out; undefined where HEAD is detached. */
  branch?: string | undefined;
  /** The commit that is checked out, hex; undefined before the first one, and where refs are kept in a reftable. */
  head?: string | undefined;
  /** The name of a linked work tree. */
  worktree?: string | undefined;
  /** The address of `origin`, else of the only remote, without credentials. */
  remote?: string | undefined;
  /** Host, owner and name by that address, for instance `github.com/acme/shop`. */
  name?: string | undefined;
}

/** The folders that describe one work tree. */
interface GitDirectories {
  root: string;
  /** HEAD is here. */
  own: string;
  /** Refs and configuration are here; another folder for a linked work tree. */
  common: string;
  /** The line in HEAD. */
  head: string;
}

/**
 * The repository that a directory belongs to, as it is now: the nearest `.git` at or above it that is one. A directory
 * that has gone is looked for at the nearest folder above it that is there. Never throws, never blocks.
 */
export function readRepository(cwd: string): Repository | undefined {
  if (!isAbsolute(cwd)) return undefined;
  // Git goes by the real path: the folders above a symlink's target count, and not those above the symlink.
  const start = first(upwards(resolve(cwd)), realPath);
  const directories = start === undefined ? undefined : first(upwards(start), gitDirectoriesAt);
  if (directories === undefined) return undefined;
  const { root, own, common, head } = directories;
  const remote = readRemote(common);
  return {
    root,
    branch: branchOf(head),
    head: commitAt(head, common),
    worktree: own === common ? undefined : basename(own),
    remote,
    name: remote === undefined ? undefined : repositoryName(remote),
  };
}

/** The same, reading each directory's repository once; for one run, since branches change. */
export function memoisedRepositories(read = readRepository): (cwd: string) => Repository | undefined {
  const known = new Map<string, Repository | undefined>();
  return (cwd) => {
    if (!known.has(cwd)) known.set(cwd, read(cwd));
    return known.get(cwd);
  };
}

/** The path and the folders above it. */
function* upwards(path: string): Generator<string> {
  let directory = path;
  for (let level = 0; level < MAX_LEVELS; level += 1) {
    yield directory;
    if (dirname(directory) === directory) return;
    directory = dirname(directory);
  }
}

function first<Item, Found>(items: Iterable<Item>, find: (item: Item) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Git's own test: a HEAD, and folders for objects and refs. Undefined for a `.git` that fails it. */
function gitDirectoriesAt(root: string): GitDirectories | undefined {
  const own = realPath(resolve(root, targetOf(join(root, '.git'))));
  if (own === undefined) return undefined;
  const pointer = readRegularFile(join(own, 'commondir'), MAX_LINE_BYTES)?.trimEnd();
  const common = pointer === undefined ? own : realPath(resolve(own, pointer));
  const head = readHead(own);
  if (common === undefined || head === undefined) return undefined;
  const isRepository = existsSync(join(common, 'objects')) && existsSync(join(common, 'refs'));
  return isRepository ? { root, own, common, head } : undefined;
}

/** Where `.git` is a file, as in linked work trees and submodules, the folder that it names. */
function targetOf(dotGit: string): string {
  const text = readRegularFile(dotGit, MAX_LINE_BYTES) ?? '';
  return /^gitdir: (.+?)[\r\n]*$/s.exec(text)?.[1] ?? dotGit;
}

function readRemote(common: string): string | undefined {
  const config = readRegularFile(join(common, 'config'), MAX_CONFIG_BYTES);
  if (config === undefined) return undefined;
  const remotes = new Map<string, string>();
  for (const { key, value } of parseGitConfig(config)) {
    const [, remote] = /^remote\.(.+)\.url$/s.exec(key) ?? [];
    // The first of several addresses is the one to fetch from.
    if (remote !== undefined && value !== '' && !remotes.has(remote)) remotes.set(remote, value);
  }
  const [only] = remotes.size === 1 ? remotes.values() : [];
  const address = remotes.get('origin') ?? only;
  return address === undefined ? undefined : withoutCredentials(address);
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
