/** `stopwire run`: one drain now, in the foreground, with progress on a terminal. */
import { readConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { ensurePrivateDirectory } from '../lib/private-directory.ts';
import { thisMachine } from '../machine.ts';
import { run, type DestinationReport, type Progress } from '../run.ts';
import { openJournal } from '../state/journal.ts';
import { waitForLock, type Lock } from '../state/lock.ts';
import { claudeConfigDirectory, pathsFrom } from '../state/paths.ts';
import { formatCount, paintFor, type Terminal } from '../ui.ts';

/** A worker in the background is done, or has been dead for long enough to be replaced, within this time. */
const LOCK_PATIENCE_MS = 60_000;
const DRAW_EVERY_MS = 100;

/** Exit code 1 where a destination is not up to date afterwards. */
export async function runNow({ json }: { json: boolean }, terminal: Terminal): Promise<number> {
  const { env } = terminal;
  const paths = pathsFrom(env);
  const config = readConfig(paths.config);
  if (config === undefined || config.destinations.length === 0) {
    throw new UserError('There is no destination to deliver to.', { hint: 'Configure one: npx stopwire install' });
  }
  ensurePrivateDirectory(paths.stateDirectory);
  const roots = [...config.claudeDirectories, claudeConfigDirectory(env, paths.home)];
  const ended = new AbortController();
  process.once('SIGINT', () => ended.abort());
  const lock = await takeLock(paths.lock, terminal);
  const journal = openJournal(paths.journal);
  try {
    const machine = thisMachine(paths, env);
    const onProgress = terminal.isTerminal ? drawProgress(terminal) : undefined;
    const isOutdated = (): boolean => ended.signal.aborted || !lock.isHeld();
    const { destinations } = await run({
      config,
      roots,
      journal,
      machine,
      isOutdated,
      ignoreRests: true,
      signal: ended.signal,
      ...(onProgress !== undefined && { onProgress }),
    });
    if (terminal.isTerminal) terminal.draw('');
    if (json) terminal.out(JSON.stringify({ destinations }));
    else for (const destination of destinations) sayDestination(destination, terminal);
    return destinations.every(({ state }) => state === 'current') ? 0 : 1;
  } finally {
    journal.close();
    lock.release();
  }
}

async function takeLock(path: string, terminal: Terminal): Promise<Lock> {
  const lock = await waitForLock(path, LOCK_PATIENCE_MS, () => {
    terminal.say('A worker is delivering already; waiting for it …');
  });
  if (lock !== undefined) return lock;
  throw new UserError('Another stopwire process has been delivering for a minute.', {
    hint: 'Nothing is lost. Look at: npx stopwire status',
  });
}

function drawProgress(terminal: Terminal): (progress: Progress) => void {
  let drawnAt = 0;
  return ({ destination, transcripts, of, records }) => {
    if (Date.now() - drawnAt < DRAW_EVERY_MS) return;
    drawnAt = Date.now();
    terminal.draw(
      `${destination}: ${formatCount(transcripts)}/${formatCount(of)} transcripts, ${formatCount(records)} records`,
    );
  };
}

function sayDestination({ destination, state, records, refused, reason }: DestinationReport, terminal: Terminal): void {
  const paint = paintFor('stderr', terminal.env);
  const counts = `${formatCount(records)} records delivered${refused > 0 ? `, ${formatCount(refused)} refused` : ''}`;
  if (state === 'current') terminal.say(`${paint.done('done')}  ${destination}: ${counts}`);
  else if (state === 'outdated')
    terminal.say(`${paint.warning('left')}  ${destination}: ${counts}; ended before the rest`);
  else terminal.say(`${paint.warning('rest')}  ${destination}: ${counts}; the rest waits: ${reason ?? state}`);
}
