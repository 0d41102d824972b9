/** Reads small files that others own, and that may be anything: a pipe, a device, a giant. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { asObject, type JsonObject } from './json.ts';

/** For files whose size says nothing. */
const CHUNK_BYTES = 4096;

/** Without waiting for a writer, where the path is a pipe, and without taking a terminal for our own. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * A regular file's text as UTF-8, symlinks followed. Undefined where there is none, where it cannot be read, and where
 * it is longer than `maxBytes`: half a file would be another file. Never throws and never blocks.
 */
export function readRegularFile(path: string, maxBytes: number): string | undefined {
  try {
    const file = openSync(path, FLAGS);
    try {
      return readWhole(file, maxBytes);
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** The JSON object in such a file, with or without a byte order mark; undefined where there is none. Never throws. */
export function readJsonObject(path: string, maxBytes: number): JsonObject | undefined {
  const text = readRegularFile(path, maxBytes);
  if (text === undefined) return undefined;
  try {
    return asObject(JSON.parse(text.replace(/^\ufeff/, '')));
  } catch {
    return undefined;
  }
}

/** To the end and not to the size: files of /proc say that they are empty, and a file can grow meanwhile. */
function readWhole(file: number, maxBytes: number): string | undefined {
  const stats = fstatSync(file);
  if (!stats.isFile() || stats.size > maxBytes) return undefined;
  const chunks: Buffer[] = [];
  for (let held = 0; held <= maxBytes;) {
    const chunk = Buffer.allocUnsafe(Math.min(Math.max(CHUNK_BYTES, stats.size), maxBytes + 1 - held));
    const count = readSync(file, chunk);
    if (count === 0) return Buffer.concat(chunks).toString('utf8');
    chunks.push(chunk.subarray(0, count));
    held += count;
  }
  return undefined;
}
