/** Going through the embedded store and writing some of its records anew, while others read it and the worker writes. */
import { asNumber, asString, isObject } from '../lib/json.ts';
import { openDatabase, transaction, type Database } from './sqlite.ts';
import { openResponses } from './store-responses.ts';
import { UNSETTLE } from './store-unreconciled.ts';

const ROWS_AT_ONCE = 500;

/** What takes a record's place, and the response whose cost that changes; undefined leaves the record. */
export type Revise = (json: string, seq: number) => { json: string; messageId: string | undefined } | undefined;

export interface Revision {
  /**
   * Hands over every record in the order in which they came. A few hundred are one transaction: what the worker renews
   * meanwhile is renewed before it is read or after it is written, never in between.
   */
  each(revise: Revise): void;
  /** The same for the records of these numbers. */
  some(seqs: readonly number[], revise: Revise): void;
  close(): void;
}

/** Opens a store that is there. With `dryRun` nothing is written. */
export function openRevision(path: string, { dryRun }: { dryRun: boolean }): Revision {
  const database = openDatabase(path);
  openResponses(database);
  const page = database.prepare('SELECT seq, json FROM records WHERE seq > ? ORDER BY seq LIMIT ?');
  const one = database.prepare('SELECT seq, json FROM records WHERE seq = ?');
  const write = writerOn(database, dryRun);
  const reviseAll = (rows: readonly unknown[], revise: Revise): number | undefined => {
    let last: number | undefined;
    for (const row of rows.filter(isObject)) {
      const seq = asNumber(row['seq']) ?? 0;
      const revised = revise(asString(row['json']) ?? '', seq);
      if (revised !== undefined) write(seq, revised);
      last = seq;
    }
    return last;
  };
  return {
    each(revise) {
      const progress: { last: number | undefined } = { last: -1 };
      while (progress.last !== undefined) {
        const after = progress.last;
        transaction(database, () => (progress.last = reviseAll(page.all(after, ROWS_AT_ONCE), revise)));
      }
    },
    some(seqs, revise) {
      transaction(database, () => {
        for (const seq of seqs) reviseAll(one.all(seq), revise);
      });
    },
    close: () => database.close(),
  };
}

/** The dearest line of a response counts, as it does where records are taken in. */
const COST = `
  UPDATE responses SET cost_pico = (
    SELECT max(CAST(json ->> 'cost_pico_usd' AS INTEGER)) FROM records WHERE message_id = ?1 AND type = 'assistant'
  ) WHERE message_id = ?1
`;

function writerOn(
  database: Database,
  dryRun: boolean,
): (seq: number, revised: NonNullable<ReturnType<Revise>>) => void {
  if (dryRun) return () => {};
  const update = database.prepare('UPDATE records SET json = ? WHERE seq = ?');
  const cost = database.prepare(COST);
  const unsettle = database.prepare(UNSETTLE);
  return (seq, { json, messageId }) => {
    update.run(json, seq);
    if (messageId === undefined) return;
    cost.run(messageId);
    unsettle.run();
  };
}
