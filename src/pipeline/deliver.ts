/** deliver: a batch to its destination; what is refused for good is narrowed down to the records at fault. */
import type { Batch, Destination } from '../destinations/destination.ts';
import type { MessageRecord } from '../fields/index.ts';
import { sha256 } from '../lib/hash.ts';

/** A record that the destination will never take, and why. */
export interface Refusal {
  record: MessageRecord;
  reason: string;
}

/** `delivered`: every record of the batch is there, but for those refused. `retry`: come back later, all of it. */
export type Outcome =
  { kind: 'delivered'; refused: readonly Refusal[] } | { kind: 'retry'; reason: string; afterMs?: number };

/**
 * Delivers a batch. A rejected one is halved until the refused records stand alone, so that one bad record takes no
 * other with it. Where a destination refuses every single record of a batch, the fault is more likely in the address
 * or the format than in all of them: then nothing is given up, and it is tried again later.
 */
export async function deliver(batch: Batch, destination: Destination, signal: AbortSignal): Promise<Outcome> {
  const outcome = await deliverOrHalve(batch, destination, signal);
  if (outcome.kind === 'retry' || batch.records.length === 1) return outcome;
  const [first] = outcome.refused;
  if (first === undefined || outcome.refused.length < batch.records.length) return outcome;
  return { kind: 'retry', reason: `every record was refused: ${first.reason}` };
}

async function deliverOrHalve(batch: Batch, destination: Destination, signal: AbortSignal): Promise<Outcome> {
  const delivery = await destination.deliver(batch, signal);
  if (delivery.kind === 'delivered') return { kind: 'delivered', refused: [] };
  if (delivery.kind === 'retry') return delivery;
  const [only, ...others] = batch.records;
  if (only === undefined || others.length === 0) {
    return { kind: 'delivered', refused: only === undefined ? [] : [{ record: only, reason: delivery.reason }] };
  }
  const refused: Refusal[] = [];
  for (const half of halves(batch)) {
    const outcome = await deliverOrHalve(half, destination, signal);
    if (outcome.kind === 'retry') return outcome;
    refused.push(...outcome.refused);
  }
  return { kind: 'delivered', refused };
}

/** Two batches with ids of their own; neither completes a cursor, only the whole batch does. */
function halves({ id, records, json }: Batch): Batch[] {
  const middle = Math.ceil(records.length / 2);
  return [
    [0, middle],
    [middle, records.length],
  ].map(([from, to]) => ({
    id: sha256(`${id} ${from} ${to}`).slice(0, 32),
    records: records.slice(from, to),
    json: json.slice(from, to),
    upTo: new Map(),
  }));
}
