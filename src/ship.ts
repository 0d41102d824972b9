/** The second half of the line, for one destination: deliver → commit. */
import { newBatches, sameBatch, silenceBatches, type Making } from './batches.ts';
import type { Destination, Dropped, Limits } from './destinations/destination.ts';
import type { CutBatch } from './pipeline/batch.ts';
import { commit, type Ledger } from './pipeline/commit.ts';
import { deliver } from './pipeline/deliver.ts';
import { overdueOf, restAfter, streakOf, type Fallible } from './rests.ts';
import type { Capacity, Intent } from './state/facts.ts';
import type { Journal } from './state/journal.ts';
import type { Owners } from './state/owners.ts';

/** What one destination is brought up to date with. */
export interface Shipment extends Making, Fallible {
  journal: Journal;
  owners: Owners;
  /** Opens the destination at the first call. */
  open: () => Promise<Destination>;
  signal: AbortSignal;
  /** Whether to leave after the batch at hand. */
  isOutdated: () => boolean;
  /** `loss`: what was left out of what was delivered, and why. */
  onDelivered: (counts: { delivered: number; refused: number; loss?: string | undefined }) => void;
}

/** `current`: nothing is left · `outdated`: it left early · `resting`: the destination has to be left alone. */
export type Arrival = { state: 'current' | 'outdated' } | { state: 'resting'; reason: string; until: number };

const CURRENT: Arrival = { state: 'current' };

/**
 * Delivers all that is new, and behind it the ends of turns that nothing else has ended. First the batch that was sent
 * last, where nobody knows whether it arrived. Then the next batch is made while the last one is on its way; only one
 * is, and cursors move behind that one alone. Throws where the disk refuses or on a bug: then nothing was committed that
 * did not arrive.
 */
export async function ship(shipment: Shipment): Promise<Arrival> {
  const { name, journal } = shipment;
  const intent = journal.intent(name);
  const unsettled = intent && overdueOf(shipment) === undefined ? await sameBatch(intent, shipment) : undefined;
  const first = unsettled === undefined ? CURRENT : await send(unsettled, shipment);
  const onward = intent && unsettled === undefined ? beginningWith(intent, shipment) : shipment;
  const lines = first.state === 'current' ? await shipAll(newBatches, onward) : first;
  const arrival = lines.state === 'current' ? await shipAll(silenceBatches, shipment) : lines;
  const isFirstTime = journal.verifiedAt(name) === undefined;
  if (arrival.state === 'current' && (shipment.verifies || isFirstTime)) journal.setVerified(name, shipment.now());
  return arrival;
}

/**
 * What was in the batch that was sent last comes first again, so that no other one ends its failures by arriving. Once
 * they are overdue, it is cut anew with what has come since: a record that is alone in its batch needs others beside it,
 * which show that it is the one at fault.
 */
function beginningWith({ parts }: Intent, shipment: Shipment): Shipment {
  const paths = new Set(parts.map(({ path }) => path));
  const sentLast = shipment.transcripts.filter(({ path }) => paths.has(path));
  return { ...shipment, transcripts: [...sentLast, ...shipment.transcripts.filter(({ path }) => !paths.has(path))] };
}

async function shipAll(batches: typeof newBatches, shipment: Shipment): Promise<Arrival> {
  let onItsWay: Promise<Arrival> = Promise.resolve(CURRENT);
  try {
    for await (const batch of batches(shipment, () => limitsOf(shipment))) {
      const arrival = await onItsWay;
      if (arrival.state !== 'current') return arrival;
      onItsWay = send(batch, shipment);
      // Waited for below; until then its failure must not count as one that nobody handles.
      onItsWay.catch(() => undefined);
    }
  } catch (error) {
    await onItsWay;
    throw error;
  }
  return onItsWay;
}

/** Delivers one batch, and commits what is settled of it. */
async function send(batch: CutBatch, shipment: Shipment): Promise<Arrival> {
  const { name, configured, journal, owners, machine, open, signal, isOutdated, onDelivered } = shipment;
  const { deadLetters, now } = machine;
  const { id, records, parts } = batch;
  const ledger = (): Ledger => ({ name, destination: configured.name, journal, deadLetters, now: now() });
  if (records.length === 0) {
    commit(batch, { settled: 0, refused: [] }, ledger());
    return CURRENT;
  }
  // What cannot be noted is not sent: a full disk must not turn into the same batch sent at every fire.
  journal.intend(name, { id, records: records.length, parts });
  const hasTakenBefore = (journal.tally(name)?.records ?? 0) > 0;
  const [before, streak, overdue] = [journal.rest(name), streakOf(shipment), overdueOf(shipment)];
  const outcome = await deliver(batch, await open(), { signal, hasTakenBefore, overdue });
  if (outcome.settled > 0) {
    owners.keep();
    onDelivered({ ...commit(batch, outcome, ledger()), loss: lossWords(outcome.dropped) });
  }
  if (outcome.tooLarge !== undefined) journal.setCapacity(name, capacityAfter(outcome.tooLarge, now()));
  if (outcome.pause !== undefined) {
    const rest = restAfter(outcome.pause, streak, shipment);
    journal.setRest(name, rest);
    return { state: 'resting', reason: rest.reason, until: rest.until };
  }
  const isLeft = outcome.settled < records.length;
  // What is left of it has failed for as long, and goes on at once.
  if (isLeft && before && overdue) journal.setRest(name, { ...before, until: now().getTime() });
  // The batches to come were not cut for the size that has just been learned.
  const isOver = isLeft || outcome.tooLarge !== undefined || isOutdated();
  return isOver ? { state: 'outdated' } : CURRENT;
}

function lossWords(dropped: Dropped | undefined): string | undefined {
  return dropped && `of what was delivered, ${dropped.count} were left out: ${dropped.reason}`;
}

/** How long a size that a destination has refused is believed in: servers are reconfigured. */
const CAPACITY_MS = 24 * 3_600_000;
const LEAST_BYTES = 1_024;

function capacityAfter(tooLarge: number, now: Date): Capacity {
  return { maxBytes: Math.max(LEAST_BYTES, Math.floor(tooLarge / 2)), at: now.toISOString() };
}

async function limitsOf({ name, journal, machine, open }: Shipment): Promise<Limits> {
  const { limits } = await open();
  const capacity = journal.capacity(name);
  if (capacity === undefined || machine.now().getTime() - Date.parse(capacity.at) > CAPACITY_MS) return limits;
  return { ...limits, maxBytes: Math.min(limits.maxBytes, capacity.maxBytes) };
}
