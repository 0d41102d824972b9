/** The span of time that a destination gets the lines of. */
import { asString } from './lib/json.ts';
import type { Entry, Transcript } from './types.ts';

/** Epoch ms. */
export interface Window {
  since?: number | undefined;
  until?: number | undefined;
}

/** Nothing in the file is as new as the window: its last line would be. */
export function isOlder({ mtimeMs }: Transcript, { since }: Window): boolean {
  return since !== undefined && mtimeMs < since;
}

/**
 * Whether what was written at that time is within the window. What nothing before it tells the time of, at the start of
 * a file, is as old as the first of the lines there that has one.
 */
export function within({ since = -Infinity, until = Infinity }: Window) {
  if (since === -Infinity && until === Infinity) return () => true;
  let first: number | undefined;
  let searched: readonly Entry[] | undefined;
  return (timestamp: string | undefined, lines: readonly Entry[]): boolean => {
    // Once for each piece of the file: a hostile one can hold a hundred thousand lines without a time.
    if (timestamp === undefined && searched !== lines) {
      searched = lines;
      first = firstTime(lines);
    }
    const time = timestamp === undefined ? first : Date.parse(timestamp);
    return time === undefined || (time >= since && time < until);
  };
}

function firstTime(lines: readonly Entry[]): number | undefined {
  for (const { line } of lines) {
    const time = Date.parse(asString(line['timestamp']) ?? '');
    if (!Number.isNaN(time)) return time;
  }
  return undefined;
}
