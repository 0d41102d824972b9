/** Lets one process at a time do a short piece of work; the others wait for it. */
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { reasonOf } from '../errors.ts';
import { writeNewFile } from './atomic-write.ts';
import { isAlive } from './process.ts';

const STALE_MS = 5_000;
/** Of a process that is there: another may have got its id since. */
const STALE_ALIVE_MS = 60_000;
const POLL_MS = 5;

/**
 * Does work while a guard file of ours stands at `path`, and waits while another's does. The work is synchronous and
 * short: a guard is taken over whose process has gone, or, where that cannot be told, which is older than five seconds.
 * In that one case two processes that find it at the same moment can both go ahead, so what must never be lost needs a
 * second look right before it is written.
 *
 * @throws what the work throws, and the system's error where the guard cannot be made
 */
export function exclusively<Value>(path: string, work: () => Value): Value {
  const owner = [hostname(), process.pid, randomUUID()].join(' ');
  while (!place(path, owner)) {
    if (isAbandoned(path)) rmSync(path, { force: true });
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

/** A process of another machine, or of another container, cannot be looked for. */
function isAbandoned(path: string): boolean {
  const [host, pid] = contentOf(path)?.split(' ') ?? [];
  if (host !== hostname()) return ageOf(path) > STALE_MS;
  return !isAlive(Number(pid)) || ageOf(path) > STALE_ALIVE_MS;
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
