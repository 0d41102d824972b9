import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readDeadLetters, keepDeadLetters } from '../../src/state/dead-letters.ts';
import { openQuarantine } from '../../src/state/quarantine.ts';
import { openStore } from '../../src/state/store.ts';
import { recordOf } from '../helpers/samples.ts';
import { makeSandbox, type Ended, type Sandbox } from '../helpers/sandbox.ts';

const NOW = new Date('2026-11-21T04:00:00.000Z');
const CANARY = 'canary-of-a-person';
const SESSION = 'e14e262c-788e-48bf-9d40-ef24fe69de5a';

let sandbox: Sandbox;
let letters: string;
beforeEach(async () => {
  sandbox = makeSandbox(['2.1.329-thinktool', '2.1.329-simple']);
  letters = join(sandbox.state, 'dead-letters');
  await sandbox.stopwire(['install', '--yes']);
  expect((await sandbox.stopwire(['run'])).code).toBe(0);
});
afterEach(() => sandbox.remove());

const purge = (...args: string[]): Promise<Ended> => sandbox.stopwire(['purge', ...args]);
const answer = ({ stdout }: Ended): { [name: string]: unknown } => JSON.parse(stdout);
const sessions = async (): Promise<string[]> => [
  ...new Set((await sandbox.exported()).map(({ session_id: session }) => String(session))),
];

/** Whether the text stands in any file of stopwire's. */
function isKept(text: string): boolean {
  return [sandbox.state, sandbox.data].some((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .some((path) => statSync(path).isFile() && readFileSync(path, 'latin1').includes(text)),
  );
}

function putLetters(): void {
  const refused = [
    { record: recordOf('a', { session_id: SESSION, timestamp: '2026-05-01T00:00:00.000Z', text: CANARY }), reason: '' },
    { record: recordOf('b', { session_id: 'other', timestamp: '2026-06-01T00:00:00.000Z' }), reason: '' },
    { record: recordOf('c', { session_id: 'other' }), reason: '' },
  ];
  keepDeadLetters(letters, 'http', refused, NOW);
}

describe('stopwire purge', () => {
  test('needs a yes, and says before how much it would be', async () => {
    putLetters();
    const records = (await sandbox.exported()).length;
    const dry = await purge('--dry-run', '--json');
    expect(answer(dry)).toEqual({ dryRun: true, records, deadLetters: 3 });
    expect(await purge()).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect(await sandbox.exported()).toHaveLength(records);
    expect(answer(await purge('--yes', '--json'))).toEqual({ dryRun: false, records, deadLetters: 3 });
    expect(await sandbox.exported()).toEqual([]);
    expect(Array.from(readDeadLetters(letters, 'http'))).toEqual([]);
  });

  test('removes it for good: it does not come back, and no file holds a byte of it', async () => {
    putLetters();
    expect(isKept(CANARY)).toBe(true);
    const [said] = (await sandbox.exported()).flatMap(({ text }) =>
      typeof text === 'string' ? [text.slice(0, 40)] : [],
    );
    expect(isKept(said ?? 'nothing')).toBe(true);
    expect((await purge('--yes')).code).toBe(0);
    expect([isKept(CANARY), isKept(said ?? 'nothing')]).toEqual([false, false]);
    expect((await sandbox.stopwire(['run'])).code).toBe(0);
    await sandbox.fireAndSettle();
    expect(await sandbox.exported()).toEqual([]);
  });

  test('takes one session alone, and the letters of that one', async () => {
    putLetters();
    const before = await sessions();
    expect(before).toContain(SESSION);
    expect((await purge('--session', SESSION, '--yes')).code).toBe(0);
    expect(await sessions()).toEqual(before.filter((one) => one !== SESSION));
    expect(Array.from(readDeadLetters(letters, 'http'), ({ record }) => record.id)).toEqual(['b', 'c']);
    expect((await sandbox.stopwire(['cost', '--by', 'session', '--json'])).stdout).not.toContain(SESSION);
  });

  test('takes what is older than a moment; what has no time stays', async () => {
    putLetters();
    const before = await sandbox.exported();
    const times = before.flatMap(({ timestamp }) => (typeof timestamp === 'string' ? [timestamp] : []));
    const moment = times.toSorted()[20] ?? '';
    expect((await purge('--before', moment, '--yes')).code).toBe(0);
    const after = await sandbox.exported();
    expect(after).toEqual(before.filter(({ timestamp }) => typeof timestamp !== 'string' || timestamp >= moment));
    expect(after.length).toBeLessThan(before.length);
    expect(Array.from(readDeadLetters(letters, 'http'), ({ record }) => record.id)).toEqual(['c']);
  });

  test('takes a project, also from a store in a place of its own', async () => {
    const elsewhere = join(sandbox.home, 'elsewhere.db');
    const path = join(sandbox.config, 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8'));
    config.destinations.push({ name: 'second', kind: 'local', redaction: 'none', options: { path: elsewhere } });
    writeFileSync(path, JSON.stringify(config));
    await sandbox.stopwire(['run']);
    const count = (await sandbox.exported()).filter(({ project }) => project === '/home/dev/project').length;
    expect(answer(await purge('--project', '/home/dev/project', '--yes', '--json'))).toMatchObject({
      records: 2 * count,
    });
    expect(count).toBeGreaterThan(0);
    const store = openStore(elsewhere);
    expect(Array.from(store.export({ project: '/home/dev/project' }))).toEqual([]);
    store.close();
  });

  test('with --all takes what points at people’s work as well, and with a filter refuses to', async () => {
    const quarantine = join(sandbox.state, 'quarantine.jsonl');
    const range = { file: '/a', start: 0, end: 1, sha256: '', reason: '', at: NOW.toISOString() };
    openQuarantine(quarantine).keep(range);
    expect(await purge('--all', '--session', SESSION, '--yes')).toMatchObject({ code: 2 });
    await sandbox.fireAndSettle();
    expect(existsSync(join(sandbox.state, 'hook.log'))).toBe(true);
    await purge('--yes');
    expect(existsSync(quarantine)).toBe(true);
    expect(answer(await purge('--all', '--yes', '--json'))).toMatchObject({ quarantined: 1 });
    expect([existsSync(quarantine), existsSync(join(sandbox.state, 'hook.log'))]).toEqual([false, false]);
    expect(existsSync(join(sandbox.state, 'cursors.log'))).toBe(true);
  });

  test('works where there is nothing', async () => {
    const empty = makeSandbox();
    try {
      mkdirSync(empty.config, { recursive: true });
      const { code, stdout } = await empty.stopwire(['purge', '--all', '--yes', '--json']);
      expect([code, JSON.parse(stdout)]).toEqual([0, { dryRun: false, records: 0, deadLetters: 0, quarantined: 0 }]);
    } finally {
      empty.remove();
    }
  });
});
