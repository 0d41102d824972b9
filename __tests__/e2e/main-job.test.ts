import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { expectedIds, expectedLines, idsOf } from '../helpers/expected.ts';
import { makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

const CASES = [
  '2.1.329-thinktool',
  '2.1.329-subagentnest',
  '2.1.329-workflow',
  '2.1.329-multiturn',
  '2.0.76-subagent',
  '1.0.128-subagent',
  '2.1.50-multiturn',
];
const NEW_LINES = [
  '{"type":"user","uuid":"11111111-1111-4111-8111-111111111111","sessionId":"s","message":{"role":"user","content":"more"}}',
  '{"type":"mode","mode":"normal","sessionId":"s"}',
];

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox(CASES);
});
afterEach(() => sandbox.remove());

const projects = (): string => join(sandbox.claude, 'projects');
const session = (): string => join(projects(), '2.1.329-thinktool', 'e14e262c-788e-48bf-9d40-ef24fe69de5a.jsonl');
const lastRun = (): { destinations: { records: number }[] } =>
  JSON.parse(readFileSync(join(sandbox.state, 'hook.log'), 'utf8').trimEnd().split('\n').at(-1) ?? '');

describe('into the embedded store', () => {
  test('a fire stores every line of every transcript once, the next one nothing, and one after an append only that', async () => {
    const installed = await sandbox.stopwire(['install', '--yes']);
    expect(installed).toMatchObject({ code: 0, stdout: '' });

    expect(await sandbox.fireAndSettle()).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    const stored = await sandbox.exported();
    expect(idsOf(stored)).toEqual(expectedIds(projects()));

    await sandbox.fireAndSettle();
    expect(lastRun().destinations).toMatchObject([{ destination: 'local', state: 'current', records: 0 }]);

    appendFileSync(session(), `${NEW_LINES.join('\n')}\n{"type":"user","uuid":"to`);
    await sandbox.fireAndSettle();
    expect(lastRun().destinations).toMatchObject([{ records: 2 }]);
    const now = await sandbox.exported();
    expect(now).toHaveLength(stored.length + 2);
    expect(now.at(-2)).toMatchObject({ uuid: '11111111-1111-4111-8111-111111111111', text: 'more' });

    appendFileSync(session(), 'rn","message":{"role":"user","content":"whole"}}\n');
    await sandbox.fireAndSettle();
    expect((await sandbox.exported()).at(-1)).toMatchObject({ uuid: 'torn', text: 'whole' });
  });

  test('lines that come after the hook are stored without another fire', async () => {
    await sandbox.stopwire(['install', '--yes']);
    await sandbox.fire();
    // The worker has the lock: what is appended now is late.
    while (!existsSync(join(sandbox.state, 'lock'))) await new Promise(setImmediate);
    appendFileSync(session(), `${NEW_LINES.join('\n')}\n`);
    await sandbox.settle();
    expect(idsOf(await sandbox.exported())).toEqual(expectedIds(projects()));
  });

  test('twenty fires at once store every line once', async () => {
    await sandbox.stopwire(['install', '--yes']);
    const ended = await Promise.all(Array.from({ length: 20 }, () => sandbox.fire()));
    expect(ended).toEqual(Array.from({ length: 20 }, () => ({ code: 0, signal: null, stdout: '', stderr: '' })));
    await sandbox.settle();
    expect(idsOf(await sandbox.exported())).toEqual(expectedIds(projects()));
  });

  test('CLAUDE_CONFIG_DIR is honoured by install and by the hook', async () => {
    const elsewhere = join(sandbox.home, 'claude elsewhere');
    const env = { CLAUDE_CONFIG_DIR: elsewhere };
    expect((await sandbox.stopwire(['install', '--yes'], { env })).code).toBe(0);
    expect(existsSync(sandbox.settings)).toBe(false);
    expect(existsSync(join(elsewhere, 'settings.json'))).toBe(true);
  });

  test('everything is private: folders 0700, files 0600', async () => {
    await sandbox.stopwire(['install', '--yes']);
    await sandbox.fireAndSettle();
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
    expect([sandbox.state, sandbox.config, sandbox.data].map(mode)).toEqual(['700', '700', '700']);
    const files = ['cursors.log', 'hook.log'].map((name) => join(sandbox.state, name));
    expect([...files, join(sandbox.config, 'config.json'), join(sandbox.data, 'records.db')].map(mode)).toEqual([
      '600',
      '600',
      '600',
      '600',
    ]);
  });
});

describe('to an HTTP server in another process', () => {
  let server: ChildProcess | undefined;
  afterEach(() => void server?.kill('SIGKILL'));

  const received = (): { [field: string]: unknown }[] => {
    const text = readFileSync(join(sandbox.home, 'received.ndjson'), 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };

  async function startServer(port: number): Promise<number> {
    const script = join(import.meta.dirname, '..', 'helpers', 'collector.js');
    server = spawn(process.execPath, [script, join(sandbox.home, 'received.ndjson')], {
      env: { COLLECTOR_PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (server.stdout === null) throw new Error('no output');
    const [line] = await once(createInterface(server.stdout), 'line');
    return Number(line);
  }

  async function freePort(): Promise<number> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    probe.close();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  test('every line arrives once; with --redaction no text of it does', async () => {
    const port = await startServer(0);
    const flags = [
      '--api-key',
      'test-key-0123456789',
      '--redaction',
      '--endpoint',
      `http://127.0.0.1:${port}/v1/records`,
    ];
    expect(await sandbox.stopwire(['install', ...flags])).toMatchObject({ code: 0, stdout: '' });
    await sandbox.fireAndSettle();
    expect(idsOf(received())).toEqual(expectedLines(projects()));
    expect(JSON.stringify(received())).not.toContain('There are a few files here.');
    expect(new Set(received().map(({ text }) => text))).toEqual(new Set([undefined, 'REDACTED']));

    await sandbox.fireAndSettle();
    expect(idsOf(received())).toHaveLength(expectedLines(projects()).length);
    appendFileSync(session(), `${NEW_LINES.join('\n')}\n`);
    await sandbox.fireAndSettle();
    expect(idsOf(received())).toEqual(expectedLines(projects()));
  });

  test('with the server down nothing is lost, and the next fire delivers', async () => {
    const port = await freePort();
    await sandbox.stopwire(['install', '--no-redaction', '--endpoint', `http://127.0.0.1:${port}/v1/records`]);
    await sandbox.fireAndSettle();
    expect(lastRun().destinations).toMatchObject([{ destination: 'http', state: 'resting', records: 0 }]);
    const status = await sandbox.stopwire(['status', '--json']);
    expect(status.code).toBe(1);
    expect(JSON.parse(status.stdout).destinations).toMatchObject([
      { delivered: 0, resting: { reason: expect.any(String) } },
    ]);

    await startServer(port);
    await sandbox.fireAndSettle();
    expect(idsOf(received())).toEqual(expectedLines(projects()));
    expect((await sandbox.stopwire(['status'])).code).toBe(0);
  });

  test('one destination being down does not keep another from being current', async () => {
    const port = await freePort();
    await sandbox.stopwire(['install', '--local', '--endpoint', `http://127.0.0.1:${port}/v1/records`]);
    await sandbox.fireAndSettle();
    expect(idsOf(await sandbox.exported())).toEqual(expectedIds(projects()));
  });

  test('the key is in the configuration, 0600, and nowhere else', async () => {
    const port = await startServer(0);
    const key = 'sk-very-secret-0123456789';
    const env = { STOPWIRE_API_KEY: key, STOPWIRE_ENDPOINT: `http://127.0.0.1:${port}/` };
    const said = [await sandbox.stopwire(['install'], { env }), await sandbox.stopwire(['install', '--json'], { env })];
    await sandbox.fireAndSettle();
    said.push(await sandbox.stopwire(['status', '--json']));
    expect(JSON.stringify(said)).not.toContain(key);
    expect(readFileSync(join(sandbox.config, 'config.json'), 'utf8')).toContain(key);
    for (const file of [
      sandbox.settings,
      join(sandbox.data, 'hook'),
      join(sandbox.state, 'cursors.log'),
      join(sandbox.state, 'hook.log'),
    ]) {
      expect(readFileSync(file, 'utf8')).not.toContain(key);
    }
  });
});

test('kinds of lines that a new client writes are delivered without their text, and counted by status', async () => {
  await sandbox.stopwire(['install', '--yes']);
  const line = { type: 'brand-new', uuid: 'n', version: '9.9.9', sessionId: 's', story: 'private text' };
  appendFileSync(session(), `${JSON.stringify(line)}\n${JSON.stringify({ ...line, uuid: 'm' })}\n`);
  await sandbox.fireAndSettle();
  const unknown = (await sandbox.exported()).filter(({ unknown: isUnknown }) => isUnknown === true);
  expect(unknown).toMatchObject([
    { type: 'brand-new', uuid: 'n', unknown_keys: 5 },
    { type: 'brand-new', uuid: 'm' },
  ]);
  expect(JSON.stringify(unknown)).not.toContain('private');
  expect((await sandbox.stopwire(['status'])).stdout).toContain('9.9.9 brand-new (2)');
});

describe('stopwire run', () => {
  test('delivers now, says what, and finds nothing new the second time', async () => {
    await sandbox.stopwire(['install', '--file', join(sandbox.home, 'records.ndjson')]);
    const ran = await sandbox.stopwire(['run', '--json']);
    const count = expectedIds(projects()).length;
    expect(JSON.parse(ran.stdout).destinations).toMatchObject([{ destination: 'file', state: 'current' }]);
    const lines = readFileSync(join(sandbox.home, 'records.ndjson'), 'utf8').trimEnd().split('\n');
    expect(new Set(idsOf(lines.map((line) => JSON.parse(line)))).size).toBe(count);
    const again = await sandbox.stopwire(['run']);
    expect(again).toMatchObject({ code: 0, stdout: '' });
    expect(again.stderr).toContain('0 records delivered');
  });

  test('increments add up to what each response cost once, forks included, in a file that knows no ids', async () => {
    const output = join(sandbox.home, 'records.ndjson');
    await sandbox.stopwire(['install', '--file', output]);
    await sandbox.stopwire(['run']);
    const records = readFileSync(output, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const dearest = new Map<string, number>();
    for (const { message_id: id, cost_usd: cost } of records) {
      if (cost !== undefined) dearest.set(id, Math.max(cost, dearest.get(id) ?? 0));
    }
    const sum = (costs: Iterable<number>): number => Array.from(costs).reduce((total, cost) => total + cost, 0);
    expect(sum(records.map(({ incremental_cost_usd: cost = 0 }) => cost))).toBeCloseTo(sum(dearest.values()), 9);
    expect(records.filter(({ is_replay: isReplay }) => isReplay === true).length).toBeGreaterThan(0);
  });

  test('without a configuration says what to do', async () => {
    const ran = await sandbox.stopwire(['run']);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toContain('npx stopwire install');
  });
});
