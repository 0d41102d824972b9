/** The line, written once: discover → read → map → price → redact → batch → deliver → commit. */
import pLimit from 'p-limit';
import { newBatches, silenceBatches } from './batches.ts';
import type { ConfiguredDestination } from './config.ts';
import { lazyDestination } from './destinations/index.ts';
import { reasonOf, UserError } from './errors.ts';
import { makingOf, sharedParts, type MakingOptions, type Shared } from './making.ts';
import { discover } from './pipeline/discover.ts';
import { isInForce } from './rests.ts';
import { ship, type Shipment } from './ship.ts';
import type { Journal } from './state/journal.ts';
import type { Transcript } from './types.ts';

const DESTINATIONS_AT_ONCE = 4;

export interface RunOptions extends MakingOptions {
  /** Claude Code's configuration roots. */
  roots: readonly string[];
  /** The transcript that the hook was fired for: it comes first. */
  fired?: string | undefined;
  /** Only the transcripts in this project's folder. */
  project?: string | undefined;
  /** Only transcripts that have changed since then. Epoch ms. */
  since?: number | undefined;
  journal: Journal;
  /** Tries destinations that rest, too: a person asked. */
  ignoreRests?: boolean;
  signal: AbortSignal;
  /** Whether another fire came in, the lock is lost or the time is up: then the run ends after the batch at hand. */
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
  /** Records refused for good, now dead letters, and what the server itself dropped. */
  refused: number;
  /**
   * `current`: nothing is left · `outdated`: ended early, go round again · `paused`: by the user · `resting`, `failed`:
   * see `reason`.
   */
  state: 'current' | 'outdated' | 'paused' | 'resting' | 'failed';
  reason?: string;
  /** What was left out of what was delivered, and why. */
  loss?: string;
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
  const { config } = options;
  // Nothing to look for: a fire while all is paused costs next to nothing.
  const isIdle = config.paused || config.destinations.every(({ paused }) => paused);
  const transcripts = isIdle ? [] : transcriptsOf(options);
  const limit = pLimit(DESTINATIONS_AT_ONCE);
  const shared = sharedParts(transcripts, options);
  const destinations = await Promise.all(
    config.destinations.map((configured) => limit(() => bringUpToDate(configured, shared, options))),
  );
  return { transcripts, destinations };
}

/** What would be delivered to a destination now. */
export interface Forecast {
  destination: string;
  records: number;
  /** Of the records' JSON. */
  bytes: number;
}

/** Makes the batches as a run does, and delivers none: nothing is noted, nothing leaves. */
export async function forecast(options: RunOptions): Promise<Forecast[]> {
  const transcripts = transcriptsOf(options);
  const shared = sharedParts(transcripts, options);
  const forecasts: Forecast[] = [];
  for (const configured of options.config.destinations) {
    const sum = { destination: configured.name, records: 0, bytes: 0 };
    const making = makingOf(configured, shared, options);
    for (const batches of [newBatches, silenceBatches]) {
      for await (const { json } of batches(making, async () => FORECAST_LIMITS)) {
        sum.records += json.length;
        sum.bytes += json.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
      }
    }
    forecasts.push(sum);
  }
  return forecasts;
}

function transcriptsOf({ roots, fired, project, since = -Infinity }: RunOptions): Transcript[] {
  return discover(roots, { fired, project }).filter(({ mtimeMs }) => mtimeMs >= since);
}

const FORECAST_LIMITS = { maxRecords: 1_000, maxBytes: 8_388_608 };

async function bringUpToDate(
  configured: ConfiguredDestination,
  shared: Shared,
  options: RunOptions,
): Promise<DestinationReport> {
  const { name } = configured;
  const { config, journal, machine, signal, ignoreRests, isOutdated, onProgress } = options;
  const report: DestinationReport = { destination: name, records: 0, refused: 0, state: 'current' };
  if (config.paused || configured.paused) return { ...report, state: 'paused' };
  const rest = journal.rest(name);
  if (rest !== undefined && !ignoreRests && isInForce(rest, configured, machine.now())) {
    return { ...report, state: 'resting', reason: rest.reason, until: rest.until };
  }
  const destination = lazyDestination(configured, machine.surroundings);
  try {
    const shipment: Shipment = {
      ...makingOf(configured, shared, options),
      configured,
      owners: shared.owners,
      journal,
      machine,
      open: destination.open,
      signal,
      isOutdated: isOutdated ?? (() => false),
      onTranscript: (transcripts) => onProgress?.({ ...report, transcripts, of: shared.transcripts.length }),
      onDelivered({ delivered, refused, loss }) {
        report.records += delivered;
        report.refused += refused;
        if (loss !== undefined) report.loss = loss;
      },
    };
    return Object.assign(report, await ship(shipment));
  } catch (error) {
    const reason = error instanceof UserError ? error.message : `stopwire could not go on: ${reasonOf(error)}`;
    return Object.assign(report, { state: 'failed', reason });
  } finally {
    await destination.close();
  }
}
