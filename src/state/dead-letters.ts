/** Dead letters: the records that a destination refused for good, kept as they were sent, a file a destination. */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { encodeLetter, encodeTrailer, letterOf, type DeadLetter, type Refused } from './dead-letter.ts';
import { appendLines, removeFile, replaceLines } from './dead-letter-file.ts';
import { indexOf, letterAt } from './dead-letter-index.ts';
import { closeParts, filesIn, openParts } from './dead-letter-parts.ts';
import { DEAD_LETTER_LIMITS, makeRoom, type DeadLetterLimits } from './dead-letter-quota.ts';

export interface DeadLetterSummary {
  letters: number;
  /** Letters that had to give way to newer ones. */
  evicted: number;
  /** Lines that cannot be read. */
  damaged: number;
}

/**
 * Keeps refused records and syncs them to disk: the cursor may pass them only after that. A record that was refused
 * before is there once, as it was refused last. Where the quota would be passed, the oldest letters go, and are counted.
 * Throws the system's error where the disk refuses.
 */
export function keepDeadLetters(
  directory: string,
  destination: string,
  refused: readonly Refused[],
  now: Date,
  limits: DeadLetterLimits = DEAD_LETTER_LIMITS,
): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lines = Buffer.from(refused.map((one) => encodeLetter(letterOf(destination, one, now))).join(''));
  const path = fileOf(directory, destination);
  makeRoom({ path, destination, bytes: lines.length, limits });
  appendLines(path, lines);
}

/** The letters of a destination, those that were refused last at the end. Unreadable lines are passed over. */
export function* readDeadLetters(directory: string, destination: string): Generator<DeadLetter> {
  const parts = openParts(fileOf(directory, destination));
  try {
    for (const place of indexOf(destination, parts).places) yield letterAt(destination, place);
  } finally {
    closeParts(parts);
  }
}

export function summariseDeadLetters(directory: string, destination: string): DeadLetterSummary {
  const parts = openParts(fileOf(directory, destination));
  try {
    const { places, evicted, damaged } = indexOf(destination, parts);
    return { letters: places.length, evicted, damaged };
  } finally {
    closeParts(parts);
  }
}

/** How many letters of a destination are kept; 0 where that cannot be read. Never throws. */
export function countDeadLetters(directory: string, destination: string): number {
  try {
    return summariseDeadLetters(directory, destination).letters;
  } catch {
    return 0;
  }
}

/** The destinations that have letters, or have had some, by name; they need not be configured any more. */
export function deadLetterDestinations(directory: string): string[] {
  return filesIn(directory).flatMap((path) => decodeName(basename(path, '.jsonl')) ?? []);
}

/**
 * Hands over every letter; what comes back takes its place, and undefined removes it. Unreadable lines go with it.
 * Throws the system's error where the disk refuses; then nothing was changed.
 */
export function reviseDeadLetters(
  directory: string,
  destination: string,
  revise: (letter: DeadLetter) => DeadLetter | undefined,
): void {
  replaceLines(fileOf(directory, destination), function* (parts, done) {
    const { places, evicted } = indexOf(destination, parts);
    let kept = 0;
    for (const place of places) {
      const revised = revise(letterAt(destination, place));
      if (revised === undefined) continue;
      kept += 1;
      yield encodeLetter(revised);
    }
    if (kept + evicted > 0) yield encodeTrailer({ evicted, done });
  });
}

/** Removes all letters of a destination, and forgets how many were evicted. */
export function removeDeadLetters(directory: string, destination: string): void {
  removeFile(fileOf(directory, destination));
}

/** The name of the file is made of the destination's, which may hold anything. */
function fileOf(directory: string, destination: string): string {
  return join(directory, `${encodeURIComponent(destination.toWellFormed())}.jsonl`);
}

function decodeName(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}
