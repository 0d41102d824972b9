/** The lines behind a cursor as records, as one destination gets them: read → map → price → redact. */
import type { Context, Turn } from './context.ts';
import { isSettled, openTurn, SILENCE_MS, type Capture, type MessageRecord } from './fields/index.ts';
import { asString } from './lib/json.ts';
import type { Origin } from './pipeline/batch.ts';
import { map } from './pipeline/map.ts';
import { priceMapped } from './pipeline/price.ts';
import { read } from './pipeline/read.ts';
import type { PriceTable } from './pricing/table.ts';
import type { LineFacts } from './privacy/exclusion.ts';
import type { Redact } from './redaction.ts';
import type { Quarantine, QuarantinedRange } from './state/quarantine.ts';
import type { Checkpoint, Cursor, Entry, Transcript } from './types.ts';
import { within, type Window } from './window.ts';

/** What lines are made into records with. */
export interface Mapping {
  /** Lines from before or after it are passed over. */
  window: (transcript: Transcript) => Window;
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
}

/** A line's records, and where it stood; none where the line is not for this destination. */
export interface MappedLine {
  records: readonly MessageRecord[];
  origin: Origin;
}

/** `lines`: those behind the cursor · `silence`: the one behind the last line, which ends a turn that nothing else has. */
export type Sought = 'lines' | 'silence';

/** A transcript that has not been written to for as long is not in the middle of a line. */
const IDLE_MS = 600_000;

/** Few, since their records are large and nobody needs them for long. */
const LINES_AT_ONCE = 16;

/** What is sought behind the cursor, a piece of the file at a time. */
export async function* mappedLines(
  transcript: Transcript,
  cursor: Cursor | undefined,
  sought: Sought,
  { window, quarantine, isExcluded, isWanted, capture, prices, redaction, now }: Mapping,
): AsyncGenerator<MappedLine[]> {
  const isWithin = within(window(transcript));
  const idleSince = now().getTime() - IDLE_MS;
  const silentSince = sought === 'silence' ? silentBefore(now()) : undefined;
  let resume: Checkpoint | undefined;
  let context: Context | undefined;
  let told: Told | undefined;
  let redact: Redact | undefined;
  for await (const { file, entries } of read(transcript, cursor, { idleSince, silentSince })) {
    const placed = placing(entries);
    let lines: MappedLine[] = [];
    for (const entry of entries) {
      const before = context ?? file.from.context;
      const mapped = priceMapped(map(entry, file, before, capture()), prices());
      ({ context } = mapped);
      if (isSettled(context) && !entry.continues) resume = { offset: entry.end, context };
      // Delivered before: read once more only for what the next lines need to know of it.
      if (!entry.silent && entry.end <= file.deliveredTo) continue;
      // What has come meanwhile, or in the place of what was delivered, is to be delivered first.
      if (!entry.silent && sought === 'silence') return;
      told ??= { turn: cursor === undefined || cursor.open ? undefined : openTurn(before) };
      const { ended, records, abandoned } = mapped;
      const ofDestination = (some: readonly MessageRecord[], timestamp: string | undefined) =>
        isWithin(timestamp, entries) && !isExcluded(placed(some)) ? some : [];
      // A turn that is over has a time and a place of its own.
      const newlyEnded = abandoned?.turn === told.turn ? [] : ofDestination(ended, abandoned?.endedAt);
      const chosen = [...newlyEnded, ...ofDestination(records, context.last.timestamp)].filter(isWanted);
      if (entry.unparseable && !isExcluded(placed(records))) quarantine.keep(damagedRange(transcript, entry, now()));
      if (chosen.length > 0) redact ??= await redaction();
      lines.push({
        records: redact === undefined ? [] : chosen.map(redact),
        origin: { file, entry, resume: resume ?? file.from, isOpen: isOpen(context, told) },
      });
      if (lines.length < LINES_AT_ONCE) continue;
      yield lines;
      lines = [];
    }
    if (lines.length > 0) yield lines;
  }
}

/** The turn that was open behind the cursor, where a silence has ended it and been delivered. */
interface Told {
  turn: Turn | undefined;
}

function isOpen(context: Context, told: Told): boolean {
  const turn = openTurn(context);
  return turn !== undefined && turn !== told.turn;
}

/**
 * Of a transcript that was last written to before then, an open turn is over. Epoch ms. A little earlier than the times
 * of the lines say, since a line is written after the time that it names, and clocks are set right.
 */
export function silentBefore(now: Date): number {
  return now.getTime() - SILENCE_MS - LATE_MS;
}

const LATE_MS = 300_000;

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

function damagedRange({ path }: Transcript, { start, end, hash }: Entry, now: Date): QuarantinedRange {
  return { file: path, start, end, sha256: hash ?? '', reason: 'no JSON object', at: now.toISOString() };
}
