/** deliver: a batch to its destination; what is refused for good is narrowed down to the records at fault. */
import type { Batch, Delivery, Destination, Dropped } from '../destinations/destination.ts';
import type { MessageRecord } from '../fields/index.ts';
import { sha256 } from '../lib/hash.ts';
import type { Streak } from '../lib/patience.ts';

/** A record that the destination will never take, and why. */
export interface Refusal {
  record: MessageRecord;
  reason: string;
}

/** Why what was not settled has to wait. */
export type Pause = Extract<Delivery, { kind: 'retry' | 'hold' }>;

export interface Outcome {
  /** How many of the batch's first records are settled: taken over by the destination, or refused for good. */
  settled: number;
  refused: readonly Refusal[];
  /** What a server left out of what it took, where it says so. */
  dropped?: Dropped;
  /** Undefined where all is settled, or where this was enough for once. */
  pause?: Pause;
  /** Bytes of JSON of the smallest batch that was too large, where one was. */
  tooLarge?: number;
}

export interface Delivering {
  signal: AbortSignal;
  /** Whether the destination has taken anything before: else a refusal rather speaks of its address or its format. */
  hasTakenBefore: boolean;
  /** The failures that have gone on for too long: one more with the same doubt rather speaks of the records. */
  overdue?: Streak | undefined;
}

interface Range {
  from: number;
  to: number;
}

/** A batch with this many requests behind it is left; what is settled of it is committed. */
const MAX_REQUESTS = 33;

/**
 * Delivers a batch. A rejected one is halved until the refused records stand alone, so that one bad record takes no
 * other with it. Where a destination has never taken anything and refuses all that it is sent, the fault is more likely
 * in its address or its format than in every record: then nothing is given up.
 *
 * A failure that is overdue counts as a rejection, once the destination is seen to take others. Until then, the batch is
 * narrowed down to one record, and whatever else fails is put off beside it; as soon as something is taken, what was put
 * off is tried again, and only what fails even then is given up. So a server that fails over everything costs no record,
 * nor does one that is mended meanwhile.
 */
export async function deliver(
  batch: Batch,
  destination: Destination,
  { signal, hasTakenBefore, overdue }: Delivering,
): Promise<Outcome> {
  const outcome: Outcome & { refused: Refusal[] } = { settled: 0, refused: [] };
  const left: Range[] = [{ from: 0, to: batch.records.length }];
  const putOff: Range[] = [];
  let hasTakenNow = false;
  for (let requests = 0; requests < MAX_REQUESTS; requests += 1) {
    const range = left.shift();
    if (range === undefined) break;
    const { delivery, tooLarge } = await deliverRange(batch, range, destination, signal);
    if (tooLarge !== undefined) outcome.tooLarge = Math.min(tooLarge, outcome.tooLarge ?? Infinity);
    const answer = judged(delivery, overdue, hasTakenNow);
    if (answer.kind === 'delivered') {
      hasTakenNow = true;
      if (answer.dropped !== undefined) outcome.dropped = sumOf(outcome.dropped, answer.dropped);
      delete outcome.pause;
      left.unshift(...putOff.splice(0));
    } else if (answer.kind === 'retry' || answer.kind === 'hold') {
      outcome.pause = answer;
      left.unshift(range);
      break;
    } else if (answer.kind === 'doubtful' && (isSmallest(range) || putOff.length > 0)) {
      outcome.pause = answer.pause;
      putOff.push(range);
    } else if (isSmallest(range)) {
      const { reason } = answer;
      outcome.refused.push(...batch.records.slice(range.from, range.to).map((record) => ({ record, reason })));
    } else {
      left.unshift(...halves(range));
    }
  }
  outcome.settled = Math.min(batch.records.length, ...[...putOff, ...left].map(({ from }) => from));
  return hasTakenBefore || hasTakenNow ? outcome : withNothingGivenUp(outcome);
}

/** An overdue failure of a destination that is not known to take others. */
interface Doubtful {
  kind: 'doubtful';
  reason: string;
  pause: Pause;
}

/** What an answer means after the failures so far. */
function judged(delivery: Delivery, overdue: Streak | undefined, hasTakenNow: boolean): Delivery | Doubtful {
  if (delivery.kind !== 'retry' || overdue === undefined || delivery.doubt !== overdue.of) return delivery;
  const { reason, takesOthers = hasTakenNow } = delivery;
  if (!takesOthers) return { kind: 'doubtful', reason, pause: delivery };
  const since = new Date(overdue.since).toISOString();
  const words = `failed ${overdue.failures + 1} times since ${since}, while others were taken`;
  return { kind: 'rejected', reason: `${reason} (${words})` };
}

function isSmallest({ from, to }: Range): boolean {
  return to - from <= 1;
}

function sumOf(before: Dropped | undefined, { count, reason }: Dropped): Dropped {
  return { count: (before?.count ?? 0) + count, reason };
}

function withNothingGivenUp({ refused, ...outcome }: Outcome): Outcome {
  const [first] = refused;
  if (first === undefined) return { ...outcome, refused };
  const pause: Pause = { kind: 'hold', reason: `every record was refused: ${first.reason}` };
  return { pause, ...outcome, settled: 0, refused: [] };
}

function halves({ from, to }: Range): Range[] {
  const middle = Math.ceil((from + to) / 2);
  return [
    { from, to: middle },
    { from: middle, to },
  ];
}

/** One request; a second one where a record alone is too large: its figures are worth more than its longest texts. */
async function deliverRange(batch: Batch, range: Range, destination: Destination, signal: AbortSignal) {
  const part = partOf(batch, range);
  const delivery = await destination.deliver(part, signal);
  if (delivery.kind !== 'rejected' || !delivery.tooLarge) return { delivery };
  const tooLarge = part.json.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (part.records.length > 1) return { delivery, tooLarge };
  return { delivery: await destination.deliver(shortened(part), signal), tooLarge };
}

/** The batch itself, or a part with an id of its own that completes no cursor. */
function partOf(batch: Batch, { from, to }: Range): Batch {
  if (from === 0 && to === batch.records.length) return batch;
  return {
    id: sha256(`${batch.id} ${from} ${to}`).slice(0, 32),
    records: batch.records.slice(from, to),
    json: batch.json.slice(from, to),
    upTo: new Map(),
  };
}

const LONGEST_TEXT = 2_000;
const MOST_ITEMS = 100;

function shortened({ id, records }: Batch): Batch {
  const short = records.map((record) => ({ ...record, ...shortTexts(record), is_shortened: true }));
  const json = short.map((record) => JSON.stringify(record));
  return { id: sha256(`${id} shortened`).slice(0, 32), records: short, json, upTo: new Map() };
}

/** The texts and lists of a record that are too long, cut. */
function shortTexts(record: MessageRecord): object {
  const cut = (text: unknown): unknown =>
    typeof text === 'string' && text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT).toWellFormed() : text;
  const entries = Object.entries(record).map(([name, value]): [string, unknown] => [
    name,
    Array.isArray(value) ? value.slice(0, MOST_ITEMS).map(cut) : cut(value),
  ]);
  return Object.fromEntries(entries);
}
