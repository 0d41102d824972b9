/** batch: records in order, cut by count and bytes, each batch with the cursors it completes. */
import type { Batch, Limits } from '../destinations/destination.ts';
import type { MessageRecord } from '../fields/index.ts';
import { sha256OfLines } from '../lib/hash.ts';
import { cursorAfter } from '../state/anchors.ts';
import type { Part } from '../state/facts.ts';
import type { Checkpoint, Cursor, Entry, OpenedTranscript } from '../types.ts';

/** The line that records came from, and where the fold is taken up again behind it: what a cursor is made of. */
export interface Origin {
  file: OpenedTranscript;
  entry: Entry;
  resume: Checkpoint;
  /** A turn is open behind the line. */
  isOpen: boolean;
}

/** A batch, and what of the transcripts it stands for. */
export interface CutBatch extends Batch {
  /** The bytes that its lines stand in: read again, they make the same batch. */
  parts: readonly Part[];
  /** The lines whose records are all among the first `settled` ones: how many records, and the cursors behind them. */
  prefix(settled: number): { records: number; upTo: ReadonlyMap<string, Cursor> };
}

export interface Batcher {
  /**
   * Takes the records of one line, which stay together: a cursor stands behind a whole line. A line without any only
   * moves the cursor. Answers the batch before them where they do not fit in any more.
   */
  add(added: readonly MessageRecord[], origin: Origin): CutBatch | undefined;
  /** What is left, if anything. */
  rest(): CutBatch | undefined;
}

/** A line, and how many records of its batch there are up to and with it. */
interface BatchedLine {
  records: number;
  origin: Origin;
}

/** Cuts batches for one destination. The records of one line travel together, alone where they are over a limit. */
export function batcher(destination: string, limits: Limits): Batcher {
  /** How far the batches before have come in each transcript. */
  const reached = new Map<string, number>();
  let records: MessageRecord[] = [];
  let json: string[] = [];
  let bytes = 0;
  let lines: BatchedLine[] = [];

  const cut = (): CutBatch | undefined => {
    if (lines.length === 0) return undefined;
    const batch = batchOf({ id: batchId(destination, json), records, json }, lines, reached);
    records = [];
    json = [];
    bytes = 0;
    lines = [];
    return batch;
  };

  return {
    add(added, origin) {
      const texts = added.map((record) => JSON.stringify(record));
      const length = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      const isFull = records.length + added.length > limits.maxRecords || bytes + length > limits.maxBytes;
      const full = isFull && records.length > 0 ? cut() : undefined;
      records.push(...added);
      json.push(...texts);
      bytes += length;
      // Of lines without records, only the last of a file says anything.
      if (added.length === 0 && lines.at(-1)?.origin.file === origin.file) lines.pop();
      lines.push({ records: records.length, origin });
      return full;
    },
    rest: cut,
  };
}

function batchOf(
  batch: Pick<Batch, 'id' | 'records' | 'json'>,
  lines: readonly BatchedLine[],
  reached: Map<string, number>,
): CutBatch {
  const prefix: CutBatch['prefix'] = (settled) => {
    const whole = lines.filter(({ records }) => records <= settled);
    return { records: whole.at(-1)?.records ?? 0, upTo: cursors(whole) };
  };
  return { ...batch, upTo: cursors(lines), parts: partsOf(lines, reached), prefix };
}

/** The same records for the same destination carry the same id, however often they are sent; a changed one another. */
function batchId(destination: string, json: readonly string[]): string {
  return sha256OfLines([destination, ...json]).slice(0, 32);
}

/** Behind a part of a damaged line no cursor can stand. */
function cursors(lines: readonly BatchedLine[]): Map<string, Cursor> {
  const last = new Map<string, Origin>();
  for (const { origin } of lines) if (!origin.entry.continues) last.set(origin.file.transcript.path, origin);
  return new Map(
    Array.from(last, ([path, { file, entry, resume, isOpen }]) => [
      path,
      { ...cursorAfter(file, entry, resume), ...(isOpen && { open: true }) },
    ]),
  );
}

function partsOf(lines: readonly BatchedLine[], reached: Map<string, number>): Part[] {
  const ends = new Map(lines.map(({ origin: { file, entry } }) => [file.transcript.path, { file, end: entry.end }]));
  return Array.from(ends, ([path, { file, end }]) => {
    const from = reached.get(path) ?? file.deliveredTo;
    reached.set(path, end);
    return { path, from, to: end };
  });
}
