/** The facts in force: what the journal's lines come to, one destination beside the other. */
import { existsSync } from 'node:fs';
import type { Cursor } from '../types.ts';
import { cursorTable, type CursorTable } from './cursor-table.ts';
import { JOURNAL_VERSION, type Capacity, type Counts, type Fact, type Intent, type Rest } from './facts.ts';

/** What has been delivered to a destination so far. */
export interface Tally {
  records: number;
  refused: number;
  /** Lines of kinds that stopwire did not know, by client version and kind, as `2.1.400 system/new`. */
  unknown?: Counts;
  /** ISO 8601. */
  lastDeliveredAt: string;
}

/** What can be asked of a journal. */
export interface JournalView {
  cursor: (destination: string, path: string) => Cursor | undefined;
  rest: (destination: string) => Rest | undefined;
  tally: (destination: string) => Tally | undefined;
  /** The batch that was sent last, where no commit followed: it may have arrived. */
  intent: (destination: string) => Intent | undefined;
  capacity: (destination: string) => Capacity | undefined;
  /** When all cursors were last compared with their files (ISO 8601). */
  verifiedAt: (destination: string) => string | undefined;
}

export interface Memory extends JournalView {
  hasHeader(): boolean;
  apply(fact: Fact): void;
  /** The facts that make this memory, and no more. */
  facts(): Fact[];
  /** How many those are, about. */
  size(): number;
  /** Drops the cursors of files that have been gone for a while, before the facts are written anew. */
  dropGone(now: number): void;
}

/** The client deletes transcripts; one that comes back within this time (a restored backup) goes on where it was. */
const KEEP_GONE_MS = 7 * 24 * 3_600_000;
/** Hostile transcripts can make up any number of kinds. */
const MAX_KINDS = 100;

interface Known {
  cursors: CursorTable;
  rest?: Rest | undefined;
  tally?: Tally | undefined;
  intent?: Intent | undefined;
  capacity?: Capacity | undefined;
  verifiedAt?: string | undefined;
}

export function emptyMemory(): Memory {
  const destinations = new Map<string, Known>();
  let hasHeader = false;
  return {
    hasHeader: () => hasHeader,
    cursor: (destination, path) => destinations.get(destination)?.cursors.get(path),
    rest: (destination) => destinations.get(destination)?.rest,
    tally: (destination) => destinations.get(destination)?.tally,
    intent: (destination) => destinations.get(destination)?.intent,
    capacity: (destination) => destinations.get(destination)?.capacity,
    verifiedAt: (destination) => destinations.get(destination)?.verifiedAt,
    apply(fact) {
      if (fact.k === 'hdr') {
        hasHeader = true;
        return;
      }
      const known = destinations.get(fact.d) ?? { cursors: cursorTable() };
      destinations.set(fact.d, known);
      if (fact.k === 'f') destinations.delete(fact.d);
      else learn(known, fact);
    },
    facts: () => [{ k: 'hdr', v: JOURNAL_VERSION }, ...[...destinations].flatMap(factsOf)],
    size: () => [...destinations.values()].reduce((sum, { cursors }) => sum + cursors.size + 1, 1),
    dropGone(now) {
      for (const { cursors } of destinations.values()) {
        for (const [path, { mtimeMs }] of cursors.entries()) {
          if (now - mtimeMs > KEEP_GONE_MS && !existsSync(path)) cursors.delete(path);
        }
      }
    },
  };
}

function learn(known: Known, fact: Exclude<Fact, { k: 'hdr' | 'f' }>): void {
  if (fact.k === 'b') known.rest = fact.rest;
  else if (fact.k === 'v') known.verifiedAt = fact.at;
  else if (fact.k === 'l') known.capacity = { maxBytes: fact.maxBytes, at: fact.at };
  else if (fact.k === 'i') known.intent = { id: fact.id, records: fact.n, parts: fact.p.map(partOf) };
  else {
    for (const [path, cursor] of fact.f) known.cursors.set(path, cursor);
    // Without records, only lines were passed over that are not for this destination: that proves nothing about it.
    if (fact.n + fact.r === 0) return;
    known.tally = tallyAfter(known.tally, fact);
    known.rest = undefined;
    known.intent = undefined;
  }
}

function partOf([path, from, to]: [string, number, number]): Intent['parts'][number] {
  return { path, from, to };
}

/** A fact for each cursor, so that a damaged byte costs one file and not all of them. */
function factsOf([d, { cursors, rest, tally, intent, capacity, verifiedAt }]: [string, Known]): Fact[] {
  const at = tally?.lastDeliveredAt ?? '';
  const facts: Fact[] = Array.from(cursors.entries(), (cursor) => ({ k: 'c', d, f: [cursor], n: 0, r: 0, at }));
  if (tally !== undefined) {
    const { records, refused, unknown } = tally;
    facts.push({ k: 'c', d, f: [], n: records, r: refused, ...(unknown && { u: unknown }), at });
  }
  if (intent !== undefined) facts.push(intentFact(d, intent));
  if (capacity !== undefined) facts.push({ k: 'l', d, ...capacity });
  if (verifiedAt !== undefined) facts.push({ k: 'v', d, at: verifiedAt });
  if (rest !== undefined) facts.push({ k: 'b', d, rest });
  return facts;
}

export function intentFact(d: string, { id, records, parts }: Intent): Fact {
  return { k: 'i', d, id, n: records, p: parts.map(({ path, from, to }) => [path, from, to]) };
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

function sumOf(a: Counts, b: Counts): Counts {
  const sum = new Map(Object.entries(a));
  for (const [name, count] of Object.entries(b)) {
    if (sum.has(name) || sum.size < MAX_KINDS) sum.set(name, (sum.get(name) ?? 0) + count);
  }
  return Object.fromEntries(sum);
}
