/** Reads Claude Code's settings.json: what is there but cannot be read is refused, never taken for empty. */
import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { reasonOf, SettingsRefusedError, UserError } from '../errors.ts';
import type { Owner } from '../lib/atomic-write.ts';
import { isObject } from '../lib/json.ts';

export interface SettingsFile {
  path: string;
  /** The file itself, where the path is a symlink. */
  target: string;
  /** Undefined where there is no file. */
  bytes: Buffer | undefined;
  /** The bytes as text, with their byte order mark; empty where there is no file. */
  text: string;
  /** The permissions; those for a new file where there is none. */
  mode: number;
  owner: Owner | undefined;
  /** How many names it has: hard links. */
  names: number;
}

/**
 * Reads a settings file as UTF-8. A missing file is empty text.
 *
 * @throws SettingsRefusedError where it is no regular file, a symlink to nowhere, or not UTF-8
 * @throws UserError where the system does not let it be read
 */
export function readSettings(path: string): SettingsFile {
  return reported(path, () => {
    const target = resolved(path);
    const stats = statSync(target, { throwIfNoEntry: false });
    if (stats === undefined)
      return { path, target, bytes: undefined, text: '', mode: 0o600, owner: undefined, names: 0 };
    if (!stats.isFile()) throw refused(path, 'is not a regular file', 'Put a file in its place and try again.');
    const bytes = readFileSync(target);
    const owner = { uid: stats.uid, gid: stats.gid };
    const text = decoded(path, bytes);
    return { path, target, bytes, text, mode: stats.mode & 0o777, owner, names: stats.nlink };
  });
}

/** Runs an act on a settings file; what the system says against it becomes a sentence. */
export function reported<Result>(path: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (!isObject(error) || !('syscall' in error)) throw error;
    const message = `${path} could not be read or changed (${reasonOf(error)}), so it was left as it is.`;
    throw new UserError(message, { cause: error });
  }
}

export function refused(path: string, why: string, hint: string): SettingsRefusedError {
  return new SettingsRefusedError(`${path} ${why}, so it was left as it is.`, hint);
}

/** The path without symlinks; itself where nothing is there. */
function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw refused(path, 'is a symlink that leads nowhere', 'Remove the link, or make the file that it names.');
    }
    if (reasonOf(error) === 'ENOENT') return path;
    throw error;
  }
}

/** Fatal, because a replacement character written back would be a byte of the user's lost. */
function decoded(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refused(path, 'is not UTF-8', 'Save it as UTF-8 and try again.');
  }
}
