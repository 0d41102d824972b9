/** Proof of capture: whether the hook is there and fires, how far each destination has got, and whether lines are missing. */
import { readConfig } from '../config.ts';
import { reasonOf, UserError } from '../errors.ts';
import { DEFAULT_KEEP_DAYS } from '../insights/retention.ts';
import { readHooks, settingsPath } from '../install/install.ts';
import { effective, managedSettingsDirectory, readLevels } from '../install/settings-levels.ts';
import { asNumber } from '../lib/json.ts';
import { pricePlaces } from '../machine.ts';
import { discover } from '../pipeline/discover.ts';
import { loadPrices } from '../pricing/load.ts';
import { readJournal } from '../state/journal.ts';
import type { Paths } from '../state/paths.ts';
import { readQuarantine, type QuarantineSummary } from '../state/quarantine.ts';
import { readRunLog } from '../state/run-log.ts';
import { hasStore, openStore, type Totals } from '../state/store.ts';
import { destinationHealth, destinationProblems, type DestinationHealth } from './destination-health.ts';
import { captureGaps, type Gaps } from './gaps.ts';
import { hookHealth, hookProblems, type HookHealth } from './hook-health.ts';

export interface Health {
  hook: HookHealth;
  config: string;
  /** Everything is paused. */
  paused?: true;
  /** For how many days the client keeps a transcript that is not written to: `cleanupPeriodDays`. */
  keepDays: number;
  destinations: DestinationHealth[];
  /** The file that names what of the transcripts could not be read, and how much that is. */
  quarantine: QuarantineSummary & { path: string };
  /** Sums over the embedded store, where there is one. */
  store?: Totals;
  /** Lines that the embedded store should have and does not. */
  gaps?: Gaps;
  /** The last line of the run log. */
  lastRun?: unknown;
  /** What is wrong, a sentence each; empty where all is well. */
  problems: string[];
}

export interface HealthOptions {
  /** The directory whose settings count besides the user's; the current one unless said otherwise. */
  project?: string;
  managedDirectory?: string;
  now?: Date;
  /** How many of the store's newest records are searched for gaps: a few, unless somebody has time to wait. */
  gapRecords?: number;
}

/** Looks at everything and changes nothing. Does not throw: what cannot be looked at is a problem that it names. */
export function healthOf(paths: Paths, claudeDirectory: string, options: HealthOptions = {}): Health {
  const { project = process.cwd(), managedDirectory = managedSettingsDirectory(), now = new Date() } = options;
  const { gapRecords = 5_000 } = options;
  const problems: string[] = [];
  const noted = <Value>(look: () => Value): Value | undefined => {
    try {
      return look();
    } catch (error) {
      problems.push(error instanceof UserError ? error.message : `unexpected: ${reasonOf(error)}`);
      return undefined;
    }
  };
  const isRegistered = (noted(() => readHooks(claudeDirectory).hooks) ?? []).length > 0;
  const config = noted(() => readConfig(paths.config));
  const transcripts = discover([...(config?.claudeDirectories ?? []), claudeDirectory, paths.stateDirectory]);
  const hook = hookHealth({ paths, settings: settingsPath(claudeDirectory), isRegistered, transcripts, now });
  problems.push(...hookProblems(hook));
  if (config === undefined) problems.push(`There is no configuration at ${paths.config}.`);
  const keepDays = keptDays({ claudeDirectory, project, managedDirectory });
  const log = readRunLog(paths.log);
  const journal = noted(() => readJournal(paths.journal));
  const evidence = { log, transcripts, deadLetters: paths.deadLetters, keepDays, now };
  const destinations =
    config === undefined || journal === undefined
      ? []
      : (noted(() => destinationHealth(config, { journal, ...evidence })) ?? []);
  const store = hasStore(paths.store) ? noted(() => totalsOf(paths.store)) : undefined;
  const gaps = store === undefined ? undefined : noted(() => captureGaps(paths.store, now, gapRecords));
  const { lastRunError } = log;
  return {
    hook,
    config: paths.config,
    ...(config?.paused && { paused: true }),
    keepDays,
    destinations,
    quarantine: { path: paths.quarantine, ...readQuarantine(paths.quarantine) },
    ...(store !== undefined && { store }),
    ...(gaps !== undefined && { gaps }),
    ...(log.last !== undefined && { lastRun: log.last }),
    problems: [
      ...problems,
      ...loadPrices(pricePlaces(paths)).problems,
      ...(lastRunError === undefined ? [] : [`The last run came to nothing: ${lastRunError.reason}`]),
      ...destinationProblems(destinations, now),
      ...(gaps === undefined ? [] : gapProblem(gaps)),
    ],
  };
}

/** For how many days the client keeps transcripts, by the settings in force. */
function keptDays(places: Parameters<typeof readLevels>[0]): number {
  return asNumber(effective(readLevels(places), 'cleanupPeriodDays')?.value) ?? DEFAULT_KEEP_DAYS;
}

function gapProblem({ gaps, examples }: Gaps): string[] {
  return gaps === 0
    ? []
    : [`Lines that the embedded store should have and does not: ${gaps} (${examples.join(', ')}).`];
}

function totalsOf(path: string): Totals {
  const store = openStore(path);
  try {
    return store.totals();
  } finally {
    store.close();
  }
}
