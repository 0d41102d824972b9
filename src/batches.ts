/** The first half of the line, for one destination: what is to be delivered, in batches. */
import type { Limits } from './destinations/destination.ts';
import { mappedLines, silentBefore, type Mapping, type MappedLine, type Sought } from './mapped.ts';
import { batcher, type Batcher, type CutBatch } from './pipeline/batch.ts';
import { stillHolds } from './pipeline/read.ts';
import { isUnchanged } from './state/anchors.ts';
import type { Intent } from './state/facts.ts';
import type { JournalView } from './state/journal.ts';
import type { Cursor, Transcript } from './types.ts';
import { isOlder } from './window.ts';

/** What a destination's batches are made of, and with. */
export interface Making extends Mapping {
  /** What the journal calls the destination. */
  name: string;
  /** Newest first. */
  transcripts: readonly Transcript[];
  journal: JournalView;
  /** Compares each cursor with its file, too, where size and time say that nothing has changed. */
  verifies: boolean;
  /** Called before each transcript, with its position. */
  onTranscript?: (index: number) => void;
}

type AskLimits = () => Promise<Limits>;
type Batches = AsyncGenerator<CutBatch, undefined>;

/** Everything behind the cursors, in batches. The limits are asked for when there is something to cut. */
export async function* newBatches(making: Making, limits: AskLimits): Batches {
  const { name, transcripts, window, journal, onTranscript } = making;
  const cutting = cutInto(name, limits);
  for (const [index, transcript] of transcripts.entries()) {
    onTranscript?.(index);
    const cursor = journal.cursor(name, transcript.path);
    if (cursor === undefined && isOlder(transcript, window(transcript))) continue;
    if (cursor !== undefined && (await isDone(transcript, cursor, making))) continue;
    for await (const lines of mappedLines(transcript, cursor, 'lines', making)) yield* cutting.add(lines);
  }
  yield* cutting.rest();
}

/**
 * The ends of turns that no line has ended, of the transcripts that have been delivered and silent for long. In batches
 * of their own: their bytes are none, so that a batch of lines would not be made again the same.
 */
export async function* silenceBatches(making: Making, limits: AskLimits): Batches {
  const { name, transcripts, journal, now } = making;
  const cutting = cutInto(name, limits);
  const before = silentBefore(now());
  for (const transcript of transcripts.filter(({ mtimeMs }) => mtimeMs < before)) {
    const cursor = journal.cursor(name, transcript.path);
    if (!cursor?.open) continue;
    for await (const lines of mappedLines(transcript, cursor, 'silence', making)) yield* cutting.add(lines);
  }
  yield* cutting.rest();
}

/**
 * The batch of an intent, made again from the same bytes: it goes out as it was, under the same id. Undefined where
 * those bytes, or the way they are mapped, are not what they were; then their records come in other batches.
 */
export async function sameBatch({ id, parts }: Intent, making: Making): Promise<CutBatch | undefined> {
  const { name, journal, transcripts } = making;
  const batches = batcher(name, { maxRecords: Infinity, maxBytes: Infinity });
  for (const { path, from, to } of parts) {
    const transcript = transcripts.find((one) => one.path === path);
    if (transcript === undefined) return undefined;
    // A silence has no bytes, and stands before the newline that a last line lacks.
    const sought: Sought = from < to ? 'lines' : 'silence';
    for await (const lines of mappedLines(transcript, journal.cursor(name, path), sought, making)) {
      if (lines.some(({ origin }) => origin.file.deliveredTo !== from)) return undefined;
      const again = lines.filter(({ origin }) => origin.entry.end <= to);
      for (const { records, origin } of again) batches.add(records, origin);
      if (again.length < lines.length) break;
    }
  }
  const batch = batches.rest();
  return batch?.id === id ? batch : undefined;
}

/** Cuts batches as lines come, and asks for the limits at the first one. */
function cutInto(name: string, limits: AskLimits) {
  let batches: Batcher | undefined;
  return {
    async *add(lines: readonly MappedLine[]): Batches {
      batches ??= batcher(name, await limits());
      for (const { records, origin } of lines) {
        const full = batches.add(records, origin);
        if (full !== undefined) yield full;
      }
    },
    *rest(): Generator<CutBatch, undefined> {
      const last = batches?.rest();
      if (last !== undefined) yield last;
    },
  };
}

async function isDone(transcript: Transcript, cursor: Cursor, { verifies }: Making): Promise<boolean> {
  return isUnchanged(cursor, transcript) && (!verifies || (await stillHolds(transcript, cursor)));
}
