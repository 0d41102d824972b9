/** Dead letters: the records that a destination refused for good, kept as they were sent (redacted). */
import { closeSync, fdatasyncSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Appends refused records and syncs them to disk: the cursor may pass them only after that. Throws if it cannot. */
export function keepDeadLetters(
  directory: string,
  destination: string,
  refused: readonly { record: object; reason: string }[],
  now: Date,
): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lines = refused.map(({ record, reason }) => JSON.stringify({ at: now.toISOString(), reason, record }));
  const descriptor = openSync(fileOf(directory, destination), 'a+', 0o600);
  try {
    const bytes = Buffer.from(`${endsTorn(descriptor) ? '\n' : ''}${lines.join('\n')}\n`);
    for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
    fdatasyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Whether the last line was not written to its end (a full disk, a kill): the next one must not join it. */
function endsTorn(descriptor: number): boolean {
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
}

/** How many records of each destination are kept. */
export function countDeadLetters(directory: string, destination: string): number {
  try {
    return readFileSync(fileOf(directory, destination), 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

function fileOf(directory: string, destination: string): string {
  return join(directory, `${encodeURIComponent(destination)}.jsonl`);
}
