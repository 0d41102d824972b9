/** Replaces a file in one step: a reader finds the old bytes or the new ones, after a crash as well. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface Owner {
  uid: number;
  gid: number;
}

export interface NewFileOptions {
  /** The permissions, exactly: the umask takes nothing off. */
  mode: number;
  /** Whom the file is to belong to where root writes it (`sudo`); nobody else can give files away. */
  owner?: Owner | undefined;
}

export interface AtomicWriteOptions extends NewFileOptions {
  /** Asked when all is ready, right before the file is replaced; `false` leaves everything as it was. */
  onlyIf?: () => boolean;
}

/**
 * Writes a temporary file beside the path, syncs it, renames it over the path and syncs the directory. Whatever goes
 * wrong before the rename leaves the old file untouched and no temporary one. A symlink at the path is replaced by
 * the file: resolve it first where it is to stay.
 *
 * @returns whether the file was replaced: `onlyIf` may have said no
 * @throws the system's error, for instance ENOSPC
 */
export function writeFileAtomically(path: string, data: string | Uint8Array, options: AtomicWriteOptions): boolean {
  const temporary = temporaryFor(path);
  writeNewFile(temporary, data, options);
  try {
    if (options.onlyIf?.() === false) return false;
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncDirectory(dirname(path));
  return true;
}

/** A name beside the path that nothing has yet. */
export function temporaryFor(path: string): string {
  return `${path}.${randomBytes(8).toString('hex')}.tmp`;
}

const TEMPORARY = /\.[0-9a-f]{16}\.tmp$/;

/**
 * Removes the temporary files of processes that were killed while they replaced the file. One that is still at it
 * fails, and leaves the file as it is: call it where there is none.
 */
export function removeTemporaries(path: string): void {
  const directory = dirname(path);
  const isLeftover = (name: string): boolean => name.startsWith(`${basename(path)}.`) && TEMPORARY.test(name);
  for (const name of readdirSync(directory).filter(isLeftover)) rmSync(join(directory, name), { force: true });
}

/**
 * Writes and syncs a file that must not be there yet; one that could not be written whole is removed.
 *
 * @throws the system's error: EEXIST where something stands at the path, be it a dangling symlink
 */
export function writeNewFile(path: string, data: string | Uint8Array, { mode, owner }: NewFileOptions): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    if (owner !== undefined && process.getuid?.() === 0) fchownSync(file, owner.uid, owner.gid);
    fchmodSync(file, mode);
    writeFileSync(file, data);
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Makes what was created, renamed or removed in a directory last, as far as the system can. */
export function syncDirectory(directory: string): void {
  try {
    const handle = openSync(directory, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Windows and some network file systems sync no directories; the change itself has been made by now.
  }
}
