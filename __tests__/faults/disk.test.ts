/** Disks that are full, read-only or broken, and state that is damaged or gone. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { expectedIds, idsOf } from '../helpers/expected.ts';
import {
  expectPlainWords,
  expectWhole,
  FAST,
  type Faults,
  forEveryPoint,
  LATER,
  leaks,
  makeRig,
  type Rig,
  SILENT,
} from '../helpers/fault-rig.ts';
import { startJudge } from '../helpers/judge.ts';

const FULL: Faults = { FAULT_ERR: 'ENOSPC' };

/** A worker under faults and one without; where the disk stays full, one on the full disk between them. */
async function failedAndMended(faults: Faults, staysFull: boolean): Promise<boolean> {
  const rig = await makeRig();
  try {
    expect(await rig.work({ ...FAST, ...faults })).toEqual(SILENT);
    const { injected } = rig.report();
    const sent = rig.server.requests.length;
    if (staysFull) expect(await rig.work({ ...LATER, ...FULL })).toEqual(SILENT);
    expect(rig.server.requests).toHaveLength(sent);
    expect(await rig.work(LATER)).toEqual(SILENT);
    expectWhole(rig, { crashes: injected > 0 ? 1 : 0 });
    return injected > 0;
  } finally {
    await rig.close();
  }
}

describe('a disk that refuses at the n-th operation, for every n: nothing is lost, and one batch at most repeated', () => {
  test.each<[string, Faults, number]>([
    ['full from there on, half of the first write taken', { ...FULL, FAULT_ERR_OPS: 'write', FAULT_SHORT: 1 }, 10],
    ['an input/output error, once', { FAULT_ERR: 'EIO', FAULT_ERR_OPS: 'write,fsync' }, 10],
    ['read-only from there on', { FAULT_ERR: 'EROFS', FAULT_ERR_OPS: 'create,write' }, 10],
    ['no file descriptor left to write from there on', { FAULT_ERR: 'EMFILE', FAULT_ERR_OPS: 'create,open' }, 5],
  ])('%s', async (_, faults, atLeast) => {
    const points = await forEveryPoint((point) => {
      const once = faults['FAULT_ERR'] === 'EIO' ? { FAULT_ERR_TO: point } : {};
      const staysFull = faults['FAULT_SHORT'] === 1 && point % 4 === 0;
      return failedAndMended({ ...faults, FAULT_ERR_FROM: point, ...once }, staysFull);
    });
    expect(points).toBeGreaterThan(atLeast);
  });

  test('no file descriptor left, to read neither', async () => {
    for (const point of [1, 3, 8, 21]) {
      expect(await failedAndMended({ FAULT_ERR: 'EMFILE', FAULT_ERR_FROM: point }, false)).toBe(true);
    }
  });
});

describe('what cannot be noted is not sent', () => {
  test.each<[string, Faults]>([
    ['a full disk', FULL],
    ['a full disk, which still takes half a fact', { ...FULL, FAULT_SHORT: 1, FAULT_MATCH: 'cursors' }],
    ['a journal that may not be written', { FAULT_ERR: 'EACCES', FAULT_MATCH: 'cursors' }],
    ['a read-only file system', { FAULT_ERR: 'EROFS' }],
    ['a broken disk', { FAULT_ERR: 'EIO', FAULT_ERR_OPS: 'write' }],
  ])('%s', async (_, faults) => {
    const rig = await makeRig();
    rig.addLines(10);
    await rig.run();
    const sent = [rig.server.begun(), rig.fileRecords().length];
    rig.addLines(10);
    expectPlainWords(await rig.run(faults));
    expect(rig.report().injected).toBeGreaterThan(0);
    expect([rig.server.begun(), rig.fileRecords().length]).toEqual(sent);
  });

  test('and it is said in words what the matter is', async () => {
    for (const pattern of ['lock', 'cursors', 'owners', 'records.ndjson']) {
      const rig = await makeRig();
      const { stderr } = await rig.run({ ...FULL, FAULT_MATCH: pattern });
      expect(stderr).toMatch(/full|no space|ENOSPC/i);
      expect(stderr).not.toContain('does not know');
    }
  });
});

const canMount = mountTmpfs((folder) => readdirSync(folder));

describe('a real disk', () => {
  (canMount ? test : test.skip)('that is full: nothing is sent, and everything when there is room', async () => {
    const rig = await makeRig();
    mkdirSync(rig.state, { recursive: true, mode: 0o700 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=0700', 'tmpfs', rig.state]);
    try {
      fill(join(rig.state, 'filler'));
      expect(await rig.run()).toMatchObject({ code: 1, stdout: '' });
      expect(await rig.work()).toEqual(SILENT);
      expect(rig.server.begun()).toBe(0);
      rmSync(join(rig.state, 'filler'));
      expect(await rig.run()).toMatchObject({ code: 0 });
      expectWhole(rig);
    } finally {
      execFileSync('umount', ['-l', rig.state]);
    }
  });
});

describe('the journal', () => {
  const journal = (rig: Rig): string => join(rig.state, 'cursors.log');

  test.each<[string, (path: string) => void]>([
    ['is empty', (path) => truncateSync(path)],
    ['holds NULs', (path) => writeFileSync(path, Buffer.alloc(4_096))],
    [
      'begins with a block of NULs',
      (path) => writeFileSync(path, Buffer.concat([Buffer.alloc(512), readFileSync(path)])),
    ],
    ['is cut in half', (path) => truncateSync(path, Math.floor(statSync(path).size / 2))],
    ['has lost its last byte', (path) => truncateSync(path, statSync(path).size - 1)],
    ['has a flipped bit in each hundredth byte', flipBits],
    ['is another object', (path) => writeFileSync(path, '{"version":1}')],
    ['is a list', (path) => writeFileSync(path, '[]')],
    ['is gone with its folder', (path) => rmSync(join(path, '..'), { recursive: true })],
  ])('%s: at worst, all of it is sent again under the same ids', async (_, damage) => {
    const rig = await makeRig();
    rig.addLines(20);
    await rig.work(FAST);
    damage(journal(rig));
    rig.addLines(20);
    expect(await rig.work(LATER)).toEqual(SILENT);
    expect([...new Set(idsOf(rig.fileRecords()))]).toEqual(expectedIds(rig.projects));
    expect([...new Set(idsOf(rig.httpRecords()))]).toEqual(expectedIds(rig.projects));
    expect(leaks(rig)).toEqual([]);
  });

  test('of a newer version stays as it is, nothing is sent, and status says why', async () => {
    const rig = await makeRig();
    mkdirSync(rig.state, { recursive: true, mode: 0o700 });
    const header = '{"k":"hdr","v":999}';
    const text = `\n${header}|${crc32(header).toString(16).padStart(8, '0')}`;
    writeFileSync(journal(rig), text);
    const ran = await rig.run();
    expectPlainWords(ran);
    expect(ran.code).toBe(1);
    expect(readFileSync(journal(rig), 'utf8')).toBe(text);
    expect(rig.server.begun()).toBe(0);
    const status = await rig.stopwire(['status']);
    expect(status.code).toBe(1);
    expect(status.stdout + status.stderr).toContain('newer');
  });

  test('that cannot be compacted goes on growing, and nothing is left beside it', async () => {
    const rig = await makeRig();
    await rig.run();
    const fact = '{"k":"b","d":"elsewhere"}';
    const line = `\n${fact}|${crc32(fact).toString(16).padStart(8, '0')}`;
    appendFileSync(journal(rig), line.repeat(40_000));
    rig.addLines(20);
    expect(await rig.run({ FAULT_ERR: 'EACCES', FAULT_ERR_OPS: 'rename' })).toMatchObject({ code: 0 });
    expect(rig.report().injected).toBe(1);
    expect(statSync(journal(rig)).size).toBeGreaterThan(1_048_576);
    expect(readdirSync(rig.state).filter((name) => name.startsWith('cursors'))).toEqual(['cursors.log']);
    rig.addLines(20);
    expect(await rig.run()).toMatchObject({ code: 0 });
    expect(statSync(journal(rig)).size).toBeLessThan(100_000);
    expectWhole(rig);
  });

  test('forgets, when it is compacted, transcripts that have been gone for more than seven days', async () => {
    const rig = await makeRig();
    rig.addLines(20);
    await rig.run();
    const folder = join(rig.transcript, '..');
    rmSync(folder, { recursive: true });
    const fact = '{"k":"b","d":"elsewhere"}';
    const line = `\n${fact}|${crc32(fact).toString(16).padStart(8, '0')}`;
    for (const days of [0, 8, 16]) {
      appendFileSync(journal(rig), line.repeat(40_000));
      expect(await rig.run({ FAULT_CLOCK_OFFSET_MS: days * 86_400_000 })).toMatchObject({ code: 0 });
    }
    expect(readFileSync(journal(rig), 'utf8')).not.toContain(rig.transcript);
    expect(readFileSync(journal(rig), 'utf8')).toContain('2.1.329-simple');
  });
});

describe('a state directory that is not ours alone', () => {
  const isRoot = process.getuid?.() === 0;

  test('a symbolic link is refused: nothing is sent, nothing is written behind it', async () => {
    const rig = await makeRig();
    const elsewhere = mkdtempSync(join(rig.home, 'elsewhere-'));
    mkdirSync(join(rig.state, '..'), { recursive: true });
    symlinkSync(elsewhere, rig.state);
    const ran = await rig.run();
    expectPlainWords(ran);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('symbolic link');
    expect(readdirSync(elsewhere)).toEqual([]);
    expect(rig.server.begun()).toBe(0);
  });

  (isRoot ? test : test.skip)('another user’s is refused, and the hook says nothing of it', async () => {
    const rig = await makeRig();
    mkdirSync(rig.state, { recursive: true, mode: 0o700 });
    chownSync(rig.state, 65_534, 65_534);
    expect(await rig.run()).toMatchObject({ code: 1, stderr: expect.stringContaining('another user') });
    expect(await rig.work()).toEqual(SILENT);
    expect(rig.server.begun()).toBe(0);
  });

  test('one that is open to everyone is closed first', async () => {
    const rig = await makeRig();
    mkdirSync(rig.state, { recursive: true });
    chmodSync(rig.state, 0o777);
    expect(await rig.run()).toMatchObject({ code: 0 });
    expect(statSync(rig.state).mode & 0o777).toBe(0o700);
    expectWhole(rig);
  });
});

describe('a dead letter that cannot be kept', () => {
  test.each<[string, Faults]>([
    ['the disk is full', { ...FULL, FAULT_MATCH: 'dead-letters' }],
    ['it cannot be synced', { FAULT_ERR: 'EIO', FAULT_ERR_OPS: 'fsync', FAULT_MATCH: 'dead-letters' }],
  ])('is not passed by the cursor: %s', async (_, faults) => {
    const rig = await makeRig({ destinations: [] });
    const judge = await startJudge();
    rig.addLines(20);
    const options = { endpoint: judge.url, maxRecords: 100 };
    rig.configure([{ name: 'judge', kind: 'http', redaction: 'none', options }]);
    const isPoison = ({ text }: { [field: string]: unknown }): boolean => text === 'line 7';
    judge.decide(({ records }) => (records.some(isPoison) ? 422 : 204));
    const failed = await rig.run(faults);
    expectPlainWords(failed);
    expect(failed.code).toBe(1);
    expect(rig.report().injected).toBeGreaterThan(0);
    await rig.run();
    const taken = new Set(idsOf(judge.taken()));
    const poison = idsOf(judge.judged.flatMap(({ records }) => records.filter(isPoison)));
    expect([...taken, String(poison[0])].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(expectedIds(rig.projects));
    expect(deadLetters(rig).filter((line) => line.includes('"line 7"'))).not.toEqual([]);
    await judge.close();
  });
});

function deadLetters(rig: Rig): string[] {
  const folder = join(rig.state, 'dead-letters');
  return readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
}

function flipBits(path: string): void {
  const bytes = readFileSync(path);
  for (let at = 50; at < bytes.length; at += 100) bytes[at] = (bytes[at] ?? 0) ^ 4;
  writeFileSync(`${path}.damaged`, bytes);
  renameSync(`${path}.damaged`, path);
}

function fill(path: string): void {
  try {
    for (;;) appendFileSync(path, Buffer.alloc(4_096, 'x'));
  } catch {
    // It is full.
  }
}

function mountTmpfs(check: (folder: string) => unknown): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'stopwire-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
    check(folder);
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
