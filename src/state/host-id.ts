/** The host id: a random name for this installation, made once, so that machines of one name can be told apart. */
import { randomUUID } from 'node:crypto';
import { linkSync, rmSync } from 'node:fs';
import { reasonOf } from '../errors.ts';
import { writeNewFile } from '../lib/atomic-write.ts';
import { readRegularFile } from '../lib/read-file.ts';

const MAX_BYTES = 1024;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The id in the file; where there is none, a new one (a UUID, RFC 9562), written for its owner alone. A file that holds
 * something else stays as it is and a second one takes its place: to replace it could take another process's id away.
 * Undefined where nothing can be kept, as on a full disk: an id that changed with every run would name nothing.
 * Never throws.
 */
export function hostId(path: string): string | undefined {
  return idAt(path) ?? idAt(`${path}.2`);
}

/** What stands there counts, also after a write of our own: of two processes that race, both read the first one's. */
function idAt(path: string): string | undefined {
  const known = read(path);
  if (known !== undefined) return known;
  publish(path, `${randomUUID()}\n`);
  return read(path);
}

function read(path: string): string | undefined {
  const id = readRegularFile(path, MAX_BYTES)?.trim();
  return id !== undefined && UUID.test(id) ? id : undefined;
}

/** Whole or not at all: link(2) fails where the name is taken, and a reader never sees half an id. */
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
    // A full disk, or a folder that is not there: the caller sees that there is no id.
  }
}
