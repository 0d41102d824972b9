/** The run log: one JSON line a run, without any content of a transcript, rotated by size. */
import { appendFileSync, renameSync, statSync } from 'node:fs';

const MAX_BYTES = 1_048_576;

/** Appends one line; the full file becomes `<path>.1`, and the one before that goes. Never throws. */
export function appendLog(path: string, line: { readonly [name: string]: unknown }): void {
  try {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= MAX_BYTES) renameSync(path, `${path}.1`);
    appendFileSync(path, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  } catch {
    // A full disk must not stop a run, and there is nowhere else to say it.
  }
}
