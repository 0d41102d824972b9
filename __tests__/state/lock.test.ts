import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { acquireLock, waitForLock, type Lock } from '../../src/state/lock.ts';
import { bundle } from '../helpers/bundle.ts';
import { runWithFileLimit, startChild, type Child } from '../helpers/child.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { withoutPrivileges } from '../helpers/unprivileged.ts';

/** No process has this id: Linux and macOS end far below. */
const NOBODY = 2 ** 30;

let lockModule: string;
let directory: string;
let path: string;
const held: (Lock | undefined)[] = [];
beforeEach(async () => {
  lockModule = JSON.stringify(await bundle('state/lock.ts', makeTempDirectory()));
  directory = makeTempDirectory();
  path = join(directory, 'lock');
});
afterEach(() => {
  for (const lock of held.splice(0)) lock?.release();
});

/** Takes the lock in this process; given back after the test. */
function acquire(): Lock | undefined {
  const lock = acquireLock(path);
  held.push(lock);
  return lock;
}

/** A child that takes the lock at each `take`, says `held` or `refused`, and gives it back at each `release`. */
function startContender(): Child {
  return startChild(`
    import { acquireLock } from ${lockModule};
    let lock;
    process.on('message', (message) => {
      if (message === 'take') lock = acquireLock(${JSON.stringify(path)});
      else lock.release();
      process.send(message === 'take' ? (lock === undefined ? 'refused' : 'held') : 'released');
    });
    process.send('ready');
  `);
}

async function startHolder(): Promise<Child> {
  const child = startContender();
  await child.next();
  child.send('take');
  expect(await child.next()).toBe('held');
  return child;
}

/** Moves the time of the last heartbeat. */
function backdate(seconds: number, what = path): void {
  const time = Date.now() / 1000 - seconds;
  utimesSync(what, time, time);
}

describe('a free lock', () => {
  test('is taken, kept from others, given back, and leaves nothing behind', () => {
    const lock = acquire();
    expect(lock?.isHeld()).toBe(true);
    expect(acquire()).toBeUndefined();
    expect(readdirSync(directory)).toEqual(['lock']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    lock?.release();
    expect(lock?.isHeld()).toBe(false);
    expect(readdirSync(directory)).toEqual([]);
    expect(acquire()?.isHeld()).toBe(true);
  });

  test('in a folder that is not there cannot be taken, and says so', () => {
    path = join(directory, 'missing', 'lock');
    expect(() => acquireLock(path)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  test('on a full disk cannot be taken, says so, and leaves nothing behind', async () => {
    const printed = await runWithFileLimit(
      0,
      `
        import { acquireLock } from ${lockModule};
        try { acquireLock(${JSON.stringify(path)}); } catch (error) { process.exitCode = error.code === 'EFBIG' ? 0 : 1; }
      `,
    );
    expect(printed).toBe('');
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('the lock of a holder that lives', () => {
  test('stays with it', async () => {
    await startHolder();
    expect(acquire()).toBeUndefined();
    backdate(14);
    expect(acquire()).toBeUndefined();
    expect(readdirSync(directory)).toEqual(['lock']);
  });

  test.each([
    ['has given no sign for more than 15 s', 16],
    ['gave its last sign in a future that a clock set back has made', -16],
  ])('is taken over where it %s', async (_title, seconds) => {
    await startHolder();
    backdate(seconds);
    expect(acquire()?.isHeld()).toBe(true);
  });

  test('is not given back by one that has lost it', () => {
    const lost = acquire();
    backdate(16);
    const taken = acquire();
    expect([lost?.isHeld(), taken?.isHeld()]).toEqual([false, true]);
    lost?.release();
    expect(taken?.isHeld()).toBe(true);
  });

  test('can be given back after its file has gone', () => {
    const lock = acquire();
    writeFileSync(path, '');
    expect(() => lock?.release()).not.toThrow();
    expect(readFileSync(path, 'utf8')).toBe('');
  });
});

describe('the heartbeat', () => {
  beforeEach(() => void jest.useFakeTimers({ now: Date.now() }));
  afterEach(() => void jest.useRealTimers());

  test('renews the lock every five seconds, and no other than its own', () => {
    acquire();
    backdate(14);
    jest.advanceTimersByTime(5_000);
    expect(Math.abs(Date.now() - statSync(path).mtimeMs)).toBeLessThan(100);
    writeFileSync(path, 'another holder');
    backdate(14);
    jest.advanceTimersByTime(5_000);
    expect(Date.now() - statSync(path).mtimeMs).toBeGreaterThan(18_000);
  });

  test('ends when the lock is given back', () => {
    acquire()?.release();
    expect(jest.getTimerCount()).toBe(0);
  });

  // Only root can become somebody whom the system does not let renew the file.
  const testAsRoot = process.getuid?.() === 0 ? test : test.skip;
  testAsRoot('that fails does not end the process', async () => {
    acquire();
    chmodSync(path, 0o644);
    backdate(14);
    await expect(withoutPrivileges(() => jest.advanceTimersByTime(5_000))).resolves.toBeUndefined();
    expect(Date.now() - statSync(path).mtimeMs).toBeGreaterThan(18_000);
  });
});

describe('the lock of a holder that is gone is taken over at once', () => {
  test('after kill -9', async () => {
    const holder = await startHolder();
    expect(acquire()).toBeUndefined();
    await holder.kill();
    expect(existsSync(path)).toBe(true);
    expect(acquire()?.isHeld()).toBe(true);
    expect(readdirSync(directory)).toEqual(['lock']);
  });

  const testOnLinux = process.platform === 'linux' ? test : test.skip;

  testOnLinux('also where nobody collects the dead, as in a container without an init', async () => {
    const code = `
      import { acquireLock } from ${lockModule};
      acquireLock(${JSON.stringify(path)});
      console.log('held');
      setInterval(() => {}, 1000);
    `;
    // The shell starts the holder, then becomes a program that never waits for it.
    const shell = ['-c', '"$@" & exec sleep 600', 'sh', process.execPath, '--input-type=module', '-e', code];
    const parent = spawn('sh', shell, { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      await once(parent.stdout, 'data');
      const holder = Number(readFileSync(path, 'utf8').split(' ')[0]);
      process.kill(holder, 'SIGKILL');
      while (!/\) Z /.test(readFileSync(`/proc/${holder}/stat`, 'utf8'))) await turn();
      expect(acquire()?.isHeld()).toBe(true);
    } finally {
      parent.kill('SIGKILL');
    }
  });

  testOnLinux('also where its id was given to another process', async () => {
    const other = spawn('sleep', ['600']);
    await once(other, 'spawn');
    try {
      writeFileSync(path, `${other.pid} ${startTimeOf(other.pid) - 1} nonce`);
      expect(acquire()?.isHeld()).toBe(true);
    } finally {
      other.kill('SIGKILL');
    }
  });

  testOnLinux('but not where the process is the same one', async () => {
    const other = spawn('sleep', ['600']);
    await once(other, 'spawn');
    try {
      writeFileSync(path, `${other.pid} ${startTimeOf(other.pid)} nonce`);
      expect(acquire()).toBeUndefined();
    } finally {
      other.kill('SIGKILL');
    }
  });

  test.each([
    ['is empty', ''],
    ['holds NULs', '\0\0\0\0'],
    ['holds words', 'what is this'],
    ['holds JSON', '{"pid":1}'],
    ['names no process', `${NOBODY} 123 nonce`],
    ['names a process that no system can have', '99999999999999999999 123 nonce'],
    ['names a process of this id without its start', `${process.pid}`],
  ])('and so is one whose file %s', (_title, content) => {
    writeFileSync(path, content);
    expect(acquire()?.isHeld()).toBe(true);
    expect(readdirSync(directory)).toEqual(['lock']);
  });
});

describe('taking over', () => {
  test('is left to the process that is at it', () => {
    writeFileSync(path, '');
    mkdirSync(`${path}.steal`);
    expect(acquire()).toBeUndefined();
    expect(readdirSync(directory).toSorted()).toEqual(['lock', 'lock.steal']);
  });

  test('is done at once where that process was killed in the middle of it', () => {
    writeFileSync(path, '');
    mkdirSync(`${path}.steal`);
    backdate(11, `${path}.steal`);
    expect(acquire()?.isHeld()).toBe(true);
    expect(readdirSync(directory)).toEqual(['lock']);
  });
});

describe('among eight processes', () => {
  test.each([
    ['is free', (): void => {}],
    ['was left by one that is gone', (): void => writeFileSync(path, `${NOBODY} 1 nonce`)],
    ['is garbage', (): void => writeFileSync(path, '')],
  ])('exactly one gets a lock that %s', async (_title, prepare) => {
    const contenders = Array.from({ length: 8 }, startContender);
    await Promise.all(contenders.map((child) => child.next()));
    for (let round = 0; round < 60; round += 1) {
      prepare();
      for (const child of contenders) child.send('take');
      const answers = await Promise.all(contenders.map((child) => child.next()));
      expect([round, ...answers.toSorted()]).toEqual([round, 'held', ...Array<string>(7).fill('refused')]);
      const winner = contenders[answers.indexOf('held')];
      winner?.send('release');
      expect(await winner?.next()).toBe('released');
    }
    expect(readdirSync(directory)).toEqual([]);
  });

  test('no two are ever inside together, however they come and go', async () => {
    const contenders = Array.from({ length: 8 }, () =>
      startChild(`
        import { closeSync, openSync, rmSync } from 'node:fs';
        import { setImmediate as turn } from 'node:timers/promises';
        import { acquireLock } from ${lockModule};
        for (let times = 0; times < 40; await turn()) {
          const lock = acquireLock(${JSON.stringify(path)});
          if (lock === undefined) continue;
          const inside = ${JSON.stringify(`${path}-inside`)};
          closeSync(openSync(inside, 'wx'));
          await turn();
          rmSync(inside);
          lock.release();
          times += 1;
        }
        process.disconnect();
      `),
    );
    expect(await Promise.all(contenders.map(({ ended }) => ended))).toEqual(contenders.map(() => 0));
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('waiting for the lock', () => {
  test('takes a free one without a word', async () => {
    const onWait = jest.fn();
    const lock = await waitForLock(path, 60_000, onWait);
    held.push(lock);
    expect(lock?.isHeld()).toBe(true);
    expect(onWait).not.toHaveBeenCalled();
  });

  test('says once that it waits, and takes the lock when its holder gives it back', async () => {
    const holder = await startHolder();
    // Late enough for it to have looked more than once.
    const onWait = jest.fn(() => void setTimeout(() => holder.send('release'), 350));
    const lock = await waitForLock(path, 60_000, onWait);
    held.push(lock);
    expect(lock?.isHeld()).toBe(true);
    expect(onWait).toHaveBeenCalledTimes(1);
  });

  test('gives up after the time it was given', async () => {
    await startHolder();
    expect(await waitForLock(path, 0)).toBeUndefined();
  });
});

/** By proc(5), in ticks since boot; the 22nd field. */
function startTimeOf(pid: number | undefined): number {
  return Number(
    readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')[19],
  );
}
