/**
 * The lock that keeps twenty simultaneous hooks from sending the same bytes twenty times. It is an economy, not a
 * safeguard: two workers that both believe to hold it cost duplicates with the same ids, never a loss.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../errors.ts';
import { isAlive } from '../lib/process.ts';

const HEARTBEAT_MS = 5_000;
/** A holder that has not been heard of for this long is gone or asleep. */
const STALE_MS = 15_000;
const STALE_STEAL_MS = 10_000;
const POLL_MS = 100;

export interface Lock {
  /** Whether the lock is still ours: another worker takes it over while a laptop sleeps. */
  isHeld(): boolean;
  release(): void;
}

/** Takes the lock, or answers undefined where another process holds it. Throws where the disk refuses. */
export function acquireLock(path: string): Lock | undefined {
  const owner = [process.pid, startOf(process.pid), randomUUID()].join(' ');
  if (!place(path, owner) && !(isStale(path) && steal(path) && place(path, owner))) return undefined;
  const isHeld = (): boolean => contentOf(path) === owner;
  const heartbeat = setInterval(() => {
    if (isHeld()) touch(path);
  }, HEARTBEAT_MS).unref();
  return {
    isHeld,
    release() {
      clearInterval(heartbeat);
      if (isHeld()) rmSync(path, { force: true });
    },
  };
}

/** Takes the lock as soon as it is free; undefined where it is not within the time. */
export async function waitForLock(path: string, patienceMs: number, onWait?: () => void): Promise<Lock | undefined> {
  const deadline = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt += 1) {
    const lock = acquireLock(path);
    if (lock !== undefined || Date.now() > deadline) return lock;
    if (attempt === 0) onWait?.();
    await sleep(POLL_MS);
  }
}

/** Publishes the lock whole or not at all: link(2) fails where the name is taken. */
function place(path: string, owner: string): boolean {
  const own = `${path}.${randomUUID()}`;
  try {
    writeFileSync(own, owner, { flag: 'wx', mode: 0o600 });
    return placeByLink(path, own) ?? placeWithoutLink(path, owner);
  } finally {
    // Also where a full disk took the name but not the bytes.
    rmSync(own, { force: true });
  }
}

/** Undefined on a file system without hard links. */
function placeByLink(path: string, own: string): boolean | undefined {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    return reasonOf(error) === 'EEXIST' ? false : undefined;
  }
}

function placeWithoutLink(path: string, owner: string): boolean {
  try {
    writeFileSync(path, owner, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (reasonOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a stale lock. One process at a time, and only after a second look: a bare unlink lets two in. */
function steal(path: string): boolean {
  const guard = `${path}.steal`;
  // Left by a process that was killed in here.
  if (ageOf(guard) > STALE_STEAL_MS) removeGuard(guard);
  try {
    mkdirSync(guard, { mode: 0o700 });
  } catch {
    return false;
  }
  try {
    if (!isStale(path)) return false;
    unlinkSync(path);
    return true;
  } catch {
    return false;
  } finally {
    removeGuard(guard);
  }
}

/** It may have gone already: two processes can find it too old at once. */
function removeGuard(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

function isStale(path: string): boolean {
  const content = contentOf(path);
  if (content === undefined) return false;
  const [pid, start] = content.split(' ');
  if (!/^\d+$/.test(pid ?? '') || ageOf(path) > STALE_MS) return true;
  return !isAlive(Number(pid)) || startOf(Number(pid)) !== start;
}

/** When the process began, in clock ticks since boot, so that a pid that was used again is told apart; Linux only. */
function startOf(pid: number): string {
  try {
    const [state, ...others] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    // In a container without an init process the dead stay as zombies.
    return state === 'Z' ? 'dead' : (others[18] ?? '-');
  } catch {
    return '-';
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Milliseconds, in either direction: a clock that was set back must not keep a dead lock alive. */
function ageOf(path: string): number {
  return Math.abs(Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()));
}

/** Never throws: it runs on a timer, and a heartbeat that is missed costs the lock at worst. */
function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Taken over at this very moment, or the disk refuses.
  }
}
