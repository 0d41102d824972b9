/** Proof of capture: whether the hook is there and fires, how far each destination has got, and whether lines are missing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import { reasonOf, UserError } from '../errors.ts';
import { DEFAULT_KEEP_DAYS } from '../insights/retention.ts';
import { registrations } from '../install/registrations.ts';
import { recordedPlaces } from '../install/settings-places.ts';
import { effective, managedSettingsDirectory, readLevels, type SettingsLevel } from '../install/settings-levels.ts';
import { asNumber } from '../lib/json.ts';
import { discover } from '../pipeline/discover.ts';
import { toUsd } from '../pricing/amount.ts';
import { readJournal } from '../state/journal.ts';
import type { Paths } from '../state/paths.ts';
import { readQuarantine, type QuarantineSummary } from '../state/quarantine.ts';
import { readRunLog } from '../state/run-log.ts';
import { hasStore, openStore } from '../state/store.ts';
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
  /** What the embedded store has of today, where there is one. */
  today?: Today;
  /** Lines that the embedded store should have and does not. */
  gaps?: Gaps;
  /** The last line of the run log. */
  lastRun?: unknown;
  /** What is wrong, a sentence each; empty where all is well. */
  problems: string[];
}

/** The day that it is here, up to now. */
export interface Today {
  /** When it began. ISO 8601. */
  since: string;
  /** Sessions with a response of the API. */
  sessions: number;
  responses: number;
  /** The list price of those that have one: a lower bound where others are. */
  costUsd: number;
  unpricedResponses: number;
}

export interface HealthOptions {
  /** The directory whose settings count besides the user's; the current one unless said otherwise. */
  project?: string;
  managedDirectory?: string;
  now?: Date;
  /** Somebody has a second to wait: more of the transcripts and of the store is looked at. */
  isThorough?: boolean;
}

/** The newest records of the store that are searched for gaps, and how much of the end of each transcript is read. */
const GLANCE = { gapRecords: 500, tailBytes: 65_536 };
const THOROUGH = { gapRecords: 50_000, tailBytes: 262_144 };

/** Looks at everything and changes nothing. Does not throw: what cannot be looked at is a problem that it names. */
export function healthOf(paths: Paths, claudeDirectory: string, options: HealthOptions = {}): Health {
  const { project = process.cwd(), managedDirectory = managedSettingsDirectory(), now = new Date() } = options;
  const { gapRecords, tailBytes } = options.isThorough ? THOROUGH : GLANCE;
  const problems: string[] = [];
  const noted = <Value>(look: () => Value): Value | undefined => {
    try {
      return look();
    } catch (error) {
      problems.push(error instanceof UserError ? error.message : `unexpected: ${reasonOf(error)}`);
      return undefined;
    }
  };
  const levels = readLevels({ claudeDirectory, project, managedDirectory });
  const recorded = recordedPlaces(paths);
  const places = [...registrations(levels, claudeDirectory), ...recorded.filter(({ hasHook }) => hasHook)];
  const registeredIn = [...new Set(places.map(({ path }) => path))];
  const config = noted(() => {
    const read = readConfig(paths.config);
    if (read === undefined) problems.push(`There is no configuration at ${paths.config}.`);
    return read;
  });
  const transcripts = discover([...(config?.claudeDirectories ?? []), claudeDirectory, paths.stateDirectory]);
  const settings = join(claudeDirectory, 'settings.json');
  const hook = hookHealth({ paths, settings, registeredIn, transcripts, tailBytes, now });
  problems.push(...levels.flatMap(passedOver), ...hookProblems(hook), ...lostHooks(recorded, hook));
  const keepDays = asNumber(effective(levels, 'cleanupPeriodDays')?.value) ?? DEFAULT_KEEP_DAYS;
  const log = readRunLog(paths.log);
  const journal = noted(() => readJournal(paths.journal));
  const evidence = { log, transcripts, deadLetters: paths.deadLetters, keepDays, now };
  const destinations =
    config === undefined || journal === undefined
      ? []
      : (noted(() => destinationHealth(config, { journal, ...evidence })) ?? []);
  const today = hasStore(paths.store) ? noted(() => todayIn(paths.store, now)) : undefined;
  const gaps = today === undefined ? undefined : noted(() => captureGaps(paths.store, now, gapRecords));
  const { lastRunError } = log;
  return {
    hook,
    config: paths.config,
    ...(config?.paused && { paused: true }),
    keepDays,
    destinations,
    quarantine: { path: paths.quarantine, ...readQuarantine(paths.quarantine) },
    ...(today !== undefined && { today }),
    ...(gaps !== undefined && { gaps }),
    ...(log.last !== undefined && { lastRun: log.last }),
    problems: [
      ...problems,
      ...(lastRunError === undefined ? [] : [`The last run came to nothing: ${lastRunError.reason}`]),
      ...destinationProblems(destinations, now),
      ...(gaps === undefined ? [] : gapProblem(gaps)),
    ],
  };
}

/** Where the client, or somebody, has written the hook away (of the user's settings it has been said by then). */
function lostHooks(recorded: ReturnType<typeof recordedPlaces>, { registered, settings }: HookHealth): string[] {
  return recorded
    .filter(({ hasHook, project }) => !hasHook && (project === undefined || existsSync(project)))
    .filter(({ path }) => registered || path !== settings)
    .map(({ path }) => `The Stop hook is not in ${path} any more.`);
}

function passedOver({ path, problem }: SettingsLevel): string[] {
  return problem === undefined
    ? []
    : [`Claude Code passes the whole of ${path} over, with every hook in it. ${problem}`];
}

function gapProblem({ gaps, examples }: Gaps): string[] {
  return gaps === 0
    ? []
    : [`Lines that the embedded store should have and does not: ${gaps} (${examples.join(', ')}).`];
}

function todayIn(path: string, now: Date): Today {
  const since = new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString();
  const store = openStore(path);
  try {
    const { sessions, responses, costPicoUsd, unpricedResponses } = store.costsSince(since);
    return { since, sessions, responses, costUsd: toUsd(costPicoUsd), unpricedResponses };
  } finally {
    store.close();
  }
}
