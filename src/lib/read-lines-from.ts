/** Reads what has been added to a text file since it was last read. */
import { readFileSync } from 'node:fs';

const NEWLINE = 0x0a;

/**
 * The complete lines from a byte offset on, without their newlines, as UTF-8, and the offset behind the last one. None
 * where there is no such file, or it cannot be read. For files of a few MiB. Never throws.
 */
export function readLinesFrom(path: string, offset: number): { lines: string[]; end: number } {
  const bytes = bytesOf(path);
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  if (end <= offset) return { lines: [], end: Math.min(offset, bytes.length) };
  return { lines: bytes.toString('utf8', offset, end - 1).split('\n'), end };
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
