/** What `stopwire status` knows: whether the hook is there, and how far each destination has got. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Config } from '../config.ts';
import { readConfig } from '../config.ts';
import { reasonOf, UserError } from '../errors.ts';
import { readHooks } from '../install/install.ts';
import { pricePlaces } from '../machine.ts';
import { discover } from '../pipeline/discover.ts';
import { loadPrices } from '../pricing/load.ts';
import { countDeadLetters } from '../state/dead-letters.ts';
import { readJournal, type Journal } from '../state/journal.ts';
import type { Paths } from '../state/paths.ts';
import { readQuarantine, type QuarantineSummary } from '../state/quarantine.ts';
import { hasStore, openStore, type Totals } from '../state/store.ts';
import type { Transcript } from '../types.ts';

export interface Health {
  /** Whether the hook is registered, once, and its launcher is there. */
  hook: { settings: string; registered: boolean; launcher: string; launcherExists: boolean };
  config: string;
  destinations: DestinationHealth[];
  /** The file that names what of the transcripts could not be read, and how much that is. */
  quarantine: QuarantineSummary & { path: string };
  /** Sums over the embedded store, where there is one. */
  store?: Totals;
  /** The last line of the run log. */
  lastRun?: unknown;
  /** What is wrong, a sentence each; empty where all is well. */
  problems: string[];
}

export interface DestinationHealth {
  name: string;
  kind: string;
  redaction: string;
  delivered: number;
  refused: number;
  deadLetters: number;
  /** Lines of kinds that this version does not know, by client version and kind. */
  unknown?: { readonly [kind: string]: number };
  lastDeliveredAt?: string;
  /** Transcripts with bytes that were not delivered yet, and how many bytes that is. */
  pendingTranscripts: number;
  pendingBytes: number;
  /** Why the destination rests, and until when (ISO 8601). */
  resting?: { reason: string; until: string };
}

/** Looks at everything and changes nothing. */
export function healthOf(paths: Paths, claudeDirectory: string): Health {
  const problems: string[] = [];
  const noted = <Value>(look: () => Value): Value | undefined => {
    try {
      return look();
    } catch (error) {
      problems.push(error instanceof UserError ? error.message : `unexpected: ${reasonOf(error)}`);
      return undefined;
    }
  };
  const { settings, hooks } = noted(() => readHooks(claudeDirectory)) ?? { settings: claudeDirectory, hooks: [] };
  const launcherExists = existsSync(paths.launcher);
  if (hooks.length === 0) problems.push(`The Stop hook is not in ${settings}.`);
  if (!launcherExists) problems.push(`The hook's launcher ${paths.launcher} is missing.`);
  const config = noted(() => readConfig(paths.config));
  if (config === undefined) problems.push(`There is no configuration at ${paths.config}.`);
  const journal = noted(() => readJournal(paths.journal));
  const destinations =
    config === undefined || journal === undefined ? [] : destinationsOf(config, journal, paths, claudeDirectory);
  const store = hasStore(paths.store) ? noted(() => totalsOf(paths.store)) : undefined;
  const lastRun = lastLineOf(paths.log);
  return {
    hook: { settings, registered: hooks.length > 0, launcher: paths.launcher, launcherExists },
    config: paths.config,
    destinations,
    quarantine: { path: paths.quarantine, ...readQuarantine(paths.quarantine) },
    ...(store !== undefined && { store }),
    ...(lastRun !== undefined && { lastRun }),
    problems: [...problems, ...loadPrices(pricePlaces(paths)).problems, ...destinations.flatMap(restProblem)],
  };
}

function destinationsOf(
  config: Config,
  journal: Pick<Journal, 'cursor' | 'rest' | 'tally'>,
  paths: Paths,
  claudeDirectory: string,
): DestinationHealth[] {
  const transcripts = discover([...config.claudeDirectories, claudeDirectory]);
  return config.destinations.map(({ name, kind, redaction }) => {
    const tally = journal.tally(name);
    const rest = journal.rest(name);
    const pending = transcripts.map((transcript) => pendingBytes(transcript, journal.cursor(name, transcript.path)));
    return {
      name,
      kind,
      redaction,
      delivered: tally?.records ?? 0,
      refused: tally?.refused ?? 0,
      deadLetters: countDeadLetters(paths.deadLetters, name),
      ...(tally !== undefined && { lastDeliveredAt: tally.lastDeliveredAt }),
      ...(tally?.unknown !== undefined && { unknown: tally.unknown }),
      pendingTranscripts: pending.filter((bytes) => bytes > 0).length,
      pendingBytes: pending.reduce((sum, bytes) => sum + bytes, 0),
      ...(rest !== undefined && { resting: { reason: rest.reason, until: new Date(rest.until).toISOString() } }),
    };
  });
}

/** A file that is shorter than its cursor was rewritten: all of it is pending. */
function pendingBytes({ size }: Transcript, cursor: { offset: number } | undefined): number {
  const delivered = cursor?.offset ?? 0;
  return size < delivered ? size : size - delivered;
}

function restProblem({ name, resting }: DestinationHealth): string[] {
  return resting === undefined ? [] : [`Destination ${name} rests until ${resting.until}: ${resting.reason}.`];
}

function totalsOf(path: string): Totals {
  const store = openStore(path);
  try {
    return store.totals();
  } finally {
    store.close();
  }
}

function lastLineOf(path: string): unknown {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const last = readFileSync(path, 'utf8').trimEnd().split('\n').at(-1);
  try {
    return last === undefined ? undefined : JSON.parse(last);
  } catch {
    return undefined;
  }
}
