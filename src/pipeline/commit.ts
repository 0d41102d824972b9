/** commit: the cursors move, after the destination has acknowledged and what it refused is safely kept. */
import type { MessageRecord } from '../fields/index.ts';
import { keepDeadLetters } from '../state/dead-letters.ts';
import type { Journal } from '../state/journal.ts';
import type { CutBatch } from './batch.ts';
import type { Outcome } from './deliver.ts';

/** What a commit needs beside the batch. */
export interface Ledger {
  destination: string;
  /** What the journal calls it. */
  name: string;
  journal: Journal;
  /** The folder of the dead-letter files. */
  deadLetters: string;
  now: Date;
}

/**
 * Commits what is settled of a batch: whole lines only, the others are delivered again. Throws where a refused record
 * cannot be kept or the journal cannot be written: then no cursor has moved, and the batch is delivered again later
 * under the same id. Answers how many records were delivered, and how many refused or dropped by the server.
 */
export function commit(
  batch: Pick<CutBatch, 'id' | 'records' | 'prefix'>,
  outcome: Pick<Outcome, 'settled' | 'refused' | 'dropped'>,
  { destination, name, journal, deadLetters, now }: Ledger,
): { delivered: number; refused: number } {
  const { records: count, upTo } = batch.prefix(outcome.settled);
  const settled = batch.records.slice(0, count);
  const known = new Set(settled);
  const refused = outcome.refused.flatMap((one) => (known.has(one.record) ? [{ ...one, batch: batch.id }] : []));
  if (refused.length > 0) keepDeadLetters(deadLetters, destination, refused, now);
  const delivered = count - refused.length;
  const lost = refused.length + (outcome.dropped?.count ?? 0);
  if (count > 0 || upTo.size > 0) {
    journal.commit(name, { upTo, records: delivered, refused: lost, ...unknownKinds(settled), at: now });
  }
  return { delivered, refused: lost };
}

/** How many lines of which kinds nobody knows yet, so that a new client does not go unseen. */
function unknownKinds(records: readonly MessageRecord[]): { unknown?: { [kind: string]: number } } {
  const counts = new Map<string, number>();
  for (const { unknown, client_version: version = 'unknown', type, subtype } of records) {
    if (!unknown) continue;
    const kind = `${version} ${type}${subtype === undefined ? '' : `/${subtype}`}`.slice(0, MAX_KIND_LENGTH);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts.size === 0 ? {} : { unknown: Object.fromEntries(counts) };
}

const MAX_KIND_LENGTH = 120;
