/**
 * The journal: what stopwire remembers of its deliveries, as one append-only file of checksummed facts.
 * The newest valid fact wins; a fact that is torn, lost or damaged can only lower a cursor, and a lowered cursor
 * only sends records again under the same ids.
 */
import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { UserError } from '../errors.ts';
import { writeFileAtomically } from '../lib/atomic-write.ts';
import type { Cursor } from '../types.ts';
import { decodeFacts, encodeFact, JOURNAL_VERSION, type Counts, type Fact, type Rest } from './facts.ts';

const COMPACT_ABOVE_BYTES = 1_048_576;

/** What has been delivered to a destination so far. */
export interface Tally {
  records: number;
  refused: number;
  /** Lines of kinds that stopwire did not know, by client version and kind, as `2.1.400 system/new`. */
  unknown?: Counts;
  /** ISO 8601. */
  lastDeliveredAt: string;
}

export interface Journal {
  cursor(destination: string, path: string): Cursor | undefined;
  rest(destination: string): Rest | undefined;
  tally(destination: string): Tally | undefined;
  /** Notes what is about to be sent. Throws on a full or read-only disk: then nothing may be sent. */
  intend(destination: string, batch: { id: string; records: number }): void;
  /** Moves cursors; ends the destination's rest. Throws where it cannot be written. */
  commit(
    destination: string,
    delivered: { upTo: ReadonlyMap<string, Cursor>; records: number; refused: number; unknown?: Counts; at: Date },
  ): void;
  /** Lays a destination to rest, or wakes it. */
  setRest(destination: string, rest: Rest | undefined): void;
  /** Writes through to the disk and closes. */
  close(): void;
}

/**
 * Opens the journal for one worker. A missing file is an empty journal; damaged facts are passed over.
 * Throws a UserError where a newer version of stopwire wrote it: that one must not be misread.
 */
export function openJournal(path: string): Journal {
  const memory = loadJournal(path);
  if (memory.bytes > COMPACT_ABOVE_BYTES && memory.bytes > 4 * memory.liveBytes()) compact(path, memory);
  const file = openSync(path, 'a', 0o600);
  const append = (fact: Fact): void => {
    writeFully(file, encodeFact(fact));
    memory.apply(fact);
  };
  // Not only in a new file: a full disk may have cut the first fact off.
  if (!memory.hasHeader()) append({ k: 'hdr', v: JOURNAL_VERSION });
  return {
    ...memory,
    intend: (d, { id, records }) => append({ k: 'i', d, id, n: records }),
    commit: (d, { upTo, records, refused, unknown, at }) =>
      append({ k: 'c', d, f: [...upTo], n: records, r: refused, ...(unknown && { u: unknown }), at: at.toISOString() }),
    setRest: (d, rest) => append({ k: 'b', d, ...(rest !== undefined && { rest }) }),
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
export function readJournal(path: string): Pick<Journal, 'cursor' | 'rest' | 'tally'> {
  return loadJournal(path);
}

/** The facts in force. */
interface Memory extends Pick<Journal, 'cursor' | 'rest' | 'tally'> {
  /** Size of the file it was loaded from. */
  bytes: number;
  hasHeader(): boolean;
  apply(fact: Fact): void;
  liveFacts(): Fact[];
  liveBytes(): number;
}

function loadJournal(path: string): Memory {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const memory = emptyMemory(text.length);
  for (const fact of decodeFacts(text)) {
    if (fact.k === 'hdr' && fact.v > JOURNAL_VERSION) {
      throw new UserError(`The state in ${path} was written by a newer stopwire, so nothing is sent.`, {
        hint: 'Update stopwire: npx stopwire@latest install',
      });
    }
    memory.apply(fact);
  }
  return memory;
}

function emptyMemory(bytes: number): Memory {
  const cursors = new Map<string, Map<string, Cursor>>();
  const rests = new Map<string, Rest>();
  const tallies = new Map<string, Tally>();
  let hasHeader = false;
  // A fact for each cursor, so that a damaged byte costs one file and not all of them.
  const liveFacts = (): Fact[] => [
    { k: 'hdr', v: JOURNAL_VERSION },
    ...[...tallies].flatMap(([d, { records, refused, unknown, lastDeliveredAt: at }]): Fact[] => [
      { k: 'c', d, f: [], n: records, r: refused, ...(unknown && { u: unknown }), at },
      ...Array.from(cursors.get(d) ?? [], (one): Fact => ({ k: 'c', d, f: [one], n: 0, r: 0, at })),
    ]),
    ...Array.from(rests, ([d, rest]): Fact => ({ k: 'b', d, rest })),
  ];
  return {
    bytes,
    hasHeader: () => hasHeader,
    cursor: (destination, path) => cursors.get(destination)?.get(path),
    rest: (destination) => rests.get(destination),
    tally: (destination) => tallies.get(destination),
    apply(fact) {
      if (fact.k === 'hdr') {
        hasHeader = true;
      } else if (fact.k === 'b') {
        if (fact.rest === undefined) rests.delete(fact.d);
        else rests.set(fact.d, fact.rest);
      } else if (fact.k === 'c') {
        const known = cursors.get(fact.d) ?? new Map<string, Cursor>();
        for (const [path, cursor] of fact.f) known.set(path, cursor);
        cursors.set(fact.d, known);
        tallies.set(fact.d, tallyAfter(tallies.get(fact.d), fact));
        rests.delete(fact.d);
      }
    },
    liveFacts,
    liveBytes: () => liveFacts().reduce((sum, fact) => sum + encodeFact(fact).length, 0),
  };
}

function tallyAfter(before: Tally | undefined, fact: Extract<Fact, { k: 'c' }>): Tally {
  const unknown = fact.u === undefined ? before?.unknown : sumOf(before?.unknown ?? {}, fact.u);
  return {
    records: (before?.records ?? 0) + fact.n,
    refused: (before?.refused ?? 0) + fact.r,
    ...(unknown !== undefined && { unknown }),
    lastDeliveredAt: fact.at,
  };
}

/** Hostile transcripts can make up any number of kinds. */
const MAX_KINDS = 100;

function sumOf(a: Counts, b: Counts): Counts {
  const sum = new Map(Object.entries(a));
  for (const [name, count] of Object.entries(b)) {
    if (sum.has(name) || sum.size < MAX_KINDS) sum.set(name, (sum.get(name) ?? 0) + count);
  }
  return Object.fromEntries(sum);
}

/** Only the facts in force, in a new file that takes the old one's place at once. */
function compact(path: string, memory: Memory): void {
  writeFileAtomically(path, memory.liveFacts().map(encodeFact).join(''), { mode: 0o600 });
}

/** One write per fact; a short write is finished, and if that fails, the torn fact is ignored when it is read. */
function writeFully(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}
