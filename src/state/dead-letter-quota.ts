/** The quota of a file of dead letters: where it would be passed, the oldest give way to the newest, and are counted. */
import { encodeTrailer } from './dead-letter.ts';
import { replaceLines } from './dead-letter-file.ts';
import { indexOf, type Place } from './dead-letter-index.ts';
import { readLine, sizeOfParts } from './dead-letter-parts.ts';

export interface DeadLetterLimits {
  /** Bytes a destination. */
  maxBytes: number;
}

export const DEAD_LETTER_LIMITS: DeadLetterLimits = { maxBytes: 52_428_800 };

/** What is filled after an eviction, so that not every further letter costs a rewrite. */
const FILLED_SHARE = 0.75;

interface Room {
  path: string;
  destination: string;
  /** That will be appended. */
  bytes: number;
  limits: DeadLetterLimits;
}

/**
 * Makes room for so many bytes. An eviction itself needs room for what it keeps; where the disk has none, nothing is
 * changed: it is better that the file grows beyond its quota than that the destination stands still. Never throws.
 */
export function makeRoom({ path, destination, bytes, limits: { maxBytes } }: Room): void {
  try {
    if (sizeOfParts(path) + bytes > maxBytes) evict(path, destination, maxBytes * FILLED_SHARE - bytes);
  } catch {
    // The next letter comes here again, and one that cannot be appended is an error of its own.
  }
}

function evict(path: string, destination: string, maxBytes: number): void {
  replaceLines(path, function* (parts, done) {
    const { places, evicted } = indexOf(destination, parts);
    const kept = newestOf(places, maxBytes);
    for (const place of kept) yield Buffer.concat([readLine(place.part, place), Buffer.from('\n')]);
    yield encodeTrailer({ evicted: evicted + places.length - kept.length, done });
  });
}

/** As many of the newest as fit into so many bytes. */
function newestOf(places: readonly Place[], maxBytes: number): Place[] {
  let first = places.length;
  let bytes = 0;
  for (const { start, end } of places.toReversed()) {
    bytes += end - start + 1;
    if (bytes > maxBytes) break;
    first -= 1;
  }
  return places.slice(first);
}
