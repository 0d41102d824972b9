/** SIGKILL before, in the middle of and after every operation on storage: the next run goes on where it has to. */
import { describe, expect, test } from '@jest/globals';
import { BIN, runToEnd } from '../helpers/sandbox.ts';
import {
  expectWhole,
  FAST,
  type Faults,
  forEveryPoint,
  isPossible,
  LATER,
  makeRig,
  type Rig,
  SILENT,
} from '../helpers/fault-rig.ts';

/** Does something once in a rig of its own, then lets a worker do the rest; answers whether the first one was killed. */
async function killedAndMended(first: (rig: Rig) => Promise<{ signal: string | null }>): Promise<boolean> {
  const rig = await makeRig();
  try {
    const { signal } = await first(rig);
    expect([null, 'SIGKILL']).toContain(signal);
    expect(await rig.work(LATER)).toEqual(SILENT);
    expectWhole(rig, { crashes: signal === null ? 0 : 1 });
    return signal !== null;
  } finally {
    await rig.close();
  }
}

const killAt = (point: number, mode: string): Faults => ({ FAULT_KILL_AT: point, FAULT_KILL_MODE: mode });

describe('the hook’s worker, killed at its n-th operation, loses nothing and repeats one batch at most', () => {
  test.each([
    ['before', 'the operation', 25],
    ['after', 'the operation', 25],
    ['torn', 'half of the bytes of a write', 10],
  ])('%s: %s, for every n', async (mode, _, atLeast) => {
    const points = await forEveryPoint((point) => {
      return killedAndMended((rig) => rig.work({ ...FAST, ...killAt(point, mode) }));
    });
    expect(points).toBeGreaterThan(atLeast);
  });

  test('with the clock as it is', async () => {
    expect(await killedAndMended((rig) => rig.work(killAt(20, 'after')))).toBe(true);
  });
});

describe('stopwire run, killed at its n-th operation', () => {
  test.each([
    ['before', [1, 3, 8, 20]],
    ['torn', [2, 5, 9]],
    ['after', [4, 15, 24]],
  ])('%s: at %j', async (mode, points) => {
    const killed = await Promise.all(points.map((point) => killedAndMended((rig) => rig.run(killAt(point, mode)))));
    expect(new Set(killed)).toEqual(new Set([true]));
  });
});

const hasStrace = isPossible('strace', '-f', 'true');

describe('stopwire run, killed by the kernel at its n-th system call', () => {
  (hasStrace ? test : test.skip).each([
    ['link', 1],
    ['unlink', 1],
    ['fdatasync', 1],
    ['write', 5],
    ['write', 9],
    ['write', 12],
  ])('%s, n = %i', async (call, count) => {
    const options = ['-f', '-qq', '-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${count}`];
    const traced = (rig: Rig): Promise<{ signal: string | null }> =>
      runToEnd('strace', [...options, '-o', '/dev/null', process.execPath, BIN, 'run'], {
        cwd: rig.home,
        env: rig.env,
      });
    expect(await killedAndMended(traced)).toBe(true);
  });
});
