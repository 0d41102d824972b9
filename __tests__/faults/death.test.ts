/** Workers that die, are stopped, or are many: what was written arrives, and no more is repeated than was under way. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { expectedIds, idsOf } from '../helpers/expected.ts';
import {
  API_KEY,
  BATCH_RECORDS,
  expectWhole,
  FAST,
  isPossible,
  keyOf,
  kill,
  makeRig,
  processesNaming,
  type Rig,
  seeded,
  SILENT,
} from '../helpers/fault-rig.ts';
import { BIN, runToEnd, stopPayload } from '../helpers/sandbox.ts';

const TEN_YEARS_MS = 315_360_000_000;
const UNPRIVILEGED = 65_534;

/** Fires as the client does, for many sessions at once. */
const fireAll = (rig: Rig, count: number): Promise<unknown[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => rig.fire({ stdin: payloadOf(rig, index) })));
const payloadOf = (rig: Rig, index: number): string => stopPayload(rig.home, { session_id: `session ${index}` });
const silent = (count: number): unknown[] => Array.from({ length: count }, () => SILENT);

describe('SIGKILL', () => {
  test('at fifteen random moments, to file, http and the local store, while the transcript grows', async () => {
    const rig = await makeRig({ destinations: ['file', 'http', 'local'] });
    const random = seeded(5);
    for (let round = 0; round < 15; round += 1) {
      rig.addLines(20);
      const child = rig.start('run');
      await Promise.race([sleep(120 + random() * 250), once(child, 'exit')]);
      await kill(child);
    }
    expect(await rig.run()).toMatchObject({ code: 0, stdout: '' });
    expectWhole(rig, { crashes: 15 });
    expect(idsOf(await rig.exported())).toEqual(expectedIds(rig.projects));
  });

  test('between the server’s commit and its answer: the batch comes again as it was, though more lines have come', async () => {
    const rig = await makeRig({ destinations: ['http'] });
    rig.addLines(5);
    rig.server.script('hang');
    const arrived = rig.server.nextRequest();
    const child = rig.start('run');
    const lost = await arrived;
    await kill(child);
    rig.addLines(40);
    rig.server.script({});
    await rig.run();
    const [, again] = rig.server.requests;
    expect(again && { key: keyOf(again), body: again.body }).toEqual({ key: keyOf(lost), body: lost?.body });
    expect(idsOf(rig.httpRecords().slice(JSON.parse(lost.body).records.length))).toEqual(expectedIds(rig.projects));
  });

  test('to six fires at once, four times over: the next fire does the rest', async () => {
    const rig = await makeRig();
    await rig.install();
    for (let round = 0; round < 4; round += 1) {
      rig.addLines(30);
      await fireAll(rig, 6);
      await sleep(40 * round);
      for (const { pid } of processesNaming(rig.home)) endByForce(pid);
    }
    expect(await rig.fireAndSettle()).toEqual(SILENT);
    expectWhole(rig, { crashes: 4 });
  });
});

describe('many fires', () => {
  test('twenty at once, for twenty sessions: each record is sent once, and no argument list holds the key', async () => {
    const rig = await makeRig({ cases: ['2.1.329-simple', '2.1.329-thinktool', '2.1.50-thinktool'] });
    rig.addLines(50);
    await rig.install();
    const seen: string[] = [];
    const watch = setInterval(() => seen.push(...processesNaming(rig.home).map(({ args }) => args)), 15);
    expect(await fireAll(rig, 20)).toEqual(silent(20));
    await rig.settle();
    clearInterval(watch);
    expectWhole(rig);
    expect(seen.some((args) => args.includes('hook'))).toBe(true);
    expect(seen.filter((args) => args.includes(API_KEY))).toEqual([]);
  });

  test('ten on a session that grows all the while: each record is sent once, without a further fire', async () => {
    const rig = await makeRig();
    await rig.install();
    for (let round = 0; round < 10; round += 1) {
      rig.addLines(7);
      expect(await rig.fire()).toEqual(SILENT);
      rig.addLines(4);
      await sleep(60);
    }
    await rig.settle();
    expectWhole(rig);
  });
});

describe('a leader that sleeps', () => {
  test('is replaced, notices it when it wakes up, and leaves the rest to its successor', async () => {
    const rig = await makeRig({ http: { timeoutMs: 1_000 } });
    rig.server.script('hang');
    const arrived = rig.server.nextRequest();
    const sleeper = rig.start('hook');
    await arrived;
    sleeper.kill('SIGSTOP');
    rig.server.script({});
    const longAgo = new Date(Date.now() - 16_000);
    utimesSync(join(rig.state, 'lock'), longAgo, longAgo);
    expect(await rig.run()).toMatchObject({ code: 0 });
    const ended = once(sleeper, 'exit');
    const requests = rig.server.requests.length;
    sleeper.kill('SIGCONT');
    expect(await ended).toEqual([0, null]);
    expect(rig.server.requests).toHaveLength(requests);
    expect(await rig.run()).toMatchObject({ code: 0 });
    expectWhole(rig, { crashes: 1 });
  });
});

const canUnshare = isPossible('unshare', '--pid', '--fork', '--mount-proc', 'true');

describe('two containers that share a home', () => {
  (canUnshare ? test : test.skip)('lose nothing: at worst both send the same', async () => {
    const rig = await makeRig();
    rig.addLines(100);
    const inContainer = (): Promise<unknown> =>
      runToEnd('unshare', ['--pid', '--fork', '--mount-proc', process.execPath, BIN, 'hook'], {
        cwd: rig.home,
        env: rig.env,
        stdin: stopPayload(rig.home),
      });
    expect(await Promise.all([inContainer(), inContainer()])).toEqual(silent(2));
    await rig.run();
    expect([...new Set(idsOf(rig.fileRecords()))]).toEqual(expectedIds(rig.projects));
    expect([...new Set(idsOf(rig.httpRecords()))]).toEqual(expectedIds(rig.projects));
  });
});

describe('SIGTERM', () => {
  test('within a request: the worker goes within a second, silently, and gives the lock back', async () => {
    const rig = await makeRig();
    rig.server.script('hang');
    const arrived = rig.server.nextRequest();
    const worker = rig.start('hook');
    await arrived;
    const before = performance.now();
    worker.kill('SIGTERM');
    expect(await once(worker, 'exit')).toEqual([0, null]);
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(readdirSync(rig.state).filter((name) => name.startsWith('lock'))).toEqual([]);
    rig.server.script({});
    await rig.run();
    expectWhole(rig, { crashes: 1 });
  });

  test('at six random moments: the same', async () => {
    const rig = await makeRig();
    const random = seeded(7);
    for (let round = 0; round < 6; round += 1) {
      rig.addLines(30);
      const worker = rig.start('hook');
      // Before it has got to its handlers, the signal ends it as SIGKILL would.
      await Promise.race([waitFor(join(rig.state, 'lock')), once(worker, 'exit')]);
      await sleep(random() * 150);
      const before = performance.now();
      worker.kill('SIGTERM');
      expect(await once(worker, 'exit')).toEqual([0, null]);
      expect(performance.now() - before).toBeLessThan(1_000);
      expect(existsSync(join(rig.state, 'lock'))).toBe(false);
    }
    await rig.run();
    expectWhole(rig, { crashes: 6 });
  });
});

describe('a system that has no process left to give', () => {
  test('keeps the hook from starting a worker: it exits 0, and the next fire delivers', async () => {
    const rig = await makeRig();
    await rig.install();
    execFileSync('chown', ['-R', `${UNPRIVILEGED}`, rig.home]);
    const asUser = process.getuid?.() === 0 ? { uid: UNPRIVILEGED } : {};
    const hook = spawn('sh', ['-c', `ulimit -u 1; ${rig.hookCommand()}`], { ...asUser, env: rig.env, stdio: 'pipe' });
    const output: string[] = [];
    hook.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
    hook.stdin.on('error', () => {}).end(stopPayload(rig.home));
    expect(await once(hook, 'close')).toEqual([0, null]);
    expect(output).toEqual([]);
    expect(rig.server.requests).toEqual([]);
    execFileSync('chown', ['-R', `${process.getuid?.()}`, rig.home]);
    expect(await rig.fireAndSettle()).toEqual(SILENT);
    expectWhole(rig);
  });
});

describe('a clock that is ten years off', () => {
  test.each([
    ['ahead, when a destination was laid to rest', TEN_YEARS_MS, 0],
    ['behind, when it is tried again', 0, -TEN_YEARS_MS],
  ])('%s: keeps nothing waiting', async (_, resting, trying) => {
    const rig = await makeRig();
    rig.server.script({ status: 503, headers: { 'retry-after': '3000' } });
    expect(await rig.run({ FAULT_CLOCK_OFFSET_MS: resting })).toMatchObject({ code: 1 });
    const refused = rig.server.requests.length;
    rig.server.script({});
    expect(await rig.work({ ...FAST, FAULT_CLOCK_OFFSET_MS: trying })).toEqual(SILENT);
    expect(idsOf(rig.httpRecords()).length).toBeGreaterThan(refused);
    expect([...new Set(idsOf(rig.httpRecords()))]).toEqual(expectedIds(rig.projects));
    expect(rig.fileRecords().length).toBeGreaterThan(BATCH_RECORDS);
  });
});

function endByForce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone.
  }
}

async function waitFor(path: string): Promise<void> {
  while (!existsSync(path) || readFileSync(path).length === 0) await sleep(5);
}
