/** Dead letters and processes that are killed, fail or come at once: no letter is lost, none is counted twice. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { tmpdir } from 'node:os';
import {
  keepDeadLetters,
  readDeadLetters,
  reviseDeadLetters,
  summariseDeadLetters,
} from '../../src/state/dead-letters.ts';
import { bundle } from '../helpers/bundle.ts';
import { startChild } from '../helpers/child.ts';
import { recordOf } from '../helpers/samples.ts';
import { runToEnd } from '../helpers/sandbox.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const FAULTS = createRequire(import.meta.url).resolve('../helpers/faults.cjs');
const NOW = new Date('2026-11-21T04:00:00.000Z');
const MAX_BYTES = 2_000;
const COUNT = 8;

let folder: string;
let module: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stopwire-test-'));
  module = await bundle('state/dead-letters.ts', folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

let directory: string;
let acknowledged: string;
beforeEach(() => {
  const home = makeTempDirectory();
  directory = join(home, 'dead-letters');
  acknowledged = join(home, 'acknowledged');
  writeFileSync(acknowledged, '');
});

/** Keeps letters of about 450 bytes, one after the other, and notes each that is kept. */
function keeping(from: number, to: number): string {
  return `
    import { appendFileSync } from 'node:fs';
    import { keepDeadLetters } from ${JSON.stringify(module)};
    for (let index = ${from}; index < ${to}; index += 1) {
      const record = { id: 'r' + index, type: 'user', text: 'x'.repeat(320) };
      const limits = { maxBytes: ${MAX_BYTES} };
      keepDeadLetters(${JSON.stringify(directory)}, 'http', [{ record, reason: 'status 400' }], new Date(), limits);
      appendFileSync(${JSON.stringify(acknowledged)}, 'r' + index + ' ');
    }
  `;
}

function runWithFaults(code: string, faults: { [name: string]: string }) {
  const env = { ...process.env, FAULT_ROOT: directory, ...faults };
  return runToEnd(process.execPath, ['--require', FAULTS, '--input-type=module', '-e', code], { env });
}

function acknowledgedIds(): string[] {
  return readFileSync(acknowledged, 'utf8')
    .split(' ')
    .filter((id) => id !== '');
}

function keptIds(): string[] {
  return Array.from(readDeadLetters(directory, 'http'), ({ record }) => record.id);
}

/** All that was acknowledged is there, but for the oldest that were evicted, and each of those was counted once. */
function expectNoneLost(more?: number): void {
  const kept = keptIds();
  const { evicted } = summariseDeadLetters(directory, 'http');
  const first = Number(kept[0]?.slice(1) ?? evicted);
  expect(kept).toEqual(Array.from(kept, (_, index) => `r${first + index}`));
  expect(evicted).toBe(first);
  // The one that was being written when the process was killed may be there as well.
  const { length } = acknowledgedIds();
  expect(more === undefined ? [length, length + 1] : [more]).toContain(evicted + kept.length);
}

describe('a process that is killed', () => {
  // Behind one operation is before the next one.
  test.each<[string, number]>([
    ['before', 47],
    ['torn', 15],
  ])(
    '%s any storage operation loses no letter that was kept and not evicted, and the next one goes on',
    async (mode, operations) => {
      for (let at = 1, hasEnded = false; !hasEnded; at += 1) {
        rmSync(directory, { recursive: true, force: true });
        writeFileSync(acknowledged, '');
        const ended = await runWithFaults(keeping(0, COUNT), { FAULT_KILL_AT: String(at), FAULT_KILL_MODE: mode });
        hasEnded = ended.signal === null;
        expect(ended.stderr).toBe('');
        expectNoneLost();
        const before = summariseDeadLetters(directory, 'http');
        const next = before.evicted + before.letters;
        // A long one, so that this too is an eviction.
        const record = recordOf(`r${next}`, { text: 'x'.repeat(1_200) });
        keepDeadLetters(directory, 'http', [{ record, reason: 'status 400' }], NOW, { maxBytes: MAX_BYTES });
        expect(keptIds().at(-1)).toBe(`r${next}`);
        expectNoneLost(next + 1);
        expect(readdirSync(directory)).toEqual(['http.jsonl']);
        if (hasEnded) expect(at).toBe(operations);
      }
    },
    120_000,
  );
});

describe('a disk that refuses', () => {
  test.each(['ENOSPC', 'EIO'])(
    'with %s at any operation loses no letter',
    async (code) => {
      keepDeadLetters(directory, 'http', [], NOW);
      const attempt = `${keeping(0, 1).replace(/for[^]*/, '')}
      for (let index = 0; index < ${COUNT}; index += 1) {
        const record = { id: 'r' + index, type: 'user', text: 'x'.repeat(320) };
        for (let done = false; !done; ) {
          try {
            const refused = [{ record, reason: 'status 400' }];
            keepDeadLetters(${JSON.stringify(directory)}, 'http', refused, new Date(), { maxBytes: ${MAX_BYTES} });
            done = true;
          } catch (error) {
            if (error.code !== ${JSON.stringify(code)}) throw error;
          }
        }
        appendFileSync(${JSON.stringify(acknowledged)}, 'r' + index + ' ');
      }`;
      for (let at = 1; at <= 48; at += 3) {
        rmSync(directory, { recursive: true, force: true });
        writeFileSync(acknowledged, '');
        const faults = { FAULT_ERR: code, FAULT_ERR_FROM: String(at), FAULT_ERR_TO: String(at + 1) };
        const ended = await runWithFaults(attempt, faults);
        expect(ended).toMatchObject({ code: 0, stderr: '' });
        expect(acknowledgedIds()).toHaveLength(COUNT);
        expectNoneLost();
      }
    },
    60_000,
  );
});

describe('several processes at once, without any lock', () => {
  test('lose no letter to each other’s rewrites', async () => {
    const each = 300;
    const writer = (name: string): string => `
      import { keepDeadLetters } from ${JSON.stringify(module)};
      for (let index = 0; index < ${each}; index += 1) {
        const record = { id: ${JSON.stringify(name)} + index, type: 'user', text: 'x'.repeat(100) };
        keepDeadLetters(${JSON.stringify(directory)}, 'http', [{ record, reason: 'status 400' }], new Date());
      }
      process.disconnect();
    `;
    const children = ['a', 'b', 'c'].map((name) => startChild(writer(name)));
    const running = new Set(children);
    for (const child of children) void child.ended.then(() => running.delete(child));
    let rewrites = 0;
    for (; running.size > 0; rewrites += 1) {
      reviseDeadLetters(directory, 'http', (letter) => letter);
      await new Promise((resolve) => void setImmediate(resolve));
    }
    expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    expect(rewrites).toBeGreaterThan(20);
    const wanted = ['a', 'b', 'c'].flatMap((name) => Array.from({ length: each }, (_, index) => `${name}${index}`));
    expect(keptIds().toSorted()).toEqual(wanted.toSorted());
  }, 60_000);
});
