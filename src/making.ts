/** What the batches of a destination are made with: what all destinations share, and what is its own. */
import type { Making } from './batches.ts';
import type { Config, ConfiguredDestination } from './config.ts';
import { choiceOf, exclusionOf } from './exclusion.ts';
import type { Machine } from './machine.ts';
import { loadPrices } from './pricing/load.ts';
import { redactionOf } from './redaction.ts';
import type { JournalView } from './state/journal.ts';
import { claimant, openOwners } from './state/owners.ts';
import { openQuarantine } from './state/quarantine.ts';
import type { Transcript } from './types.ts';
import type { Window } from './window.ts';

export interface MakingOptions {
  config: Config;
  machine: Machine;
  journal: JournalView;
  /**
   * Delivers what lies before each destination's `since`, back to this moment, in the place of what is new: with
   * cursors of its own (`backfillName`). Epoch ms.
   */
  backTo?: number | undefined;
}

export type Shared = ReturnType<typeof sharedParts>;

/** What all destinations share. The machine and the prices are looked up when there is a line to map, and once. */
export function sharedParts(transcripts: readonly Transcript[], { machine, config }: MakingOptions) {
  return {
    transcripts,
    quarantine: openQuarantine(machine.quarantine),
    owners: openOwners(machine.owners),
    isExcluded: exclusionOf(config, machine),
    capture: once(() => machine.capture(config)),
    prices: once(() => loadPrices(machine.pricing).table),
  };
}

/** What the journal calls the delivery of what lies before a destination's `since`. */
export function backfillName({ name }: ConfiguredDestination): string {
  return `${name} (backfill)`;
}

/** Throws a UserError where the destination's level of redaction is none that there is. */
export function makingOf(configured: ConfiguredDestination, shared: Shared, options: MakingOptions): Making {
  const { config, journal, machine, backTo } = options;
  const { transcripts, quarantine, owners, isExcluded, capture, prices } = shared;
  const { isElsewhere, isWanted } = choiceOf(configured, machine);
  const claim = claimant(owners, configured.name, transcripts);
  const since = configured.since === undefined ? undefined : Date.parse(configured.since);
  return {
    name: backTo === undefined ? configured.name : backfillName(configured),
    transcripts,
    window: ({ path }: Transcript): Window => {
      if (backTo === undefined) return { since };
      // A file that was never opened, being older than the start, is delivered whole.
      return journal.cursor(configured.name, path) === undefined ? { since: backTo } : { since: backTo, until: since };
    },
    journal,
    quarantine,
    isExcluded: (line) => isExcluded(line) || isElsewhere(line),
    isWanted,
    capture: once(() => ({ ...capture(), claim })),
    prices,
    redaction: redactionOf(configured, { config, machine }),
    now: machine.now,
    verifies: isDue(journal.verifiedAt(configured.name), machine.now()),
  };
}

/** A file that was rewritten in its old size and time is found within a day. */
const VERIFY_EVERY_MS = 24 * 3_600_000;

function isDue(verifiedAt: string | undefined, now: Date): boolean {
  return verifiedAt !== undefined && Math.abs(now.getTime() - Date.parse(verifiedAt)) > VERIFY_EVERY_MS;
}

/** Looks a value up at the first call, not before. */
function once<Value>(look: () => Value): () => Value {
  let found: { value: Value } | undefined;
  return () => (found ??= { value: look() }).value;
}
