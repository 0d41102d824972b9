/**
 * The journal: what stopwire remembers of its deliveries, as one append-only file of checksummed facts.
 * The newest valid fact wins; a fact that is torn, lost or damaged can only lower a cursor, and a lowered cursor
 * only sends records again under the same ids.
 */
import { closeSync, existsSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { UserError } from '../errors.ts';
import { writeFileAtomically } from '../lib/atomic-write.ts';
import { readLines } from '../lib/read-lines.ts';
import type { Cursor } from '../types.ts';
import {
  decodeFacts,
  encodeFact,
  JOURNAL_VERSION,
  type Capacity,
  type Counts,
  type Fact,
  type Intent,
  type Rest,
} from './facts.ts';
import { emptyMemory, intentFact, type JournalView, type Memory } from './journal-memory.ts';

export type { JournalView } from './journal-memory.ts';

const COMPACT_ABOVE_BYTES = 1_048_576;
/** Facts written for each fact in force. */
const COMPACT_ABOVE_RATIO = 4;

/** What a commit says. */
export interface Delivered {
  upTo: ReadonlyMap<string, Cursor>;
  records: number;
  refused: number;
  /** Lines of kinds that stopwire did not know. */
  unknown?: Counts;
  at: Date;
}

export interface Journal extends JournalView {
  /** Notes what is about to be sent. Throws on a full or read-only disk: then nothing may be sent. */
  intend(destination: string, intent: Intent): void;
  /** Moves cursors; where records were delivered, ends the destination's rest. Throws where it cannot be written. */
  commit(destination: string, delivered: Delivered): void;
  /** Lays a destination to rest, or wakes it. */
  setRest(destination: string, rest: Rest | undefined): void;
  setCapacity(destination: string, capacity: Capacity): void;
  setVerified(destination: string, at: Date): void;
  /** Drops all that is known of a destination: one that is added later under its name starts anew. */
  forget(destination: string): void;
  /** Writes through to the disk and closes. */
  close(): void;
}

/**
 * Opens the journal for one worker; `now` is in epoch ms. A missing file is an empty journal; damaged facts are passed
 * over. Throws a UserError where a newer version of stopwire wrote it: that one must not be misread.
 */
export function openJournal(path: string, now: number = Date.now()): Journal {
  const { memory, bytes, facts } = loadJournal(path);
  if (bytes > COMPACT_ABOVE_BYTES && facts > COMPACT_ABOVE_RATIO * memory.size()) compact(path, memory, now);
  const file = openSync(path, 'a', 0o600);
  const append = (fact: Fact): void => {
    writeFully(file, encodeFact(fact));
    memory.apply(fact);
  };
  // Not only in a new file: a full disk may have cut the first fact off.
  if (!memory.hasHeader()) append({ k: 'hdr', v: JOURNAL_VERSION });
  return {
    ...memory,
    intend: (d, intent) => append(intentFact(d, intent)),
    commit: (d, { upTo, records, refused, unknown, at }) =>
      append({ k: 'c', d, f: [...upTo], n: records, r: refused, ...(unknown && { u: unknown }), at: at.toISOString() }),
    setRest: (d, rest) => append({ k: 'b', d, ...(rest !== undefined && { rest }) }),
    setCapacity: (d, capacity) => append({ k: 'l', d, ...capacity }),
    setVerified: (d, at) => append({ k: 'v', d, at: at.toISOString() }),
    forget: (d) => append({ k: 'f', d }),
    close() {
      try {
        fdatasyncSync(file);
      } finally {
        closeSync(file);
      }
    },
  };
}

/** The journal as it stands, for reading only; never creates the file. Throws as `openJournal` does. */
export function readJournal(path: string): JournalView {
  return loadJournal(path).memory;
}

function loadJournal(path: string): { memory: Memory; bytes: number; facts: number } {
  const memory = emptyMemory();
  let facts = 0;
  let bytes = 0;
  for (const lines of existsSync(path) ? readLines(path) : []) {
    bytes += lines.length;
    for (const fact of decodeFacts(lines)) {
      if (fact.k === 'hdr' && fact.v > JOURNAL_VERSION) {
        throw new UserError(`The state in ${path} was written by a newer stopwire, so nothing is sent.`, {
          hint: 'Update stopwire: npx stopwire@latest install',
        });
      }
      memory.apply(fact);
      facts += 1;
    }
  }
  return { memory, bytes, facts };
}

/** Only the facts in force, in a new file that takes the old one's place at once. */
function compact(path: string, memory: Memory, now: number): void {
  memory.dropGone(now);
  try {
    writeFileAtomically(path, memory.facts().map(encodeFact).join(''), { mode: 0o600 });
  } catch {
    // The old one is as good, only longer.
  }
}

/** One write per fact; a short write is finished, and if that fails, the torn fact is ignored when it is read. */
function writeFully(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}
