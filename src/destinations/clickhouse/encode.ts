/** Records as rows of the table, in the format JSONEachRow. */
import type { MessageRecord } from '../../fields/index.ts';
import type { Batch } from '../destination.ts';
import { columnNames, REST, VERSION } from './schema.ts';

type Row = { [column: string]: unknown };

/** A line for each record. `isWhole` puts the whole record beside its columns, for a table that lacks some of them. */
export function encode({ records, json }: Batch, isWhole: boolean): string {
  return records
    .map((record, index) => `${JSON.stringify(rowOf(record, isWhole ? json[index] : undefined))}\n`)
    .join('');
}

function rowOf(record: MessageRecord, whole: string | undefined): Row {
  const row: Row = {};
  const rest: Row = {};
  let hasRest = false;
  for (const [name, value] of Object.entries(record)) {
    if (value === undefined) continue;
    if (columnNames.has(name)) row[name] = value;
    else {
      rest[name] = value;
      hasRest = true;
    }
  }
  row[REST] = whole ?? (hasRest ? JSON.stringify(rest) : undefined);
  row[VERSION] = versionOf(record);
  return row;
}

/**
 * The record of a session is renewed under its id as time goes on. A line that a fork has copied comes under the id of
 * the original, and must never take its place: there it adds nothing to tokens and cost.
 */
function versionOf({ is_replay, timestamp }: MessageRecord): number {
  return is_replay === true || timestamp === undefined ? 0 : Date.parse(timestamp);
}
