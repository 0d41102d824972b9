/** Writes a settings file in place, where it has several names: a rename would leave all but one with the old bytes. */
import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/**
 * Not one step: a process that is killed here leaves the file half written, and its backup.
 *
 * @returns true, when the bytes are on the disk
 * @throws the system's error, after the bytes from before have been put back
 */
export function overwrite(path: string, before: Uint8Array, after: Uint8Array): true {
  const file = openSync(path, 'r+');
  try {
    put(file, after);
  } catch (error) {
    put(file, before);
    throw error;
  } finally {
    closeSync(file);
  }
  return true;
}

function put(file: number, data: Uint8Array): void {
  for (let written = 0; written < data.length;) {
    written += writeSync(file, data, written, data.length - written, written);
  }
  ftruncateSync(file, data.length);
  fsyncSync(file);
}
