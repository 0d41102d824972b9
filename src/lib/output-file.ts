/** A file that is written bit by bit and appears whole: until then it stands beside its place, under another name. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, lstatSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf, UserError } from '../errors.ts';
import { syncDirectory } from './atomic-write.ts';

export interface OutputFile {
  write(bytes: string | Uint8Array): void;
  /** Puts the file in its place. */
  commit(): void;
  /** Gives up what was not committed; does nothing afterwards. */
  discard(): void;
}

const BUFFER_LENGTH = 262_144;

/**
 * Begins a file that only its owner may read (0600). One that is there is replaced with `force` alone, and never where
 * it is not a regular file.
 *
 * @throws a UserError, here and from `write` and `commit`, that says why the file cannot be written
 */
export function openOutputFile(path: string, { force }: { force: boolean }): OutputFile {
  refuseToReplace(path, force);
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  const file = orUserError(path, () => openSync(temporary, 'wx', 0o600));
  let isOpen = true;
  let waiting: (string | Uint8Array)[] = [];
  let length = 0;
  const close = (): void => {
    if (isOpen) closeSync(file);
    isOpen = false;
  };
  const flush = (): void => {
    for (const bytes of waiting) writeFileSync(file, bytes);
    waiting = [];
    length = 0;
  };
  return {
    write(bytes) {
      waiting.push(bytes);
      length += bytes.length;
      if (length >= BUFFER_LENGTH) orUserError(path, flush);
    },
    commit: () =>
      orUserError(path, () => {
        flush();
        fsyncSync(file);
        close();
        putInPlace(temporary, path, force);
        syncDirectory(dirname(path));
      }),
    discard() {
      close();
      rmSync(temporary, { force: true });
    },
  };
}

function refuseToReplace(path: string, force: boolean): void {
  const existing = lstatSync(path, { throwIfNoEntry: false });
  if (existing === undefined) return;
  if (!existing.isFile()) {
    throw new UserError(`${path} is no regular file, and is not replaced.`, { hint: 'Name a file of its own.' });
  }
  if (!force) throw alreadyThere(path);
}

/** A hard link is refused where something has come to stand at the path meanwhile; a rename would replace it. */
function putInPlace(temporary: string, path: string, force: boolean): void {
  if (!force && linked(temporary, path)) rmSync(temporary);
  else renameSync(temporary, path);
}

/** Whether the file system has hard links: FAT and some network mounts have none. */
function linked(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (reasonOf(error) === 'EEXIST') throw alreadyThere(path);
    return false;
  }
}

function alreadyThere(path: string): UserError {
  return new UserError(`${path} is there already.`, { hint: 'Name another file, or replace it with --force.' });
}

function orUserError<Value>(path: string, act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path} could not be written (${reasonOf(error)}).`, {
      hint: 'See whether its folder is there, who may write to it, and how full the disk is.',
      cause: error,
    });
  }
}
