/** batch: records in order, cut by count and bytes, each batch with the cursors it completes. */
import type { Batch, Limits } from '../destinations/destination.ts';
import type { MessageRecord } from '../fields/index.ts';
import { sha256 } from '../lib/hash.ts';
import { cursorAfter } from '../state/anchors.ts';
import type { Checkpoint, Cursor, Entry, OpenedTranscript } from '../types.ts';

/** The line that records came from, and where the fold is taken up again behind it: what a cursor is made of. */
export interface Origin {
  file: OpenedTranscript;
  entry: Entry;
  resume: Checkpoint;
}

export interface Batcher {
  /**
   * Takes the records of one line, which stay together: a cursor stands behind a whole line. Answers the batch before
   * them where they do not fit in any more.
   */
  add(added: readonly MessageRecord[], origin: Origin): Batch | undefined;
  /** What is left, if anything. */
  rest(): Batch | undefined;
}

/** Cuts batches for one destination. The records of one line travel together, alone where they are over a limit. */
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
    add(added, origin) {
      const texts = added.map((record) => JSON.stringify(record));
      const length = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      const isFull = records.length + added.length > limits.maxRecords || bytes + length > limits.maxBytes;
      const full = isFull ? cut() : undefined;
      records.push(...added);
      json.push(...texts);
      bytes += length;
      // Behind a part of a damaged line no cursor can stand.
      if (!origin.entry.continues) last.set(origin.file.transcript.path, origin);
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
  return new Map(Array.from(last, ([path, { file, entry, resume }]) => [path, cursorAfter(file, entry, resume)]));
}
