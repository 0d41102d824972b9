/**
 * The transcript of reconciliations: a JSON line each time that one of a session changes. It is read and delivered as
 * the client's transcripts are, so that its records reach every destination behind a cursor of its own.
 */
import { closeSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { reasonOf } from '../errors.ts';
import { writeFileAtomically } from '../lib/atomic-write.ts';
import { asObject, asString } from '../lib/json.ts';

/** Its name in the state directory. */
export const RECONCILIATIONS_FILE = 'reconciliations.jsonl';

/** Above it, the file keeps the last line of each session, where that halves it. */
const MAX_BYTES = 1_048_576;

export interface SessionLine {
  sessionId: string;
  /** JSON without its newline. */
  line: string;
}

/**
 * Appends the lines that differ from the last one of their session, and answers how many. They are on the disk when it
 * returns. One process at a time may do so. Throws the system's error where the file cannot be read or written.
 */
export function keepReconciliations(path: string, lines: readonly SessionLine[]): number {
  if (lines.length === 0) return 0;
  const text = readText(path);
  // What a kill or a full disk has cut off was never read: a cursor stands behind whole lines.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const last = lastLines(whole);
  const changed = lines.filter(({ sessionId, line }) => last.get(sessionId) !== line);
  if (changed.length === 0) return 0;
  const added = changed.map(({ line }) => `${line}\n`).join('');
  for (const { sessionId, line } of changed) renew(last, sessionId, line);
  const kept = Array.from(last.values(), (line) => `${line}\n`).join('');
  const size = Buffer.byteLength(whole) + Buffer.byteLength(added);
  if (size > MAX_BYTES && size > 2 * Buffer.byteLength(kept)) writeFileAtomically(path, kept, { mode: 0o600 });
  else append(path, { from: Buffer.byteLength(whole), added });
  return changed.length;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (reasonOf(error) === 'ENOENT') return '';
    throw error;
  }
}

/** In the order in which they were written; what is no such line is passed over. */
function lastLines(text: string): Map<string, string> {
  const last = new Map<string, string>();
  for (const line of text.split('\n')) {
    const sessionId = sessionOf(line);
    if (sessionId !== undefined) renew(last, sessionId, line);
  }
  return last;
}

function sessionOf(line: string): string | undefined {
  try {
    return line === '' ? undefined : asString(asObject(JSON.parse(line))?.['sessionId']);
  } catch {
    return undefined;
  }
}

function renew(last: Map<string, string>, sessionId: string, line: string): void {
  last.delete(sessionId);
  last.set(sessionId, line);
}

function append(path: string, { from, added }: { from: number; added: string }): void {
  const file = openSync(path, 'a', 0o600);
  try {
    ftruncateSync(file, from);
    const bytes = Buffer.from(added);
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}
