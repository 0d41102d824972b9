/**
 * Reading the file of one destination's dead letters: the file itself, and what a rewrite that did not come to its end
 * has set aside, which is older. Nothing here writes.
 */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { reasonOf } from '../errors.ts';
import { splitLines } from '../lib/lines.ts';

/** Far above the longest record: a line of eight MiB, written with escapes. */
const MAX_LINE_BYTES = 67_108_864;
const CHUNK_BYTES = 262_144;
/** Each attempt but the last has met a rewrite by another process at that very moment. */
const MAX_ATTEMPTS = 20;
/** Between the name of the file and the ending of one beside it: the time, then a random number. */
const UNIQUE = '[0-9a-f]{28}';

/** A file that holds letters. */
export interface Part {
  name: string;
  descriptor: number;
}

/** A line of a part, without its newline. */
export interface PartLine {
  start: number;
  end: number;
  /** Undefined where it is too long to be a letter. */
  bytes: Buffer | undefined;
}

/** Opens the parts of a file, the oldest first; to be closed with `closeParts`. */
export function openParts(path: string): Part[] {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const parts = openAll(path);
    if (parts !== undefined) return parts;
  }
  throw new Error(`${path} was replaced each time it was opened`);
}

export function closeParts(parts: readonly Part[]): void {
  for (const { descriptor } of parts) closeSync(descriptor);
}

/** The lines of a part, whatever follows the last newline among them; empty ones are left out. */
export function* linesOf({ descriptor }: Part): Generator<PartLine> {
  const lines = splitLines(0, MAX_LINE_BYTES);
  let at = 0;
  for (;;) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const count = readSync(descriptor, chunk, 0, CHUNK_BYTES, at);
    at += count;
    const next = count === 0 ? Buffer.from('\n') : chunk.subarray(0, count);
    for (const { start, end, bytes } of lines.push(next)) {
      if (bytes === undefined || bytes.length > 0) yield { start, end: end - 1, bytes };
    }
    if (count === 0) return;
  }
}

/** The bytes of a line that `linesOf` found. */
export function readLine({ descriptor }: Part, { start, end }: Pick<PartLine, 'start' | 'end'>): Buffer {
  const bytes = Buffer.alloc(end - start);
  for (let filled = 0; filled < bytes.length;) {
    const count = readSync(descriptor, bytes, filled, bytes.length - filled, start + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes;
}

/** Bytes of all parts. */
export function sizeOfParts(path: string): number {
  const sizes = partNames(path).map((name) => statSync(join(dirname(path), name), { throwIfNoEntry: false })?.size);
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

/** The names of what was set aside, the oldest first, and of the file itself. */
export function partNames(path: string): string[] {
  const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
  return [...namesBeside(path, '.old'), ...(isThere ? [basename(path)] : [])];
}

/** The names of what a rewrite has left beside the file, in the order of time. */
export function namesBeside(path: string, ending: '.old' | '.tmp'): string[] {
  const start = `${basename(path)}.`;
  const middle = new RegExp(`^${UNIQUE}$`);
  return namesIn(dirname(path))
    .filter((name) => name.startsWith(start) && name.endsWith(ending))
    .filter((name) => middle.test(name.slice(start.length, -ending.length)))
    .toSorted();
}

/** The paths of all such files in a folder, also of those of which only a part that was set aside is left. */
export function filesIn(directory: string): string[] {
  const pattern = new RegExp(`^(.*\\.jsonl)(\\.${UNIQUE}\\.old)?$`, 's');
  const names = namesIn(directory).flatMap((name) => pattern.exec(name)?.[1] ?? []);
  return [...new Set(names)].toSorted().map((name) => join(directory, name));
}

/** Undefined where a rewrite came in between: some letters would be missing, or there twice. */
function openAll(path: string): Part[] | undefined {
  const names = partNames(path);
  const parts: Part[] = [];
  try {
    for (const name of names) parts.push({ name, descriptor: openSync(join(dirname(path), name), 'r') });
  } catch (error) {
    closeParts(parts);
    if (reasonOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (partNames(path).join('/') === names.join('/')) return parts;
  closeParts(parts);
  return undefined;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (reasonOf(error) === 'ENOENT') return [];
    throw error;
  }
}
