/** What delivering in the foreground needs: the lock, the journal, the machine, and Ctrl-C that loses nothing. */
import { readConfig, type Config } from '../config.ts';
import { UserError } from '../errors.ts';
import { collectEarly } from '../lib/frugal.ts';
import { ensurePrivateDirectory } from '../lib/private-directory.ts';
import { thisMachine } from '../machine.ts';
import type { DestinationReport, Progress, RunOptions } from '../run.ts';
import { openJournal } from '../state/journal.ts';
import { waitForLock, type Lock } from '../state/lock.ts';
import { claudeRoots, pathsFrom, type Paths } from '../state/paths.ts';
import { formatCount, paintFor, printable, type Terminal } from '../ui.ts';

/** A worker in the background is done, or has been dead for long enough to be replaced, within this time. */
const LOCK_PATIENCE_MS = 120_000;
const DRAW_EVERY_MS = 100;

export interface Foreground {
  paths: Paths;
  config: Config;
  /** For `run`; it ends after the batch at hand when Ctrl-C was pressed. */
  options: RunOptions & { isOutdated: () => boolean };
}

/**
 * Does the work while no worker delivers; ends it early on SIGINT and SIGTERM. The configuration is cut down to the
 * destinations that are named.
 *
 * @throws a UserError where there is no destination (of that name), or another process holds the lock
 */
export async function inForeground<Value>(
  { terminal, destinations }: { terminal: Terminal; destinations?: readonly string[] | undefined },
  work: (foreground: Foreground) => Promise<Value>,
): Promise<Value> {
  collectEarly();
  const paths = pathsFrom(terminal.env);
  chosen(readConfig(paths.config), destinations);
  ensurePrivateDirectory(paths.stateDirectory);
  const lock = await takeLock(paths.lock, terminal);
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
  const isOutdated = (): boolean => ended.signal.aborted || !lock.isHeld();
  try {
    // Read now that nobody delivers: while this waited, a destination may have been removed.
    const config = chosen(readConfig(paths.config), destinations);
    return await withOptions({ paths, config, terminal, signal: ended.signal, isOutdated }, work);
  } finally {
    lock.release();
  }
}

/** 0 or 1, whether all was done; 130 where Ctrl-C has ended it early. */
export function foregroundCode(isDone: boolean, { signal }: Pick<RunOptions, 'signal'>): number {
  if (signal.aborted) return 130;
  return isDone ? 0 : 1;
}

interface Given {
  paths: Paths;
  config: Config;
  terminal: Terminal;
  signal: AbortSignal;
  isOutdated: () => boolean;
}

async function withOptions<Value>(
  { paths, config, terminal, signal, isOutdated }: Given,
  work: (foreground: Foreground) => Promise<Value>,
): Promise<Value> {
  const { env, isTerminal } = terminal;
  const journal = openJournal(paths.journal);
  const options: Foreground['options'] = {
    config,
    roots: [...claudeRoots(config.claudeDirectories, env, paths.home), paths.stateDirectory],
    journal,
    machine: thisMachine(paths, env),
    ignoreRests: true,
    signal,
    isOutdated,
    ...(isTerminal && { onProgress: drawProgress(terminal) }),
  };
  try {
    return await work({ paths, config, options });
  } finally {
    if (isTerminal) terminal.draw('');
    journal.close();
  }
}

function chosen(config: Config | undefined, names: readonly string[] | undefined): Config {
  if (config === undefined || config.destinations.length === 0) {
    throw new UserError('There is no destination to deliver to.', { hint: 'Configure one: npx stopwire install' });
  }
  if (names === undefined || names.length === 0) return config;
  const known = config.destinations.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UserError(`There is no destination ${unknown}; there are ${known.join(', ')}.`, { exitCode: 2 });
  }
  return { ...config, destinations: config.destinations.filter(({ name }) => names.includes(name)) };
}

async function takeLock(path: string, terminal: Terminal): Promise<Lock> {
  const lock = await waitForLock(path, LOCK_PATIENCE_MS, () => {
    terminal.say('A worker is delivering already; waiting for it …');
  });
  if (lock !== undefined) return lock;
  throw new UserError('Another stopwire process has been delivering for two minutes.', {
    hint: 'Nothing is lost. Look at: npx stopwire status',
  });
}

function drawProgress(terminal: Terminal): (progress: Progress) => void {
  let drawnAt = 0;
  return ({ destination, transcripts, of, records }) => {
    if (Date.now() - drawnAt < DRAW_EVERY_MS) return;
    drawnAt = Date.now();
    terminal.draw(`${destination}: ${bar(transcripts, of)} transcripts, ${formatCount(records)} records`);
  };
}

const BAR_WIDTH = 20;

function bar(done: number, of: number): string {
  const filled = of === 0 ? BAR_WIDTH : Math.round((done / of) * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${formatCount(done)}/${formatCount(of)}`;
}

/** What a destination has got in this run and in those before, in the state that it is in now. */
export function added(before: DestinationReport | undefined, report: DestinationReport): DestinationReport {
  const { records = 0, refused = 0, loss } = before ?? {};
  return {
    ...(loss !== undefined && { loss }),
    ...report,
    records: report.records + records,
    refused: report.refused + refused,
  };
}

/** One line about what became of a destination. */
export function sayDestination(report: DestinationReport, terminal: Terminal): void {
  const { state, records, refused } = report;
  const [destination, reason] = [printable(report.destination), printable(report.reason ?? state)];
  const paint = paintFor('stderr', terminal.env);
  const counts = `${formatCount(records)} records delivered${refused > 0 ? `, ${formatCount(refused)} refused` : ''}`;
  const loss = report.loss === undefined ? '' : `; ${printable(report.loss)}`;
  if (state === 'current') terminal.say(`${paint.done('done')}  ${destination}: ${counts}${loss}`);
  else if (state === 'outdated')
    terminal.say(`${paint.warning('left')}  ${destination}: ${counts}; ended before the rest`);
  else if (state === 'paused') terminal.say(`${paint.warning('held')}  ${destination}: paused, nothing was delivered`);
  else terminal.say(`${paint.warning('rest')}  ${destination}: ${counts}; the rest waits: ${reason}`);
}
