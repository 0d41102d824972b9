/** commit: the cursors move, after the destination has acknowledged and what it refused is safely kept. */
import type { Batch } from '../destinations/destination.ts';
import type { MessageRecord } from '../fields/index.ts';
import { keepDeadLetters } from '../state/dead-letters.ts';
import type { Journal } from '../state/journal.ts';
import type { Refusal } from './deliver.ts';

/** What a commit needs beside the batch. */
export interface Ledger {
  destination: string;
  journal: Journal;
  /** The folder of the dead-letter files. */
  deadLetters: string;
  now: Date;
}

/**
 * Commits a delivered batch. Throws where a refused record cannot be kept or the journal cannot be written: then no
 * cursor has moved, and the batch is delivered again later under the same id.
 */
export function commit(batch: Batch, refused: readonly Refusal[], ledger: Ledger): void {
  if (refused.length > 0) keepDeadLetters(ledger.deadLetters, ledger.destination, refused, ledger.now);
  ledger.journal.commit(ledger.destination, {
    upTo: batch.upTo,
    records: batch.records.length - refused.length,
    refused: refused.length,
    ...unknownKinds(batch.records),
    at: ledger.now,
  });
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
