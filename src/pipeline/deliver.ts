/** deliver: a batch to its destination; what is refused for good is narrowed down to the records at fault. */
import type { Batch, Delivery, Destination, Dropped } from '../destinations/destination.ts';
import type { MessageRecord } from '../fields/index.ts';
import { sha256 } from '../lib/hash.ts';

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
  /** A conflict is the same batch still being worked on, unless it has been one for several tries: then a refusal. */
  isPatient?: boolean;
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
 */
export async function deliver(
  batch: Batch,
  destination: Destination,
  { signal, hasTakenBefore, isPatient = true }: Delivering,
): Promise<Outcome> {
  const outcome: Outcome & { refused: Refusal[] } = { settled: 0, refused: [] };
  const ranges: Range[] = [{ from: 0, to: batch.records.length }];
  let hasTaken = hasTakenBefore;
  for (let requests = 0; requests < MAX_REQUESTS; requests += 1) {
    const range = ranges.shift();
    if (range === undefined) break;
    const { delivery, tooLarge } = await deliverRange(batch, range, destination, signal);
    if (tooLarge !== undefined) outcome.tooLarge = Math.min(tooLarge, outcome.tooLarge ?? Infinity);
    const isConflict = delivery.kind === 'retry' && delivery.conflict && !isPatient;
    if ((delivery.kind === 'retry' && !isConflict) || delivery.kind === 'hold') {
      outcome.pause = delivery;
      break;
    }
    if (delivery.kind === 'delivered') {
      hasTaken = true;
      if (delivery.dropped !== undefined) outcome.dropped = sumOf(outcome.dropped, delivery.dropped);
    } else if (range.to - range.from > 1) {
      ranges.unshift(...halves(range));
      continue;
    } else {
      const { reason } = delivery;
      outcome.refused.push(...batch.records.slice(range.from, range.to).map((record) => ({ record, reason })));
    }
    outcome.settled = range.to;
  }
  return hasTaken ? outcome : withNothingGivenUp(outcome);
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
