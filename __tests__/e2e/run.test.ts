import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readConfig, writeConfig } from '../../src/config.ts';
import { encodeFact } from '../../src/state/facts.ts';
import { expectedLines } from '../helpers/expected.ts';
import { startLoopbackServer, type LoopbackServer } from '../helpers/loopback-server.ts';
import { BIN, makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

const CASES = ['2.1.329-thinktool', '2.1.329-multiturn', '2.1.329-subagentnest'];
const MORE = '{"type":"user","uuid":"11111111-1111-4111-8111-111111111111","timestamp":"2027-01-01T00:00:00.000Z"}';

let sandbox: Sandbox;
let server: LoopbackServer;
beforeEach(async () => {
  sandbox = makeSandbox(CASES);
  server = await startLoopbackServer();
  await sandbox.stopwire(['install', '--yes', '--endpoint', server.url, '--no-redaction']);
});
afterEach(async () => {
  await server.close();
  sandbox.remove();
});

interface Received {
  id: string;
  derived?: boolean;
  timestamp?: string;
}

/** Records that lines became: those of sessions and turns come again when these go on. */
function received(): Received[] {
  const records: Received[] = server.requests.flatMap(({ body }) => JSON.parse(body).records);
  return records.filter(({ derived }) => derived !== true);
}

function ids(): string[] {
  return received().map(({ id }) => id);
}

const projects = (): string => join(sandbox.claude, 'projects');

/** Lets the destination start at this moment. */
function startAt(since: string): void {
  const path = join(sandbox.config, 'config.json');
  const config = readConfig(path);
  if (config === undefined) throw new Error('nothing is configured');
  writeConfig(path, { ...config, destinations: config.destinations.map((one) => ({ ...one, since })) });
}

/** The moment that half of the lines are before. */
function middle(): string {
  const times = transcripts()
    .flatMap((path) => readFileSync(path, 'utf8').match(/(?<="timestamp":")[^"]+/g) ?? [])
    .toSorted();
  return times[Math.floor(times.length / 2)] ?? '';
}

function transcripts(): string[] {
  return readdirSync(projects(), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl') && !name.endsWith('journal.jsonl'))
    .map((name) => join(projects(), name));
}

describe('a destination with a start', () => {
  test('gets the lines from there on, each once, and never an older one', async () => {
    const since = middle();
    startAt(since);
    expect((await sandbox.stopwire(['run'])).code).toBe(0);
    const first = received();
    expect(first.length).toBeGreaterThan(10);
    expect(first.filter(({ timestamp }) => timestamp !== undefined && timestamp < since)).toEqual([]);
    const [path = ''] = transcripts();
    appendFileSync(path, `${MORE}\n`);
    await sandbox.stopwire(['run']);
    expect(received().slice(first.length)).toMatchObject([{ timestamp: '2027-01-01T00:00:00.000Z' }]);
  });

  test('is not kept busy by a transcript of many lines that have no time', async () => {
    startAt(middle());
    const [path = ''] = transcripts();
    writeFileSync(path, '{}\n'.repeat(60_000));
    expect((await sandbox.stopwire(['run', '--dry-run'])).code).toBe(0);
  });

  test('gets none of it after the state was lost', async () => {
    const since = middle();
    startAt(since);
    await sandbox.stopwire(['run']);
    const before = ids();
    await sandbox.stopwire(['run']);
    writeFileSync(join(sandbox.state, 'cursors.log'), '');
    await sandbox.stopwire(['run']);
    expect(new Set(ids())).toEqual(new Set(before));
    expect(ids()).toHaveLength(2 * before.length);
  });

  test('gets the rest by backfill, each line once, also in files that have not changed since', async () => {
    startAt(middle());
    for (const path of transcripts().slice(0, 2)) utimesSync(path, 0, Date.parse(middle()) / 1_000 - 60);
    await sandbox.stopwire(['run']);
    const { code, stdout } = await sandbox.stopwire(['backfill', '--since', '2026-01-01', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ destinations: [{ destination: 'http', state: 'current' }] });
    expect(ids().toSorted()).toEqual(expectedLines(projects()));
    await sandbox.stopwire(['run']);
    await sandbox.stopwire(['backfill', '--since', 'all']);
    expect(ids()).toHaveLength(expectedLines(projects()).length);
    expect(readConfig(join(sandbox.config, 'config.json'))?.destinations[0]?.since).toBeUndefined();
  });

  test('can be backfilled in several goes: one that was interrupted is gone on with', async () => {
    startAt('2027-01-01T00:00:00.000Z');
    server.script({}, { status: 503 });
    expect((await sandbox.stopwire(['backfill', '--since', 'all'])).code).toBe(1);
    expect(readConfig(join(sandbox.config, 'config.json'))?.destinations[0]?.since).toBeDefined();
    server.script({});
    expect((await sandbox.stopwire(['backfill', '--since', 'all'])).code).toBe(0);
    expect(new Set(ids())).toEqual(new Set(expectedLines(projects())));
  });
});

test('a transcript that was rewritten in its size and time is found within a day', async () => {
  const [path = ''] = transcripts();
  const time = new Date('2026-11-01T00:00:00.000Z');
  utimesSync(path, time, time);
  await sandbox.stopwire(['run']);
  const before = ids().length;
  writeFileSync(
    path,
    readFileSync(path, 'utf8')
      .replaceAll('"uuid":"', '"uuid":"9')
      .replaceAll(/("uuid":"[^"]*)."/g, '$1"'),
  );
  utimesSync(path, time, time);
  await sandbox.stopwire(['run']);
  expect(ids()).toHaveLength(before);
  appendFileSync(join(sandbox.state, 'cursors.log'), encodeFact({ k: 'v', d: 'http', at: '2026-01-01T00:00:00.000Z' }));
  await sandbox.stopwire(['run']);
  expect(ids().length).toBeGreaterThan(before);
  expect(new Set(ids())).toEqual(new Set([...ids().slice(0, before), ...expectedLines(projects())]));
});

describe('stopwire run', () => {
  test('--dry-run says how much there is, and sends and notes nothing', async () => {
    const { code, stdout } = await sandbox.stopwire(['run', '--dry-run', '--json']);
    expect(code).toBe(0);
    const [{ records, bytes }] = JSON.parse(stdout).destinations;
    expect(server.begun()).toBe(0);
    await sandbox.stopwire(['run']);
    const bodies = server.requests.flatMap(({ body }) => JSON.parse(body).records);
    expect(bodies).toHaveLength(records);
    expect(bodies.reduce((sum, record) => sum + Buffer.byteLength(JSON.stringify(record)), 0)).toBe(bytes);
  });

  test('--destination delivers to the named one alone, and an unknown name is refused', async () => {
    await sandbox.stopwire(['install', '--yes', '--file', join(sandbox.home, 'records.ndjson')]);
    await sandbox.stopwire(['run', '--destination', 'file']);
    expect(server.begun()).toBe(0);
    expect(existsSync(join(sandbox.home, 'records.ndjson'))).toBe(true);
    expect(await sandbox.stopwire(['run', '--destination', 'elsewhere'])).toMatchObject({ code: 2, stdout: '' });
  });

  test('--since leaves older transcripts for later', async () => {
    const [old = ''] = transcripts();
    utimesSync(old, 0, Date.now() / 1_000 - 7_200);
    await sandbox.stopwire(['run', '--since', '1h']);
    const without = ids();
    await sandbox.stopwire(['run']);
    expect(without.length).toBeGreaterThan(0);
    expect(ids().length).toBeGreaterThan(without.length);
    expect(ids().toSorted()).toEqual(expectedLines(projects()));
  });

  test('--watch delivers what comes, until it is interrupted, and then ends well', async () => {
    const first = server.nextRequest();
    const child = spawn(process.execPath, [BIN, 'run', '--watch'], { env: sandbox.env, stdio: 'ignore' });
    const ended = once(child, 'exit');
    await first;
    const [path = ''] = transcripts();
    appendFileSync(path, `${MORE}\n`);
    while (received().at(-1)?.timestamp !== '2027-01-01T00:00:00.000Z') await server.nextRequest();
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(ids().toSorted()).toEqual(expectedLines(projects()));
    expect(existsSync(join(sandbox.state, 'lock'))).toBe(false);
  });

  test.each(['everything', 'one destination'])(
    'where %s is paused, nothing is delivered, and later all of it',
    async (what) => {
      const path = join(sandbox.config, 'config.json');
      const config = readConfig(path);
      if (config === undefined) throw new Error('nothing is configured');
      const destinations = config.destinations.map((one) => ({ ...one, paused: true as const }));
      writeConfig(path, what === 'everything' ? { ...config, paused: true } : { ...config, destinations });
      await sandbox.fireAndSettle();
      expect((await sandbox.stopwire(['run'])).stderr).toContain('paused');
      expect(server.begun()).toBe(0);
      writeConfig(path, config);
      await sandbox.fireAndSettle();
      expect(ids().toSorted()).toEqual(expectedLines(projects()));
    },
  );
});
