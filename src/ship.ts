/** The second half of the line, for one destination: deliver → commit. */
import { newBatches, sameBatch, silenceBatches, type Making } from './batches.ts';
import type { ConfiguredDestination } from './config.ts';
import type { Destination, Dropped, Limits } from './destinations/destination.ts';
import { backoffMs, HOLD_MS } from './lib/backoff.ts';
import { sha256 } from './lib/hash.ts';
import { isOverdue, streakAfter, type Streak } from './lib/patience.ts';
import type { Machine } from './machine.ts';
import type { CutBatch } from './pipeline/batch.ts';
import { commit, type Ledger } from './pipeline/commit.ts';
import { deliver, type Pause } from './pipeline/deliver.ts';
import type { Capacity, Intent, Rest } from './state/facts.ts';
import type { Journal } from './state/journal.ts';
import type { Owners } from './state/owners.ts';

/** What one destination is brought up to date with. */
export interface Shipment extends Making {
  configured: ConfiguredDestination;
  journal: Journal;
  owners: Owners;
  machine: Machine;
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
  const unsettled = intent && !isCutAnew(shipment) ? await sameBatch(intent, shipment) : undefined;
  const first = unsettled === undefined ? CURRENT : await send(unsettled, shipment);
  const onward = intent && unsettled === undefined ? beginningWith(intent, shipment) : shipment;
  const lines = first.state === 'current' ? await shipAll(newBatches, onward) : first;
  const arrival = lines.state === 'current' ? await shipAll(silenceBatches, shipment) : lines;
  const isFirstTime = journal.verifiedAt(name) === undefined;
  if (arrival.state === 'current' && (shipment.verifies || isFirstTime)) journal.setVerified(name, shipment.now());
  return arrival;
}

/**
 * A batch whose failures are overdue goes out in turns as it was, and cut anew with what has come since: a record that is
 * alone in its batch needs others beside it, which show that it is the one at fault.
 */
function isCutAnew(shipment: Shipment): boolean {
  const streak = streakOf(shipment);
  return streak !== undefined && isOverdue(streak, shipment.now().getTime()) && streak.failures % 2 === 1;
}

/** Then the first batch begins with what was in the one that was sent last, and nothing else ends its failures. */
function beginningWith({ parts }: Intent, shipment: Shipment): Shipment {
  const paths = new Set(parts.map(({ path }) => path));
  const [first, others] = [true, false].map((isPart) =>
    shipment.transcripts.filter(({ path }) => paths.has(path) === isPart),
  );
  return { ...shipment, transcripts: [...first, ...others] };
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
  const rest = journal.rest(name);
  const streak = streakOf(shipment);
  const overdue = streak && isOverdue(streak, now().getTime()) ? streak : undefined;
  const outcome = await deliver(batch, await open(), { signal, hasTakenBefore, overdue });
  if (outcome.settled > 0) {
    owners.keep();
    onDelivered({ ...commit(batch, outcome, ledger()), loss: lossWords(outcome.dropped) });
  }
  if (outcome.tooLarge !== undefined) journal.setCapacity(name, capacityAfter(outcome.tooLarge, now()));
  if (outcome.pause !== undefined) return layToRest(outcome.pause, streak, shipment);
  const isLeft = outcome.settled < records.length;
  // What is left of it has failed for as long, and goes on at once.
  if (isLeft && rest && overdue) journal.setRest(name, { ...rest, until: now().getTime() });
  // The batches to come were not cut for the size that has just been learned.
  const isOver = isLeft || outcome.tooLarge !== undefined || isOutdated();
  return isOver ? { state: 'outdated' } : CURRENT;
}

function lossWords(dropped: Dropped | undefined): string | undefined {
  return dropped && `of what was delivered, ${dropped.count} were left out: ${dropped.reason}`;
}

/** Failures before a change of the configuration say nothing of what it is now. */
function streakOf({ name, configured, journal }: Shipment): Streak | undefined {
  const rest = journal.rest(name);
  return rest?.of === markOf(configured) ? rest.streak : undefined;
}

/** `before`: the streak of the batch up to now; what fails for another reason leaves it as it is. */
function layToRest(pause: Pause, before: Streak | undefined, shipment: Shipment): Arrival {
  const { name, configured, journal, machine } = shipment;
  const { random, backoffScale } = machine;
  const now = machine.now().getTime();
  const failures = (journal.rest(name)?.failures ?? 0) + 1;
  const wait =
    pause.kind === 'hold'
      ? HOLD_MS * backoffScale
      : backoffMs({ failures, afterMs: pause.afterMs, random: random(), scale: backoffScale });
  const { reason } = pause;
  const until = now + wait;
  const doubt = pause.kind === 'retry' ? pause.doubt : undefined;
  const streak = doubt === undefined ? before : streakAfter(before, doubt, now);
  journal.setRest(name, { until, failures, reason, of: markOf(configured), ...(streak && { streak }) });
  return { state: 'resting', reason, until };
}

/**
 * Whether a rest holds now. Not one of another configuration: who has put in a new key wants it tried. Nor one that
 * lies further ahead than any could: a clock was set back.
 */
export function isInForce(rest: Rest, configured: ConfiguredDestination, now: Date): boolean {
  const ahead = rest.until - now.getTime();
  return ahead > 0 && ahead <= MAX_REST_MS && (rest.of === undefined || rest.of === markOf(configured));
}

/** No rest is longer: neither a hold nor what a server may ask for. */
const MAX_REST_MS = 3_600_000;

function markOf({ kind, options }: ConfiguredDestination): string {
  return sha256(JSON.stringify([kind, options])).slice(0, 8);
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
