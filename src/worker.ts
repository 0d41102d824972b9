/**
 * The worker: what the hook's launcher starts in the background. One at a time leads; it brings every destination up
 * to date, waits for the lines that the client writes after the hook, and goes.
 */
import { basename, dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { emptyConfig, readConfig, type Config } from './config.ts';
import { asString } from './lib/json.ts';
import { ensurePrivateDirectory } from './lib/private-directory.ts';
import { readBounded } from './lib/read-bounded.ts';
import { thisMachine } from './machine.ts';
import { reconcile } from './reconcile.ts';
import { round, type Sweep } from './round.ts';
import { run } from './run.ts';
import { openJournal } from './state/journal.ts';
import { sweepLeftovers } from './state/leftovers.ts';
import { acquireLock, type Lock } from './state/lock.ts';
import { appendLog } from './state/log.ts';
import { claudeRoots, type Paths } from './state/paths.ts';
import { hasWakeMark, takeWakeMark } from './state/wake.ts';

/** The start of the hook's payload holds all we want of it, and a host may keep the pipe open for ever. */
const PAYLOAD_BOUNDS = { maxBytes: 16_384, deadlineMs: 250 };
/** Only the newest transcripts can be those that a client is writing. */
const LIVE_TRANSCRIPTS = 32;
/** How long a worker stays for a destination that rests: a short outage is over before the next fire. */
const PATIENCE_MS = 30_000;
/** A worker that has more to do than this leaves the rest to the next fire: it is a guest on the machine. */
const WORK_MS = 60_000;

export interface WorkOptions {
  paths: Paths;
  env: NodeJS.ProcessEnv;
  /** The hook's standard input. */
  stdin: Readable;
  /** Ends the work early: nothing is lost, the next fire goes on. */
  signal: AbortSignal;
}

interface Lead extends WorkOptions {
  fired: string | undefined;
  lock: Lock;
}

/** Does the work of one fire, or leaves it to the worker that leads already. Throws where the state cannot be used. */
export async function work(options: WorkOptions): Promise<void> {
  const { paths, stdin, signal } = options;
  const fired = firedTranscript(await readBounded(stdin, PAYLOAD_BOUNDS));
  ensurePrivateDirectory(paths.stateDirectory);
  // The mark is looked at once more after the lock is free: a fire in between has found it taken.
  do {
    const lock = acquireLock(paths.lock);
    if (lock === undefined) return;
    try {
      await lead({ ...options, fired, lock });
    } finally {
      lock.release();
    }
  } while (hasWakeMark(paths.wake) && !signal.aborted);
}

async function lead({ paths, env, fired, lock, signal }: Lead): Promise<void> {
  const machine = thisMachine(paths, env);
  const journal = openJournal(paths.journal);
  const endsAt = Date.now() + WORK_MS;
  const isOutdated = (): boolean => hasWakeMark(paths.wake) || !lock.isHeld() || Date.now() > endsAt;
  // Read each time, and under the lock: what was removed, added or paused meanwhile counts from the next sweep on.
  const configNow = (): Config => readConfig(paths.config) ?? emptyConfig();
  const sweep = async (project?: string): Promise<Sweep> => {
    const config = configNow();
    const roots = [...claudeRoots(config.claudeDirectories, env, paths.home), paths.stateDirectory];
    const { transcripts, destinations } = await run({
      config,
      roots,
      fired,
      project,
      journal,
      machine,
      signal,
      isOutdated,
    });
    return { transcripts: transcripts.length, live: transcripts.slice(0, LIVE_TRANSCRIPTS), destinations };
  };
  try {
    sweepLeftovers(paths.stateDirectory, Date.now());
    do {
      takeWakeMark(paths.wake);
      const startedAt = Date.now();
      const reports = await round({
        sweep,
        project: fired === undefined ? undefined : basename(dirname(fired)),
        reconciled: async ({ destinations }) =>
          (await reconcile({ config: configNow(), paths, destinations })).lines > 0,
        isOver: () => isOutdated() || signal.aborted,
        patienceMs: PATIENCE_MS * Math.min(1, machine.backoffScale),
      });
      appendLog(paths.log, logLine(startedAt, reports));
    } while (hasWakeMark(paths.wake) && lock.isHeld() && !signal.aborted && Date.now() < endsAt);
  } finally {
    journal.close();
  }
}

/**
 * The transcript that the payload names. The payload is cut where the last message is long (the client drops what the
 * socket does not hold when the hook has ended, about 200 KB), so it is searched and not parsed.
 */
function firedTranscript(payload: string): string | undefined {
  const [, text] = /"transcript_path":\s*("(?:[^"\\]|\\.)*")/.exec(payload) ?? [];
  try {
    return text === undefined ? undefined : asString(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** What the log says of a round: counts and reasons, nothing of any transcript. */
function logLine(startedAt: number, reports: readonly Sweep[]): { [name: string]: unknown } {
  const last = reports.at(-1);
  const destinations = last?.destinations.map(({ destination, state, reason }) => {
    const all = reports.flatMap((report) => report.destinations).filter((one) => one.destination === destination);
    const records = all.reduce((sum, one) => sum + one.records, 0);
    const refused = all.reduce((sum, one) => sum + one.refused, 0);
    const loss = all.findLast((one) => one.loss !== undefined)?.loss;
    const words = { ...(reason !== undefined && { reason }), ...(loss !== undefined && { loss }) };
    return { destination, state, records, refused, ...words };
  });
  return {
    at: new Date(startedAt).toISOString(),
    ms: Date.now() - startedAt,
    sweeps: reports.length,
    transcripts: last?.transcripts ?? 0,
    destinations,
  };
}
