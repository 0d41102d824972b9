/** Small files that are made once for an installation and never change: its id, its key. */
import { randomUUID } from 'node:crypto';
import { linkSync, rmSync } from 'node:fs';
import { reasonOf } from '../errors.ts';
import { writeNewFile } from '../lib/atomic-write.ts';
import { readRegularFile } from '../lib/read-file.ts';

const MAX_BYTES = 1024;

export interface MadeOnce {
  make: () => string;
  isValid: (value: string) => boolean;
}

/**
 * The value in the file; where there is none, a new one, written for its owner alone. A file that holds something else
 * stays as it is and a second one takes its place: to replace it could take another process's value away. Undefined
 * where nothing can be kept, as on a full disk: a value that changed with every run would mean nothing. Never throws.
 */
export function madeOnce(path: string, value: MadeOnce): string | undefined {
  return valueAt(path, value) ?? valueAt(`${path}.2`, value);
}

/** What stands there counts, also after a write of our own: of two processes that race, both read the first one's. */
function valueAt(path: string, value: MadeOnce): string | undefined {
  const known = read(path, value);
  if (known !== undefined) return known;
  publish(path, `${value.make()}\n`);
  return read(path, value);
}

function read(path: string, { isValid }: MadeOnce): string | undefined {
  const value = readRegularFile(path, MAX_BYTES)?.trim();
  return value !== undefined && isValid(value) ? value : undefined;
}

/** Whole or not at all: link(2) fails where the name is taken, and a reader never sees half a value. */
function publish(path: string, content: string): void {
  const own = `${path}.${randomUUID()}`;
  try {
    writeNewFile(own, content, { mode: 0o600 });
    try {
      linkSync(own, path);
    } catch (error) {
      // On a file system without hard links.
      if (reasonOf(error) !== 'EEXIST') writeNewFile(path, content, { mode: 0o600 });
    } finally {
      rmSync(own, { force: true });
    }
  } catch {
    // A full disk, or a folder that is not there: the caller sees that there is no value.
  }
}
