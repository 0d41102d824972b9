/** `stopwire logs`, on the built program. */
import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BIN, makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

let sandbox: Sandbox;
let log: string;
beforeEach(() => {
  sandbox = makeSandbox(['2.1.329-simple']);
  log = join(sandbox.state, 'hook.log');
  mkdirSync(sandbox.state, { recursive: true });
});
afterEach(() => sandbox.remove());

const NOW = Date.now();
const runAt = (minutesAgo: number, records = 1): string => {
  const at = new Date(NOW - minutesAgo * 60_000).toISOString();
  const destinations = [{ destination: 'team', state: 'current', records, refused: 0 }];
  return `${JSON.stringify({ at, ms: 1_234, sweeps: 1, transcripts: 1, destinations })}\n`;
};

async function shown(...args: string[]): Promise<string[]> {
  const { stdout } = await sandbox.stopwire(['logs', ...args]);
  return stdout.split('\n').filter((line) => line !== '');
}

describe('the last runs', () => {
  test('are as many as are asked for, newest last, across the file of before', async () => {
    writeFileSync(`${log}.1`, runAt(30, 1) + runAt(20, 2));
    writeFileSync(log, runAt(10, 3));
    expect((await shown('--lines', '2')).map((line) => line.split('  ').at(-1))).toEqual([
      'team: 2 records',
      'team: 3 records',
    ]);
  });

  test('are those since a moment, however many', async () => {
    writeFileSync(log, runAt(90).repeat(30) + runAt(20).repeat(40));
    expect(await shown('--since', '1h')).toHaveLength(40);
    expect(await shown()).toHaveLength(20);
  });

  test('are told in a line: when, how long, what each destination got, and why one did not', async () => {
    const destinations = [
      { destination: 'local', state: 'current', records: 1_200, refused: 0 },
      { destination: 'team', state: 'resting', records: 3, refused: 2, reason: 'status 503' },
      { destination: 'loki', state: 'current', records: 5, refused: 1, loss: 'too old' },
    ];
    writeFileSync(log, `${JSON.stringify({ at: '2026-11-21T08:30:05.123Z', ms: 1_234, destinations })}\n`);
    expect(await shown()).toEqual([
      '2026-11-21 08:30:05 UTC    1.2 s  local: 1,200 records; team: 3 records, 2 refused, resting: status 503; loki: 5 records, 1 refused, too old',
    ]);
  });

  test('that came to nothing say why', async () => {
    writeFileSync(log, `${JSON.stringify({ at: '2026-11-21T08:30:05.123Z', error: 'The lock is lost.' })}\n`);
    expect(await shown()).toEqual(['2026-11-21 08:30:05 UTC  error: The lock is lost.']);
  });

  test('are JSON as it stands in the log; a line that is torn is passed over', async () => {
    writeFileSync(log, `${runAt(3)}{"at":"20\n${runAt(2)}{"at":`);
    expect((await shown('--json')).map((line) => `${line}\n`)).toEqual([runAt(3), runAt(2)]);
  });

  test('hold nothing that steers a terminal', async () => {
    const destinations = [{ destination: '\u001B[2Jx', state: 'failed', records: 0, refused: 0, reason: '\u0007' }];
    writeFileSync(log, `${JSON.stringify({ at: '2026-11-21T08:30:05.123Z', ms: 1, destinations })}\n`);
    expect((await shown())[0]).toContain('?[2Jx: 0 records, failed: ?');
  });

  test('are those of the hook', async () => {
    await sandbox.stopwire(['install', '--yes', '--local']);
    await sandbox.fireAndSettle();
    expect(await shown('--since', '1h')).toEqual([expect.stringMatching(/ s {2}local: [1-9]\d* records$/)]);
  });

  test('are none before the hook has run, which is said', async () => {
    expect(await sandbox.stopwire(['logs'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('The hook has not run yet'),
    });
  });
});

test.each([
  ['--lines', '0'],
  ['--lines', 'many'],
  ['--since', 'yesterday'],
])('%s %s is refused', async (...args) => {
  expect(await sandbox.stopwire(['logs', ...args])).toMatchObject({ code: 2, stdout: '' });
});

test('--follow goes on with what comes, also in the file that comes after a full one, until Ctrl-C', async () => {
  writeFileSync(log, runAt(9, 1));
  const child = spawn(process.execPath, [BIN, 'logs', '--follow'], {
    env: sandbox.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const pieces = on(child.stdout.setEncoding('utf8'), 'data');
  let seen = '';
  const until = async (words: string): Promise<void> => {
    while (!seen.includes(words)) seen += String((await pieces.next()).value[0]);
  };
  await until('team: 1 records');
  appendFileSync(log, runAt(8, 2));
  await until('team: 2 records');
  appendFileSync(log, runAt(7, 3));
  renameSync(log, `${log}.1`);
  writeFileSync(log, runAt(6, 4) + runAt(5, 5));
  await until('team: 5 records');
  child.kill('SIGINT');
  expect(await ended).toEqual([null, 'SIGINT']);
  expect(Array.from(seen.matchAll(/team: (\d)/g), ([, records]) => records)).toEqual(['1', '2', '3', '4', '5']);
});
