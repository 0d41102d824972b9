/** The line, written once: discover → read → map → price → redact → batch → deliver → commit. */
import pLimit from 'p-limit';
import type { Config, ConfiguredDestination } from './config.ts';
import type { Context } from './context.ts';
import type { Batch, Destination } from './destinations/destination.ts';
import { lazyDestination } from './destinations/index.ts';
import { reasonOf, UserError } from './errors.ts';
import { isSettled } from './fields/index.ts';
import { backoffMs, MAX_WAIT_MS } from './lib/backoff.ts';
import type { Machine } from './machine.ts';
import { batcher } from './pipeline/batch.ts';
import { commit } from './pipeline/commit.ts';
import { deliver } from './pipeline/deliver.ts';
import { discover } from './pipeline/discover.ts';
import { map } from './pipeline/map.ts';
import { priceMapped } from './pipeline/price.ts';
import { read } from './pipeline/read.ts';
import { redactionLevelOf, redactor } from './pipeline/redact.ts';
import { loadPrices } from './pricing/load.ts';
import type { PriceTable } from './pricing/table.ts';
import { isUnchanged } from './state/anchors.ts';
import type { Journal } from './state/journal.ts';
import { claimant, openOwners, type Owners } from './state/owners.ts';
import { openQuarantine, type Quarantine, type QuarantinedRange } from './state/quarantine.ts';
import type { Checkpoint, Entry, Transcript } from './types.ts';

const DESTINATIONS_AT_ONCE = 4;

export interface RunOptions {
  config: Config;
  /** Claude Code's configuration roots. */
  roots: readonly string[];
  /** The transcript that the hook was fired for: it comes first. */
  fired?: string | undefined;
  journal: Journal;
  machine: Machine;
  /** Tries destinations that rest, too: a person asked. */
  ignoreRests?: boolean;
  signal: AbortSignal;
  /** Whether another fire came in, or the lock is lost: then the run ends after the batch at hand. */
  isOutdated?: () => boolean;
  onProgress?: (progress: Progress) => void;
}

export interface Progress {
  destination: string;
  /** Transcripts looked at, of how many. */
  transcripts: number;
  of: number;
  records: number;
}

/** What a run did for one destination. */
export interface DestinationReport {
  destination: string;
  /** Records delivered. */
  records: number;
  /** Records refused for good, now dead letters. */
  refused: number;
  /** `current`: nothing is left · `outdated`: ended early, go round again · `resting`, `failed`: see `reason`. */
  state: 'current' | 'outdated' | 'resting' | 'failed';
  reason?: string;
  /** When a resting destination will be tried again. Epoch ms. */
  until?: number;
}

export interface RunReport {
  /** What discover found, newest first. */
  transcripts: readonly Transcript[];
  destinations: readonly DestinationReport[];
}

/** Brings every destination up to date, side by side: the trouble of one is its own. Never throws. */
export async function run(options: RunOptions): Promise<RunReport> {
  const transcripts = discover(options.roots, options.fired);
  const limit = pLimit(DESTINATIONS_AT_ONCE);
  const quarantine = openQuarantine(options.machine.quarantine);
  const owners = openOwners(options.machine.owners);
  // Looked up when there is a line to map, not before, and once for all destinations.
  const capture = once(() => options.machine.capture(options.config));
  const prices = once(() => loadPrices(options.machine.pricing).table);
  const shared = { transcripts, quarantine, owners, capture, prices };
  const destinations = await Promise.all(
    options.config.destinations.map((configured) => limit(() => bringUpToDate({ configured, ...shared }, options))),
  );
  return { transcripts, destinations };
}

/** One destination, and what all of them share. */
interface Task {
  configured: ConfiguredDestination;
  transcripts: readonly Transcript[];
  quarantine: Quarantine;
  owners: Owners;
  capture: () => ReturnType<Machine['capture']>;
  prices: () => PriceTable;
}

async function bringUpToDate(task: Task, options: RunOptions): Promise<DestinationReport> {
  const { configured } = task;
  const report: DestinationReport = { destination: configured.name, records: 0, refused: 0, state: 'current' };
  const rest = options.journal.rest(configured.name);
  if (rest !== undefined && !options.ignoreRests && isInForce(rest.until, options.machine.now())) {
    return { ...report, state: 'resting', reason: rest.reason, until: rest.until };
  }
  const destination = lazyDestination(configured, options.machine.surroundings);
  try {
    await ship({ ...task, open: destination.open, report }, options);
  } catch (error) {
    report.state = 'failed';
    report.reason = error instanceof UserError ? error.message : `stopwire could not go on: ${reasonOf(error)}`;
  } finally {
    await destination.close();
  }
  return report;
}

interface Shipment extends Task {
  open: () => Promise<Destination>;
  /** Filled in as the shipment goes. */
  report: DestinationReport;
}

/** The straight line for one destination. */
async function ship(
  { configured, transcripts, quarantine, owners, capture, prices, open, report }: Shipment,
  options: RunOptions,
): Promise<void> {
  const redact = redactor(redactionLevelOf(configured));
  const claim = claimant(owners, configured.name, transcripts);
  const captured = once(() => ({ ...capture(), claim }));
  let batches: ReturnType<typeof batcher> | undefined;
  for (const [index, transcript] of transcripts.entries()) {
    options.onProgress?.({ ...report, transcripts: index, of: transcripts.length });
    const cursor = options.journal.cursor(configured.name, transcript.path);
    if (cursor !== undefined && isUnchanged(cursor, transcript)) continue;
    let resume: Checkpoint | undefined;
    let context: Context | undefined;
    for await (const { file, entries } of read(transcript, cursor)) {
      for (const entry of entries) {
        const mapped = priceMapped(map(entry, file, context ?? file.from.context, captured()), prices());
        ({ context } = mapped);
        if (isSettled(context) && !entry.continues) resume = { offset: entry.end, context };
        // Delivered before: read once more only for what the next lines need to know of it.
        if (entry.end <= file.deliveredTo) continue;
        if (entry.unparseable) quarantine.keep(damagedRange(transcript, entry, options.machine.now()));
        batches ??= batcher(configured.name, (await open()).limits);
        const full = batches.add(mapped.records.map(redact), { file, entry, resume: resume ?? file.from });
        if (full !== undefined && !(await send({ batch: full, owners, report }, await open(), options))) return;
      }
    }
  }
  const last = batches?.rest();
  if (last !== undefined) await send({ batch: last, owners, report }, await open(), options);
}

function damagedRange({ path }: Transcript, { start, end, hash }: Entry, now: Date): QuarantinedRange {
  return { file: path, start, end, sha256: hash ?? '', reason: 'no JSON object', at: now.toISOString() };
}

/** Delivers one batch and commits it; false where the destination should be left for now. */
async function send(
  { batch, owners, report }: { batch: Batch; owners: Owners; report: DestinationReport },
  destination: Destination,
  { journal, machine, signal, isOutdated }: RunOptions,
): Promise<boolean> {
  const { deadLetters, now, random, backoffScale } = machine;
  const name = report.destination;
  // What cannot be noted is not sent: a full disk must not turn into the same batch sent at every fire.
  journal.intend(name, { id: batch.id, records: batch.records.length });
  const outcome = await deliver(batch, destination, signal);
  if (outcome.kind === 'retry') {
    const failures = (journal.rest(name)?.failures ?? 0) + 1;
    const wait = backoffMs({ failures, afterMs: outcome.afterMs, random: random(), scale: backoffScale });
    const rest = { until: now().getTime() + wait, failures, reason: outcome.reason };
    journal.setRest(name, rest);
    Object.assign(report, { state: 'resting', reason: outcome.reason, until: rest.until });
    return false;
  }
  owners.keep();
  commit(batch, outcome.refused, { destination: name, journal, deadLetters, now: now() });
  report.records += batch.records.length - outcome.refused.length;
  report.refused += outcome.refused.length;
  if (isOutdated?.()) report.state = 'outdated';
  return report.state === 'current';
}

/** A rest that lies further ahead than any could is left over from a clock that was set back. */
function isInForce(until: number, now: Date): boolean {
  const ahead = until - now.getTime();
  return ahead > 0 && ahead <= MAX_WAIT_MS;
}

/** Looks a value up at the first call, not before. */
function once<Value>(look: () => Value): () => Value {
  let found: { value: Value } | undefined;
  return () => (found ??= { value: look() }).value;
}
