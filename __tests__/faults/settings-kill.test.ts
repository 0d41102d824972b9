/** Row 106 of the fault matrix: the installer is killed, and settings.json is the old file or the new one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';
import { isPossible, seeded } from '../helpers/fault-rig.ts';
import { BIN, runToEnd } from '../helpers/sandbox.ts';
import { debris, hooksOf, makeSettingsRig, rigOfEachTest, type SettingsRig } from '../helpers/settings-rig.ts';

const rig = rigOfEachTest();
/** They start some hundred processes. */
jest.setTimeout(180_000);

const BEFORE = '{\n  "model": "opus"\n}\n';

/** Something is killed, and the next installation mends what it left; after every third, uninstalling gives all back. */
async function killedAndMended(
  kill: (one: SettingsRig) => Promise<{ signal: string | null }>,
  point: number,
): Promise<boolean> {
  const one = makeSettingsRig();
  try {
    writeFileSync(one.settings, BEFORE);
    const { signal } = await kill(one);
    await expectMended(one);
    if (point % 3 === 0) await expectAllGivenBack(one);
    return signal === 'SIGKILL';
  } finally {
    one.remove();
  }
}

async function expectMended(one: SettingsRig): Promise<void> {
  const left = readFileSync(one.settings, 'utf8');
  ageGuards(one);
  expect((await one.install()).code).toBe(0);
  const states = [BEFORE, readFileSync(one.settings, 'utf8')];
  for (const text of [left, ...one.backups().map((path) => readFileSync(path, 'utf8'))]) expect(states).toContain(text);
  expect([hooksOf(one.settings).length, debris(one)]).toEqual([1, []]);
}

async function expectAllGivenBack(one: SettingsRig): Promise<void> {
  expect((await one.stopwire(['uninstall', '--purge'])).code).toBe(0);
  expect([readFileSync(one.settings, 'utf8'), one.everything()]).toEqual([BEFORE, HOME_BEFORE]);
}

const HOME_BEFORE = ['.claude', '.claude/projects', '.claude/settings.json'];

/** A guard without a name in it, of a process that was killed before it wrote it, is waited for: five seconds. */
function ageGuards(one: SettingsRig): void {
  const then = new Date(Date.now() - 60_000);
  for (const path of one.everything().filter((name) => name.endsWith('.lock')))
    utimesSync(join(one.home, path), then, then);
}

/** Where to kill: all operations on storage, but of those that copy the program only every fortieth. */
async function pointsOf(args: readonly string[], prepare: (one: SettingsRig) => Promise<unknown>): Promise<number[]> {
  writeFileSync(rig().settings, BEFORE);
  await prepare(rig());
  await rig().under({}, args);
  return rig()
    .report()
    .operations.map((operation, index) => ({ point: index + 1, isCopy: /\/new\.[^/]+\//.test(operation) }))
    .filter(({ point, isCopy }) => !isCopy || point % 40 === 0)
    .map(({ point }) => point);
}

/** In two lanes. */
async function inLanes(points: readonly number[], act: (point: number) => Promise<unknown>): Promise<void> {
  const left = [...points];
  const lane = async (): Promise<void> => {
    for (let point = left.shift(); point !== undefined; point = left.shift()) await act(point);
  };
  await Promise.all([lane(), lane()]);
}

test('row 106: install, killed right after each operation on storage', async () => {
  const points = await pointsOf(['install', '--yes'], () => Promise.resolve());
  expect(points.length).toBeGreaterThan(30);
  await inLanes(points, async (point) => {
    const kill = (one: SettingsRig) => one.under({ FAULT_KILL_AT: point, FAULT_KILL_MODE: 'after' });
    expect(await killedAndMended(kill, point)).toBe(true);
  });
});

test('row 106: install, killed in the middle of each write', async () => {
  let killed = 0;
  await inLanes([1, 2, 3, 4, 5, 6, 7, 8], async (point) => {
    const kill = (one: SettingsRig) => one.under({ FAULT_KILL_AT: point, FAULT_KILL_MODE: 'torn' });
    if (await killedAndMended(kill, point)) killed += 1;
  });
  expect(killed).toBeGreaterThan(6);
});

test('row 106: uninstall, killed right after each operation on storage', async () => {
  const args = ['uninstall', '--purge'];
  const points = await pointsOf(args, (one) => one.install());
  expect(points.length).toBeGreaterThan(10);
  await inLanes(points, async (point) => {
    const kill = async (one: SettingsRig) => {
      await one.install();
      return one.under({ FAULT_KILL_AT: point, FAULT_KILL_MODE: 'after' }, args);
    };
    expect(await killedAndMended(kill, point)).toBe(true);
  });
});

test('row 106: install, killed at 40 random moments, one after the other', async () => {
  const random = seeded(106);
  writeFileSync(rig().settings, BEFORE);
  const startedAt = performance.now();
  await rig().install();
  const takes = performance.now() - startedAt;
  await rig().stopwire(['uninstall', '--purge']);
  const seen = new Set<string>();
  for (let round = 0; round < 40; round += 1) {
    const child = spawn(process.execPath, [BIN, 'install', '--yes'], {
      cwd: rig().home,
      env: rig().env,
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    await Promise.race([sleep(random() * takes), ended]);
    child.kill('SIGKILL');
    await ended;
    ageGuards(rig());
    const text = readFileSync(rig().settings, 'utf8');
    seen.add(text);
    expect(() => JSON.parse(text)).not.toThrow();
    if (text !== BEFORE) {
      expect(hooksOf(rig().settings)).toHaveLength(1);
      if (round % 4 === 0) await rig().stopwire(['uninstall', '--purge']);
    }
  }
  expect(seen.size).toBeLessThanOrEqual(2);
  await expectMended(rig());
  await expectAllGivenBack(rig());
});

const hasStrace = isPossible('strace', '-f', 'true');

(hasStrace ? test : test.skip).each([
  ['rename', 1],
  ['rename', 3],
  ['link', 1],
  ['fsync', 4],
  ['unlink', 2],
])('row 106: install, killed by the kernel at its n-th %s, n = %i', async (call, count) => {
  const options = ['-f', '-qq', '-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${count}`];
  const command = ['-o', '/dev/null', process.execPath, BIN, 'install', '--yes'];
  const kill = (one: SettingsRig) => runToEnd('strace', [...options, ...command], { cwd: one.home, env: one.env });
  expect(await killedAndMended(kill, count)).toBe(true);
});

test('row 106: a backup is never half a file', async () => {
  // The second write below the settings' folder is that of the change, the first that of the backup.
  for (const point of [1, 2]) {
    const one = makeSettingsRig();
    writeFileSync(one.settings, BEFORE);
    await one.under({ FAULT_ROOT: one.claude, FAULT_KILL_AT: point, FAULT_KILL_MODE: 'torn' });
    expect(one.backups().map((path) => readFileSync(path, 'utf8'))).toEqual(point === 1 ? [] : [BEFORE]);
    expect(existsSync(one.settings)).toBe(true);
    one.remove();
  }
});
