/** The first half of the line, for one destination: read → map → price → redact → batch. */
import type { Context } from './context.ts';
import type { Limits } from './destinations/destination.ts';
import { isSettled, type Capture, type MessageRecord } from './fields/index.ts';
import { asString } from './lib/json.ts';
import { batcher, type Batcher, type CutBatch, type Origin } from './pipeline/batch.ts';
import { map, type Mapped } from './pipeline/map.ts';
import { priceMapped } from './pipeline/price.ts';
import { read, stillHolds } from './pipeline/read.ts';
import type { PriceTable } from './pricing/table.ts';
import type { LineFacts } from './privacy/exclusion.ts';
import type { Redact } from './redaction.ts';
import { isUnchanged } from './state/anchors.ts';
import type { Intent } from './state/facts.ts';
import type { JournalView } from './state/journal.ts';
import type { Quarantine, QuarantinedRange } from './state/quarantine.ts';
import type { Checkpoint, Cursor, Entry, Transcript } from './types.ts';
import { isOlder, within, type Window } from './window.ts';

/** What a destination's batches are made of, and with. */
export interface Making {
  /** What the journal calls the destination. */
  name: string;
  /** Newest first. */
  transcripts: readonly Transcript[];
  /** Lines from before or after it are passed over. */
  window: (transcript: Transcript) => Window;
  journal: JournalView;
  quarantine: Quarantine;
  capture: () => Capture;
  prices: () => PriceTable;
  /** Asked for when there is something to redact. */
  redaction: () => Promise<Redact>;
  /** Whether nothing of a line may be stored or sent. */
  isExcluded: (line: LineFacts) => boolean;
  /** Whether the destination gets records like this one. */
  isWanted: (record: MessageRecord) => boolean;
  now: () => Date;
  /** Compares each cursor with its file, too, where size and time say that nothing has changed. */
  verifies: boolean;
  /** Called before each transcript, with its position. */
  onTranscript?: (index: number) => void;
}

/** A line's records, and where it stood; none where the line is not for this destination. */
interface MappedLine {
  records: readonly MessageRecord[];
  origin: Origin;
}

/** Everything behind the cursors, in batches. The limits are asked for when there is something to cut. */
export async function* newBatches(making: Making, limits: () => Promise<Limits>): AsyncGenerator<CutBatch, undefined> {
  const { name, transcripts, window, journal, onTranscript } = making;
  let batches: Batcher | undefined;
  for (const [index, transcript] of transcripts.entries()) {
    onTranscript?.(index);
    const cursor = journal.cursor(name, transcript.path);
    if (cursor === undefined && isOlder(transcript, window(transcript))) continue;
    if (cursor !== undefined && (await isDone(transcript, cursor, making))) continue;
    for await (const lines of mappedLines(transcript, cursor, making)) {
      batches ??= batcher(name, await limits());
      for (const { records, origin } of lines) {
        const full = batches.add(records, origin);
        if (full !== undefined) yield full;
      }
    }
  }
  const last = batches?.rest();
  if (last !== undefined) yield last;
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
    const cursor = journal.cursor(name, path);
    if (transcript === undefined || (cursor?.offset ?? 0) !== from) return undefined;
    for await (const lines of mappedLines(transcript, cursor, making)) {
      const again = lines.filter(({ origin }) => origin.entry.end <= to);
      for (const { records, origin } of again) batches.add(records, origin);
      if (again.length < lines.length) break;
    }
  }
  const batch = batches.rest();
  return batch?.id === id ? batch : undefined;
}

/** A transcript that has not been written to for as long is not in the middle of a line. */
const IDLE_MS = 600_000;

/** Few, since their records are large and nobody needs them for long. */
const LINES_AT_ONCE = 16;

/** The lines behind the cursor, a piece of the file at a time. */
async function* mappedLines(
  transcript: Transcript,
  cursor: Cursor | undefined,
  { window, quarantine, isExcluded, isWanted, capture, prices, redaction, now }: Making,
): AsyncGenerator<MappedLine[]> {
  const isInWindow = within(window(transcript));
  let resume: Checkpoint | undefined;
  let context: Context | undefined;
  const idleSince = now().getTime() - IDLE_MS;
  let wasExcluded = false;
  let redact: Redact | undefined;
  for await (const { file, entries } of read(transcript, cursor, { idleSince })) {
    const placed = placing(entries);
    let lines: MappedLine[] = [];
    for (const entry of entries) {
      const mapped = priceMapped(map(entry, file, context ?? file.from.context, capture()), prices());
      ({ context } = mapped);
      if (isSettled(context) && !entry.continues) resume = { offset: entry.end, context };
      const followsExcluded = wasExcluded;
      wasExcluded = isExcluded(placed(mapped.records));
      const isForDestination = isInWindow(entry, entries) && !wasExcluded;
      // Delivered before: read once more only for what the next lines need to know of it.
      if (entry.end <= file.deliveredTo) continue;
      if (entry.unparseable && !wasExcluded) quarantine.keep(damagedRange(transcript, entry, now()));
      const chosen = isForDestination ? recordsOf(mapped, followsExcluded).filter(isWanted) : [];
      if (chosen.length > 0) redact ??= await redaction();
      lines.push({
        records: redact === undefined ? [] : chosen.map(redact),
        origin: { file, entry, resume: resume ?? file.from },
      });
      if (lines.length < LINES_AT_ONCE) continue;
      yield lines;
      lines = [];
    }
    if (lines.length > 0) yield lines;
  }
}

/** The totals of a turn that this line has ended stand for the lines before it. */
function recordsOf({ records, abandoned }: Mapped, followsExcluded: boolean): readonly MessageRecord[] {
  return followsExcluded && abandoned !== undefined ? records.slice(1) : records;
}

/** Where a line was written. Before the first one that says so, lines are held to be from where that one is. */
function placing(entries: readonly Entry[]): (records: readonly MessageRecord[]) => LineFacts {
  let ahead: LineFacts | undefined;
  return (records) => {
    const record: LineFacts = records.at(-1) ?? {};
    if (record.cwd !== undefined) return record;
    ahead ??= firstPlace(entries);
    const { git_branch = ahead.git_branch, entrypoint = ahead.entrypoint } = record;
    return { project: ahead.cwd ?? record.project, cwd: ahead.cwd, git_branch, entrypoint };
  };
}

function firstPlace(entries: readonly Entry[]): LineFacts {
  const line = entries.find((entry) => asString(entry.line['cwd']) !== undefined)?.line ?? {};
  const cwd = asString(line['cwd']);
  return { cwd, git_branch: asString(line['gitBranch']), entrypoint: asString(line['entrypoint']) };
}

async function isDone(transcript: Transcript, cursor: Cursor, { verifies }: Making): Promise<boolean> {
  return isUnchanged(cursor, transcript) && (!verifies || (await stillHolds(transcript, cursor)));
}

function damagedRange({ path }: Transcript, { start, end, hash }: Entry, now: Date): QuarantinedRange {
  return { file: path, start, end, sha256: hash ?? '', reason: 'no JSON object', at: now.toISOString() };
}
