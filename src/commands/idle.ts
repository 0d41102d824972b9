/** Work that must not happen while something is being delivered. */
import { UserError } from '../errors.ts';
import { ensurePrivateDirectory } from '../lib/private-directory.ts';
import { openJournal, type Journal } from '../state/journal.ts';
import { waitForLock } from '../state/lock.ts';
import type { Paths } from '../state/paths.ts';
import type { Terminal } from '../ui.ts';

/** A worker in the background is done, or has been dead for long enough to be replaced, within this time. */
const LOCK_PATIENCE_MS = 120_000;

/**
 * Waits until no worker is delivering, and does the work before another one may begin.
 *
 * @returns whether it was done; it is not where a worker has not ended within two minutes
 */
export async function whileIdle(paths: Paths, terminal: Terminal, work: (journal: Journal) => void): Promise<boolean> {
  ensurePrivateDirectory(paths.stateDirectory);
  const lock = await waitForLock(paths.lock, LOCK_PATIENCE_MS, () => {
    terminal.say('A delivery is under way; waiting for it to end …');
  });
  if (lock === undefined) return false;
  try {
    withJournal(paths.journal, work);
  } finally {
    lock.release();
  }
  return true;
}

/** Waits for a delivery that began with the configuration from before: what begins later sees the one that is there. */
export async function untilIdle(paths: Paths, terminal: Terminal): Promise<void> {
  if (await whileIdle(paths, terminal, () => undefined)) return;
  terminal.say('A delivery that began before is still under way; it ends by itself.');
}

/** What a command says that cannot do its work beside a delivery. */
export function notIdle(what: string): UserError {
  return new UserError(`${what}: another stopwire process has been delivering for two minutes.`, {
    hint: 'See what it is at with npx stopwire status, and try again.',
  });
}

function withJournal(path: string, work: (journal: Journal) => void): void {
  const journal = openJournal(path);
  try {
    work(journal);
  } finally {
    journal.close();
  }
}
