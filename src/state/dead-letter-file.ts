/**
 * Writing the file of one destination's dead letters. Lines are appended. A rewrite sets the file aside by renaming it,
 * puts what it keeps in its place, and only then removes the old one; whoever appends looks afterwards whether what it
 * wrote to is still in its place, and appends again where it is not. So two processes at once, or a kill at any point,
 * can make a letter stand there twice, but cannot lose one, and no lock has to be relied on.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { reasonOf } from '../errors.ts';
import { syncDirectory } from '../lib/atomic-write.ts';
import { closeParts, namesBeside, openParts, partNames, type Part } from './dead-letter-parts.ts';

/** Each attempt but the last has met a rewrite by another process at that very moment. */
const MAX_ATTEMPTS = 20;

/** Appends whole lines and syncs them. Throws the system's error where the disk refuses. */
export function appendLines(path: string, lines: Buffer): void {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    if (appendOnce(path, lines)) return;
  }
  throw new Error(`${path} was replaced each time it was written to`);
}

/** The lines for a rewrite, of the parts that are there; the last one must name those that are done. */
type NewLines = (parts: readonly Part[], done: readonly string[]) => Iterable<string | Buffer>;

/**
 * Puts other lines in the place of all that are there. `newLines` is given the names of the parts that will go: with
 * them in the last line, they count no more even where a kill leaves them. Without any line, the place is left empty.
 * Throws the system's error; the letters are then all there, as before.
 */
export function replaceLines(path: string, newLines: NewLines): void {
  remove(path, namesBeside(path, '.tmp'));
  setAside(path);
  const parts = openParts(path);
  if (parts.length === 0) return;
  const temporary = besideOf(path, '.tmp');
  try {
    const done = parts.map(({ name }) => name).filter((name) => name !== basename(path));
    if (writeTemporary(temporary, newLines(parts, done))) publish(temporary, path);
    remove(path, done);
  } finally {
    closeParts(parts);
    rmSync(temporary, { force: true });
  }
}

/** Removes the file and everything beside it. */
export function removeFile(path: string): void {
  remove(path, [...partNames(path), ...namesBeside(path, '.tmp')]);
  syncDirectory(dirname(path));
}

/** Answers false where the file was taken from its place meanwhile: what was written may have been overlooked. */
function appendOnce(path: string, lines: Buffer): boolean {
  const descriptor = openSync(path, 'a+', 0o600);
  try {
    const { size } = fstatSync(descriptor);
    writeFully(descriptor, endsTorn(descriptor, size) ? Buffer.concat([Buffer.from('\n'), lines]) : lines);
    fdatasyncSync(descriptor);
    if (size === 0) syncDirectory(dirname(path));
    const [written, placed] = [fstatSync(descriptor), statSync(path, { throwIfNoEntry: false })];
    return placed?.ino === written.ino && placed.dev === written.dev;
  } finally {
    closeSync(descriptor);
  }
}

/** Whether the last line was not written to its end (a full disk, a kill): the next one must not join it. */
function endsTorn(descriptor: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
}

function writeFully(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
}

function remove(path: string, names: readonly string[]): void {
  for (const name of names) rmSync(join(dirname(path), name), { force: true });
}

function setAside(path: string): void {
  try {
    renameSync(path, besideOf(path, '.old'));
  } catch (error) {
    if (reasonOf(error) !== 'ENOENT') throw error;
  }
}

/** Names are in the order of time, and no two are the same. */
function besideOf(path: string, ending: '.old' | '.tmp'): string {
  return `${path}.${Date.now().toString(16).padStart(12, '0')}${randomBytes(8).toString('hex')}${ending}`;
}

/** Answers whether there was anything to write. */
function writeTemporary(path: string, lines: Iterable<string | Buffer>): boolean {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    for (const line of lines) writeFully(descriptor, Buffer.from(line));
    fsyncSync(descriptor);
    return fstatSync(descriptor).size > 0;
  } finally {
    closeSync(descriptor);
  }
}

/** A link is refused where another process has begun the file anew, and where the file system has none. */
function publish(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch {
    appendLines(path, readFileSync(temporary));
  }
  syncDirectory(dirname(path));
}
