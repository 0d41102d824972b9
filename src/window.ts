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
 * Whether a line is within the window, by its timestamp. One that has none is as old as the line before it, or, at the
 * start of a file, as the first one that has.
 */
export function within({ since = -Infinity, until = Infinity }: Window) {
  if (since === -Infinity && until === Infinity) return () => true;
  let time: number | undefined;
  let searched: readonly Entry[] | undefined;
  return (entry: Entry, others: readonly Entry[]): boolean => {
    time = timeOf(entry) ?? time;
    // Once for each piece of the file: a hostile one can hold a hundred thousand lines without a time.
    if (time === undefined && searched !== others) {
      searched = others;
      time = firstTime(others);
    }
    return time === undefined || (time >= since && time < until);
  };
}

function firstTime(entries: readonly Entry[]): number | undefined {
  for (const entry of entries) {
    const time = timeOf(entry);
    if (time !== undefined) return time;
  }
  return undefined;
}

function timeOf({ line }: Entry): number | undefined {
  const time = Date.parse(asString(line['timestamp']) ?? '');
  return Number.isNaN(time) ? undefined : time;
}
