/** Lets one process at a time do a short piece of work; the others wait for it. */
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { reasonOf } from '../errors.ts';
import { writeNewFile } from './atomic-write.ts';

const STALE_MS = 5_000;
const POLL_MS = 5;

/**
 * Does work while a guard file of ours stands at `path`, and waits while another's does. The work is synchronous and a
 * matter of milliseconds: a guard older than five seconds was left by a process that was killed, and is taken over. In
 * that one case two processes that find it at the same moment can both go ahead, so what must never be lost needs a
 * second look right before it is written.
 *
 * @throws what the work throws, and the system's error where the guard cannot be made
 */
export function exclusively<Value>(path: string, work: () => Value): Value {
  const owner = randomUUID();
  while (!place(path, owner)) {
    if (ageOf(path) > STALE_MS) rmSync(path, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
  try {
    return work();
  } finally {
    if (contentOf(path) === owner) rmSync(path, { force: true });
  }
}

function place(path: string, owner: string): boolean {
  try {
    writeNewFile(path, owner, { mode: 0o600 });
    return true;
  } catch (error) {
    if (reasonOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Milliseconds, in either direction: a clock that was set back must not keep a dead guard alive. */
function ageOf(path: string): number {
  return Math.abs(Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()));
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
