/** Rests: after a failure, a destination is left alone for a while. */
import type { ConfiguredDestination } from './config.ts';
import { backoffMs, HOLD_MS } from './lib/backoff.ts';
import { sha256 } from './lib/hash.ts';
import { isOverdue, streakAfter, type Streak } from './lib/patience.ts';
import type { Machine } from './machine.ts';
import type { Pause } from './pipeline/deliver.ts';
import type { Rest } from './state/facts.ts';
import type { Journal } from './state/journal.ts';

/** A destination that may fail, and what the journal calls it. */
export interface Fallible {
  name: string;
  configured: ConfiguredDestination;
  journal: Journal;
  machine: Machine;
}

/** No rest is longer: neither a hold nor what a server may ask for. */
const MAX_REST_MS = 3_600_000;

/**
 * Whether a rest holds now. Not one of another configuration: who has put in a new key wants it tried. Nor one that
 * lies further ahead than any could: a clock was set back.
 */
export function isInForce(rest: Rest, configured: ConfiguredDestination, now: Date): boolean {
  const ahead = rest.until - now.getTime();
  return ahead > 0 && ahead <= MAX_REST_MS && (rest.of === undefined || rest.of === markOf(configured));
}

/** The failures so far that the batch itself may be the cause of; those of another configuration say nothing of this one. */
export function streakOf({ name, configured, journal }: Fallible): Streak | undefined {
  const rest = journal.rest(name);
  return rest?.streak !== undefined && rest.of === markOf(configured) ? rest.streak : undefined;
}

/** The same, where they have gone on for too long. */
export function overdueOf(one: Fallible): Streak | undefined {
  const streak = streakOf(one);
  return streak && isOverdue(streak, one.machine.now().getTime()) ? streak : undefined;
}

/** The rest after one more failure. `streak`: that of the batch so far; what fails for another reason leaves it as it is. */
export function restAfter(
  pause: Pause,
  streak: Streak | undefined,
  { name, configured, journal, machine }: Fallible,
): Rest {
  const { random, backoffScale } = machine;
  const now = machine.now().getTime();
  const failures = (journal.rest(name)?.failures ?? 0) + 1;
  const wait =
    pause.kind === 'hold'
      ? HOLD_MS * backoffScale
      : backoffMs({ failures, afterMs: pause.afterMs, random: random(), scale: backoffScale });
  const doubt = pause.kind === 'retry' ? pause.doubt : undefined;
  const next = doubt === undefined ? streak : streakAfter(streak, doubt, now);
  return { until: now + wait, failures, reason: pause.reason, of: markOf(configured), ...(next && { streak: next }) };
}

function markOf({ kind, options }: ConfiguredDestination): string {
  return sha256(JSON.stringify([kind, options])).slice(0, 8);
}
