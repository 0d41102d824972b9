/** Records as the rows that Anosys takes: flat, a column for each thing it knows, and the whole record in one of them. */
import type { MessageRecord } from '../../fields/index.ts';
import type { Batch } from '../destination.ts';
import { anosysColumns, legacyColumns } from './columns.ts';

/** The vendor's two schemas: columns with words for names, and the older one of numbered columns. */
export type Schema = 'named' | 'legacy';

type Row = { [column: string]: unknown };
type Fill = (row: Row, record: MessageRecord) => void;

/** Writes a batch as the body of a request: a JSON array. Equal batches give equal texts. */
export function encoder(schema: Schema): (batch: Pick<Batch, 'records' | 'json'>) => string {
  const fills = compile(schema);
  return ({ records, json }) => {
    const times = timesOf(records);
    const rows = records.map((record, index) => {
      const timestamp = times[index];
      const row: Row = timestamp === undefined ? {} : { timestamp };
      for (const fill of fills) fill(row, record);
      row['cvs199'] = json[index];
      return row;
    });
    return JSON.stringify(rows);
  };
}

/** Filled in here, and not by a rule of theirs: they need more than the record. */
const OWN = new Set(['timestamp', 'cvs199']);

function compile(schema: Schema): Fill[] {
  const columns = schema === 'legacy' ? { ...anosysColumns, ...legacyColumns } : anosysColumns;
  return Object.entries(columns).flatMap(([name, { field, value, legacy = name }]) => {
    const column = schema === 'legacy' ? legacy : name;
    const take = value ?? ((record: MessageRecord): unknown => field && record[field]);
    if (OWN.has(name)) return [];
    const fill: Fill = (row, record) => {
      const cell = flat(take(record));
      if (cell !== undefined) row[column] = cell;
    };
    return [fill];
  });
}

/** A column holds a text, a number or a yes or no; what is more than that goes in as JSON. */
function flat(value: unknown): unknown {
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/** Epoch ms. A line that has no time is as old as the line before it, or, at the start, as the first that has one. */
function timesOf(records: readonly MessageRecord[]): readonly (number | undefined)[] {
  const times = records.map(({ timestamp }) => (timestamp === undefined ? undefined : Date.parse(timestamp)));
  let last = times.find((time) => time !== undefined);
  return times.map((time) => (last = time ?? last));
}
