/** commit: the cursors move, after the destination has acknowledged and what it refused is safely kept. */
import type { Batch } from '../destinations/destination.ts';
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
    at: ledger.now,
  });
}
