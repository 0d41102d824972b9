/** A text file in pieces that end with a line, so that a large one is never in memory whole. */
import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 65_536;
const NEWLINE = 0x0a;

/** The file's text, some whole lines at a time; its end, be it a line or not, comes last. Throws the system's error. */
export function* readLines(path: string): Generator<string> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let kept: Buffer = Buffer.alloc(0);
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      const bytes = Buffer.concat([kept, chunk.subarray(0, read)]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      if (end > 0) yield bytes.toString('utf8', 0, end);
      kept = bytes.subarray(end);
    }
    if (kept.length > 0) yield kept.toString('utf8');
  } finally {
    closeSync(file);
  }
}
