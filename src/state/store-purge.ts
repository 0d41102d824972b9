/** Taking records out of the embedded store for good: from every table, and from the bytes of its file. */
import { asNumber, isObject } from '../lib/json.ts';
import { openDatabase, transaction, type Database } from './sqlite.ts';
import { conditionOf, type RecordFilter } from './store-filter.ts';
import { openResponses, type ResponseWriter } from './store-responses.ts';
import { UNSETTLE } from './store-unreconciled.ts';

export interface Purged {
  records: number;
  /** False where another process reads the store at this moment: its log still holds what it may read. */
  isErased: boolean;
}

/** How many records pass the filter. */
export function countRecords(path: string, filter: RecordFilter): number {
  const database = openDatabase(path);
  try {
    openResponses(database);
    return count(database, filter);
  } finally {
    database.close();
  }
}

/**
 * Removes the records that pass the filter, and what is known by them alone in the other tables: all of it or nothing.
 * Then the file is written anew without the pages that were freed, and the log is emptied: no byte of what was removed
 * stays in either, nor of records that were renewed long ago.
 *
 * The cursors are in the journal, and stay: what was removed is not read from the transcripts again. Throws the driver's
 * error; where that is a full disk after the removal, the records are gone, and only the file is as long as before.
 */
export function purgeRecords(path: string, filter: RecordFilter): Purged {
  const database = openDatabase(path);
  try {
    const responses = openResponses(database);
    // Overwrites what is deleted, also where the rewriting below finds no room.
    database.exec('PRAGMA secure_delete = ON');
    const records = remove(database, responses, filter);
    database.exec('VACUUM');
    return { records, isErased: emptyLog(database) };
  } finally {
    database.close();
  }
}

/**
 * Made anew from the records that are left: what one of them adds can hang on another. But for the copies, of which the
 * store keeps no record: those of the sessions and responses that are left stay.
 */
const FORGET = `
  DELETE FROM responses;
  DELETE FROM cost_signs;
  DELETE FROM client_totals;
  UPDATE responses_upto SET seq = 0;
`;
const FORGET_COPIES = `
  DELETE FROM response_copies WHERE message_id NOT IN (SELECT message_id FROM responses)
    OR session_id NOT IN (SELECT session_id FROM records WHERE session_id IS NOT NULL)
`;

function remove(database: Database, responses: ResponseWriter, filter: RecordFilter): number {
  const { sql, values } = conditionOf(filter);
  let records = 0;
  transaction(database, () => {
    records = count(database, filter);
    if (records === 0) return;
    database.prepare(`DELETE FROM records WHERE ${sql}`).run(...values);
    database.exec(FORGET);
    responses.catchUp();
    database.exec(FORGET_COPIES);
    // The numbers of the newest records will be given again.
    database.exec(UNSETTLE);
  });
  return records;
}

function count(database: Database, filter: RecordFilter): number {
  const { sql, values } = conditionOf(filter);
  const [row] = database.prepare(`SELECT count(*) AS records FROM records WHERE ${sql}`).all(...values);
  return (isObject(row) ? asNumber(row['records']) : undefined) ?? 0;
}

/** Answers whether that was possible: readers keep the log. */
function emptyLog(database: Database): boolean {
  const [row] = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
  return isObject(row) && row['busy'] === 0;
}
