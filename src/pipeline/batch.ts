/** batch: records in order, cut by count and bytes, each batch with the cursors it completes. */
import type { Batch, Limits } from '../destinations/destination.ts';
import type { MessageRecord } from '../fields/index.ts';
import { sha256 } from '../lib/hash.ts';
import { cursorAfter } from '../state/anchors.ts';
import type { Context, Cursor, Entry, OpenedTranscript } from '../types.ts';

/** Where a record came from, and the context behind it: what its cursor is made of. */
export interface Origin {
  file: OpenedTranscript;
  entry: Entry;
  context: Context;
}

export interface Batcher {
  /** Takes a record; answers the batch before it where the record does not fit in any more. */
  add(record: MessageRecord, origin: Origin): Batch | undefined;
  /** What is left, if anything. */
  rest(): Batch | undefined;
}

/** Cuts batches for one destination. A record larger than the byte limit travels alone. */
export function batcher(destination: string, limits: Limits): Batcher {
  let records: MessageRecord[] = [];
  let json: string[] = [];
  let bytes = 0;
  let last = new Map<string, Origin>();

  const cut = (): Batch | undefined => {
    if (records.length === 0) return undefined;
    const batch = { id: batchId(destination, records), records, json, upTo: cursors(last) };
    records = [];
    json = [];
    bytes = 0;
    last = new Map();
    return batch;
  };

  return {
    add(record, origin) {
      const text = JSON.stringify(record);
      const length = Buffer.byteLength(text);
      const isFull = records.length >= limits.maxRecords || bytes + length > limits.maxBytes;
      const full = isFull ? cut() : undefined;
      records.push(record);
      json.push(text);
      bytes += length;
      last.set(origin.file.transcript.path, origin);
      return full;
    },
    rest: cut,
  };
}

/** The same records for the same destination carry the same id, however often they are sent. */
function batchId(destination: string, records: readonly MessageRecord[]): string {
  return sha256([destination, ...records.map((record) => record.id)].join('\n')).slice(0, 32);
}

function cursors(last: ReadonlyMap<string, Origin>): Map<string, Cursor> {
  return new Map(Array.from(last, ([path, { file, entry, context }]) => [path, cursorAfter(file, entry, context)]));
}
