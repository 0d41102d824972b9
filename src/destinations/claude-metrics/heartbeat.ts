/** The heartbeat of a machine, at most every ten minutes over all of its processes. */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../lib/hash.ts';

const EVERY_MS = 600_000;

export interface Heartbeat {
  /** Whether the last one is ten minutes old; a time in the future means that the clock was set back. */
  isDue(now: number): boolean;
  /** Notes that one was sent. Never throws. */
  sent(now: number): void;
}

/**
 * Remembers when the last one was sent, as the time of an empty file in the folder: a file for each endpoint. Without a
 * folder, or where nothing can be written, it is remembered until the process ends.
 */
export function heartbeatOf(endpoint: string, folder: string | undefined): Heartbeat {
  const file = folder && join(folder, `claude-metrics-${sha256(endpoint).slice(0, 16)}.sent`);
  let last = file === undefined ? undefined : modifiedAt(file);
  return {
    isDue: (now) => last === undefined || now < last || now - last >= EVERY_MS,
    sent(now) {
      last = now;
      if (file === undefined) return;
      try {
        writeFileSync(file, '', { mode: 0o600 });
      } catch {
        // The next process sends one too many, which harms nobody.
      }
    },
  };
}

function modifiedAt(file: string): number | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  } catch {
    return undefined;
  }
}
