/** How far each destination has got, what keeps it, and whether it will be in time. */
import type { Config, ConfiguredDestination } from '../config.ts';
import { lagOf, type Lag } from '../insights/retention.ts';
import { countWords } from '../lib/span-words.ts';
import { summariseDeadLetters } from '../state/dead-letters.ts';
import type { Journal } from '../state/journal.ts';
import type { LoggedError, RunLog } from '../state/run-log.ts';
import type { Transcript } from '../types.ts';
import { pendingOf } from './pending.ts';

export interface DestinationHealth {
  name: string;
  kind: string;
  redaction: string;
  /** Lines from before it are never delivered there. ISO 8601. */
  since?: string;
  /** Nothing is delivered for now: the transcripts keep it. */
  paused?: true;
  delivered: number;
  refused: number;
  deadLetters: number;
  /** Dead letters that had to give way to newer ones. */
  evicted: number;
  /** Lines of kinds that this version does not know, by client version and kind. */
  unknown?: { readonly [kind: string]: number };
  lastDeliveredAt?: string;
  /** Transcripts with bytes that were not delivered yet, and how many bytes that is. */
  pendingTranscripts: number;
  pendingBytes: number;
  /** The oldest of these bytes, and when the client may delete them. */
  lag?: Lag;
  /** Why the destination rests, and until when (ISO 8601). */
  resting?: { reason: string; until: string };
  /** What the last run that had trouble with it said, whatever happened since. */
  lastError?: LoggedError;
  /** What it left out of what it took, the last time that it said so. */
  lastLoss?: LoggedError;
}

export interface Evidence {
  journal: Pick<Journal, 'cursor' | 'rest' | 'tally'>;
  log: RunLog;
  transcripts: readonly Transcript[];
  /** The folder of the dead letters. */
  deadLetters: string;
  keepDays: number;
  now: Date;
}

export function destinationHealth(config: Config, evidence: Evidence): DestinationHealth[] {
  return config.destinations.map((configured) => {
    const { name } = configured;
    const lastError = evidence.log.lastError(name);
    const lastLoss = evidence.log.lastLoss(name);
    const isPaused = config.paused === true || configured.paused === true;
    return {
      name,
      kind: configured.kind,
      redaction: configured.redaction,
      ...(configured.since !== undefined && { since: configured.since }),
      ...(isPaused && { paused: true }),
      ...lettersOf(evidence.deadLetters, name),
      ...progressOf(configured, evidence),
      ...restOf(name, evidence),
      ...(lastError !== undefined && { lastError }),
      ...(lastLoss !== undefined && { lastLoss }),
    };
  });
}

function lettersOf(directory: string, destination: string): Pick<DestinationHealth, 'deadLetters' | 'evicted'> {
  const { letters, evicted } = summariseDeadLetters(directory, destination);
  return { deadLetters: letters, evicted };
}

/** What is wrong with them, a sentence each. */
export function destinationProblems(destinations: readonly DestinationHealth[], now: Date): string[] {
  return destinations.flatMap(({ name, resting, lag, pendingTranscripts: files }) => [
    ...(resting === undefined ? [] : [`Destination ${name} rests until ${resting.until}: ${resting.reason}.`]),
    ...(lag?.isEndangered ? [`Destination ${name} has not got ${deletion(lag, files, now)}.`] : []),
  ]);
}

/** What is in danger, and when: `all of 3 transcripts, of which the client may delete the oldest from … on`. */
export function deletion({ deletedAt }: Lag, files: number, now: Date): string {
  const when = Date.parse(deletedAt) <= now.getTime() ? 'at any moment' : `from ${deletedAt} on`;
  return `all of ${countWords(files, 'transcript')}, of which Claude Code may delete the oldest ${when}`;
}

type Progress = Pick<
  DestinationHealth,
  'delivered' | 'refused' | 'unknown' | 'lastDeliveredAt' | 'pendingTranscripts' | 'pendingBytes' | 'lag'
>;

function progressOf(configured: ConfiguredDestination, { journal, transcripts, keepDays, now }: Evidence): Progress {
  const tally = journal.tally(configured.name);
  const pending = pendingOf(transcripts, configured, (path) => journal.cursor(configured.name, path));
  return {
    delivered: tally?.records ?? 0,
    refused: tally?.refused ?? 0,
    ...(tally?.unknown !== undefined && { unknown: tally.unknown }),
    ...(tally !== undefined && { lastDeliveredAt: tally.lastDeliveredAt }),
    pendingTranscripts: pending.transcripts,
    pendingBytes: pending.bytes,
    ...(pending.oldestMs !== undefined && { lag: lagOf(pending.oldestMs, keepDays, now.getTime()) }),
  };
}

function restOf(name: string, { journal }: Evidence): Pick<DestinationHealth, 'resting'> {
  const rest = journal.rest(name);
  return rest === undefined ? {} : { resting: { reason: rest.reason, until: new Date(rest.until).toISOString() } };
}
