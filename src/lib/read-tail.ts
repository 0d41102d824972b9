/** Reads the end of a file that may be large, without reading the rest of it. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Without waiting for a writer, where the path is a pipe. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * The complete lines within a regular file's last `maxBytes`, without their newlines, as UTF-8; a line that begins
 * before them is left out, and so is one without its newline. Empty where there is no such file. Never throws.
 */
export function readTail(path: string, maxBytes: number): string[] {
  try {
    const file = openSync(path, FLAGS);
    try {
      return linesIn(file, maxBytes);
    } finally {
      closeSync(file);
    }
  } catch {
    return [];
  }
}

function linesIn(file: number, maxBytes: number): string[] {
  const stats = fstatSync(file);
  if (!stats.isFile()) return [];
  const from = Math.max(0, stats.size - maxBytes);
  const bytes = Buffer.alloc(stats.size - from);
  const read = readFully(file, bytes, from);
  const first = from === 0 ? 0 : bytes.indexOf(0x0a) + 1;
  const end = bytes.subarray(0, read).lastIndexOf(0x0a);
  // One line alone, of which the beginning or the end is missing.
  if (end < first) return [];
  return bytes.subarray(first, end).toString('utf8').split('\n');
}

function readFully(file: number, bytes: Buffer, position: number): number {
  let read = 0;
  for (let count = -1; count !== 0 && read < bytes.length; read += count) {
    count = readSync(file, bytes, read, bytes.length - read, position + read);
  }
  return read;
}
