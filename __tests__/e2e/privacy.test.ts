import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readConfig, writeConfig, type Config, type ConfiguredDestination } from '../../src/config.ts';
import { folderName } from '../../src/lib/folder-name.ts';
import { expectedLines } from '../helpers/expected.ts';
import { startLoopbackServer, type LoopbackServer } from '../helpers/loopback-server.ts';
import { makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

const SHOP = '2.1.329-multiturn';
const OTHER = '2.1.329-subagentnest';
const KEY_ID = 'AKIAIOSFODNN7EXAMPLE';
/** Told by the maintained rules alone. */
const DOCKER = `dckr_pat_${'aB3'.repeat(9)}`;

let sandbox: Sandbox;
let server: LoopbackServer;
let shop: string;
beforeEach(async () => {
  sandbox = makeSandbox([SHOP, OTHER]);
  server = await startLoopbackServer();
  shop = join(sandbox.home, 'code', 'shop');
  mkdirSync(shop, { recursive: true });
  for (const path of transcripts(SHOP)) {
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('/home/dev/project', shop));
  }
  await sandbox.stopwire(['install', '--yes', '--local', '--endpoint', server.url, '--redaction', 'none']);
});
afterEach(async () => {
  await server.close();
  sandbox.remove();
});

interface Received {
  id: string;
  type: string;
  derived?: boolean;
  text?: string;
  cwd?: string;
  session_id?: string;
}

function transcripts(name: string): string[] {
  const folder = join(sandbox.claude, 'projects', name);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => join(folder, file));
}

/** Each record's own bytes in the bodies of all requests. */
function sent(): string[] {
  return server.requests.flatMap(({ body }) => {
    const records: unknown[] = JSON.parse(body).records;
    const texts = records.map((record) => JSON.stringify(record));
    expect(body.endsWith(`"records":[${texts.join(',')}]}`)).toBe(true);
    return texts;
  });
}

function received(): Received[] {
  return sent().map((json) => JSON.parse(json));
}

function configure(change: (config: Config) => Config): void {
  const path = join(sandbox.config, 'config.json');
  const config = readConfig(path);
  if (config === undefined) throw new Error('nothing is configured');
  writeConfig(path, change(config));
}

function setAll(more: Partial<ConfiguredDestination>): void {
  configure((config) => ({ ...config, destinations: config.destinations.map((one) => ({ ...one, ...more })) }));
}

/** A line of a person in the first transcript of a project. */
function say(text: string, more: object = {}, project = SHOP): void {
  const [path = ''] = transcripts(project);
  const cwd = project === SHOP ? shop : '/home/dev/project';
  const line = { type: 'user', uuid: crypto.randomUUID(), timestamp: '2027-01-01T00:00:00.000Z', cwd, ...more };
  appendFileSync(path, `${JSON.stringify({ ...line, message: { role: 'user', content: text } })}\n`);
}

/** Leaves its turn open, so that the next prompt brings its totals. */
function answer(more: object): void {
  const [path = ''] = transcripts(SHOP);
  const line = { type: 'assistant', uuid: crypto.randomUUID(), timestamp: '2027-01-01T00:00:01.000Z', cwd: shop };
  const message = { id: 'msg_1', role: 'assistant', content: [{ type: 'text', text: 'so be it' }] };
  appendFileSync(path, `${JSON.stringify({ ...line, ...more, message })}\n`);
}

async function both(): Promise<{ sent: Received[]; stored: object[] }> {
  expect((await sandbox.stopwire(['run'])).code).toBe(0);
  return { sent: received(), stored: await sandbox.exported() };
}

const idsOf = (records: readonly { id?: unknown; derived?: unknown }[]): string[] =>
  records.filter(({ derived }) => derived !== true).map(({ id }) => String(id));

/** What must have gone where the project is left out: every line of the other, and nothing besides. */
async function expectOnlyOther(): Promise<void> {
  const { sent: gone, stored } = await both();
  const expected = expectedLines(join(sandbox.claude, 'projects', OTHER));
  expect(idsOf(gone).toSorted()).toEqual(expected);
  expect(idsOf(stored).toSorted()).toEqual(expected);
  const sessions = transcripts(SHOP).map((path) => path.slice(path.lastIndexOf('/') + 1, -'.jsonl'.length));
  for (const record of [...gone, ...stored]) {
    for (const session of sessions) expect(JSON.stringify(record)).not.toContain(session);
  }
}

describe('a project that is left out is neither sent nor stored', () => {
  test.each<[string, () => void]>([
    ['by exclude', () => configure((config) => ({ ...config, exclude: ['~/code'] }))],
    ['by include', () => configure((config) => ({ ...config, include: ['/home/dev'] }))],
    ['by its marker', () => writeFileSync(join(shop, '.stopwire-ignore'), '')],
    ['by a marker above it', () => writeFileSync(join(shop, '..', '.stopwire-ignore'), '')],
  ])('%s', async (_, leaveOut) => {
    leaveOut();
    await expectOnlyOther();
  });

  test('by the command, and by another it comes back with what is new', async () => {
    const { code, stdout } = await sandbox.stopwire(['exclude', 'add', './code/', '--json'], { cwd: sandbox.home });
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, exclude: [join(sandbox.home, 'code')] });
    await expectOnlyOther();
    const before = received().length;
    await sandbox.stopwire(['exclude', 'remove', join(sandbox.home, 'code')]);
    say('hello');
    await sandbox.stopwire(['run']);
    expect(received().slice(before)).toMatchObject([{ type: 'user', text: 'hello' }]);
  });

  test('from the moment on at which it opts out, and what waits for a destination does not go either', async () => {
    server.script({ status: 503 });
    await sandbox.stopwire(['run']);
    server.script({});
    const before = received().length;
    writeFileSync(join(shop, '.stopwire-ignore'), '');
    await sandbox.stopwire(['run']);
    const later = received().slice(before);
    expect(idsOf(later).toSorted()).toEqual(expectedLines(join(sandbox.claude, 'projects', OTHER)));
    rmSync(join(shop, '.stopwire-ignore'));
    say('hello');
    await sandbox.stopwire(['run']);
    expect(received().at(-1)).toMatchObject({ text: 'hello' });
  });

  test('nor are dead letters of it sent again', async () => {
    await sandbox.stopwire(['run']);
    say('in the shop');
    say('elsewhere', {}, OTHER);
    server.script({ status: 422 });
    await sandbox.stopwire(['run']);
    server.script({});
    const before = received().length;
    await sandbox.stopwire(['exclude', 'add', '~/code']);
    expect((await sandbox.stopwire(['dlq', 'retry'])).code).toBe(0);
    const later = received().slice(before);
    expect(later.map(({ text }) => text)).toEqual(['elsewhere']);
  });

  test('nor are lines that come before the client says where it is', async () => {
    writeFileSync(join(shop, '.stopwire-ignore'), '');
    await sandbox.stopwire(['run']);
    const before = received().length;
    const folder = join(sandbox.claude, 'projects', folderName(shop));
    mkdirSync(folder);
    const path = join(folder, '11111111-1111-4111-8111-111111111111.jsonl');
    const queued = { type: 'queue-operation', operation: 'enqueue', timestamp: '2027-01-01T00:00:00.000Z' };
    writeFileSync(path, `${JSON.stringify({ ...queued, content: 'the canary' })}\n`);
    await sandbox.stopwire(['run']);
    appendFileSync(path, `${JSON.stringify({ type: 'user', uuid: 'a', cwd: shop, message: { content: 'x' } })}\n`);
    await sandbox.stopwire(['run']);
    expect(received().slice(before)).toEqual([]);
    rmSync(join(shop, '.stopwire-ignore'));
    writeFileSync(path.replace(/1{8}-/, '22222222-'), readFileSync(path));
    await sandbox.stopwire(['run']);
    expect(received().slice(before)).toMatchObject([{ type: 'queue-operation' }, { type: 'user' }]);
  });
});

test('a branch and an entrypoint can be left out, with the totals of a turn there', async () => {
  await sandbox.stopwire(['exclude', 'add', 'wip/*', '--branch']);
  await sandbox.stopwire(['exclude', 'add', 'sdk-py', '--entrypoint']);
  await sandbox.stopwire(['run']);
  const before = received().length;
  say('on a branch', { gitBranch: 'wip/a' });
  answer({ gitBranch: 'wip/a' });
  say('by a program', { gitBranch: 'main', entrypoint: 'sdk-py' });
  say('by hand', { gitBranch: 'main', entrypoint: 'cli' });
  await sandbox.stopwire(['run']);
  const texts = received()
    .slice(before)
    .map(({ text }) => text);
  expect(texts).toEqual(['by hand']);
  expect((await sandbox.stopwire(['exclude', 'list'])).stdout).toBe('branch wip/*\nentrypoint sdk-py\n');
});

test('nothing in the folder of a project takes it in, sends it elsewhere or lowers the level', async () => {
  await sandbox.stopwire(['exclude', 'add', '~/code']);
  const config = { version: 1, include: ['**'], exclude: [], destinations: [{ name: 'x', kind: 'http' }] };
  for (const name of ['.stopwire', '.stopwire.json', 'stopwire.json', 'config.json', '.stopwire-include']) {
    writeFileSync(join(shop, name), JSON.stringify(config));
  }
  await expectOnlyOther();
});

test('a pattern that is none is refused, and the configuration stays readable', async () => {
  expect((await sandbox.stopwire(['exclude', 'remove', 'zzz'])).code).toBe(2);
  expect((await sandbox.stopwire(['exclude', 'add', ''])).code).toBe(2);
  expect((await sandbox.stopwire(['include', 'list', '--json'])).stdout).toContain('"include":[]');
  configure((config) => ({ ...config, exclude: ['a'] }));
  await sandbox.stopwire(['exclude', 'remove', 'a']);
  expect(readFileSync(join(sandbox.config, 'config.json'), 'utf8')).not.toContain('exclude');
});

describe('secrets', () => {
  const texts = (): (string | undefined)[] =>
    received().flatMap(({ text }) => (text?.startsWith('say ') ? [text] : []));

  test('are masked on the way to every destination, by our rules, the maintained ones and those of the user', async () => {
    configure((config) => ({ ...config, secrets: { patterns: ['acme_[0-9]{6}'] } }));
    say(`say ${KEY_ID} ${DOCKER} acme_123456`);
    const { stored } = await both();
    expect(texts()).toEqual([`say [secret:aws-access-key] [secret:docker] [secret:custom]`]);
    expect(JSON.stringify(stored)).not.toMatch(new RegExp(`${KEY_ID}|${DOCKER}|acme_123456`));
    expect(readFileSync(join(sandbox.data, 'records.db')).includes(KEY_ID)).toBe(false);
  });

  test('are sent where somebody has asked for it, and nowhere else', async () => {
    const add = ['destinations', 'add', 'http', '--set', `endpoint=${server.url}`, '--no-test', '--since', 'all'];
    expect((await sandbox.stopwire([...add, '--no-mask-secrets'])).code).toBe(2);
    const all = ['destinations', 'add', 'all', '--type', 'http', ...add.slice(3)];
    await sandbox.stopwire([...all, '--redaction', 'none', '--no-mask-secrets']);
    await sandbox.stopwire(['destinations', 'remove', 'http', '--yes']);
    say(`say ${KEY_ID}`);
    const { stored } = await both();
    expect(texts()).toEqual([`say ${KEY_ID}`]);
    expect(JSON.stringify(stored)).not.toContain(KEY_ID);
  });

  test('a pattern that cannot be used stops the delivery, and says so', async () => {
    configure((config) => ({ ...config, secrets: { patterns: ['('] } }));
    const { code, stderr } = await sandbox.stopwire(['run']);
    expect(code).toBe(1);
    expect(stderr).toContain('secrets.patterns');
    expect(server.requests).toEqual([]);
  });
});

describe('the levels', () => {
  test('metadata hashes places under a key of this installation', async () => {
    setAll({ redaction: 'metadata' });
    await sandbox.stopwire(['run']);
    const places = new Set(received().flatMap(({ cwd }) => cwd ?? []));
    expect([...places].every((place) => /^hmac:[0-9a-f]{16}$/.test(place))).toBe(true);
    expect(places.size).toBeGreaterThan(1);
    expect(sent().join()).not.toContain(shop);
    expect(existsSync(join(sandbox.state, 'hash-key'))).toBe(true);
  });

  test('--hash tells equal texts, and installing again without it hides them', async () => {
    const install = ['install', '--yes', '--endpoint', server.url, '--redaction', 'content'];
    await sandbox.stopwire([...install, '--hash']);
    say('hello');
    say('hello');
    await sandbox.stopwire(['run']);
    const [first, second] = received()
      .filter(({ text }) => text?.endsWith(':5'))
      .map(({ text }) => text);
    expect(first).toMatch(/^hmac:[0-9a-f]{16}:5$/);
    expect(second).toBe(first);
    await sandbox.stopwire(install);
    say('hello');
    await sandbox.stopwire(['run']);
    expect(received().at(-1)?.text).toBe('REDACTED');
  });
});

describe('stopwire preview', () => {
  test.each(['none', 'secrets', 'content', 'metadata'])(
    '--json shows the bytes that leave at %s',
    async (redaction) => {
      setAll({ redaction });
      say(`say ${KEY_ID}`);
      const sessions = new Set(transcripts(SHOP).map((path) => /([^/]+)\.jsonl$/.exec(path)?.[1] ?? ''));
      const shown: string[] = [];
      for (const session of sessions) {
        const { code, stdout } = await sandbox.stopwire(['preview', '--session', session, '--json']);
        expect(code).toBe(0);
        shown.push(...stdout.split('\n').filter((line) => line !== ''));
      }
      expect(server.begun()).toBe(0);
      rmSync(join(sandbox.claude, 'projects', OTHER), { recursive: true });
      await sandbox.stopwire(['run', '--destination', 'http']);
      expect(shown.toSorted()).toEqual(sent().toSorted());
    },
  );

  test('shows the newest turn unless told otherwise, and notes nothing', async () => {
    await sandbox.stopwire(['run']);
    const journal = readFileSync(join(sandbox.state, 'cursors.log'));
    say('the newest');
    const { stdout, stderr } = await sandbox.stopwire(['preview', '--json']);
    const records: Received[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records).toMatchObject([{ type: 'user', text: 'the newest' }]);
    expect(stderr).toContain('For http, redaction: none: 1 records');
    expect(readFileSync(join(sandbox.state, 'cursors.log'))).toEqual(journal);
  });

  test('a project that is left out shows nothing, with exit code 1', async () => {
    say('x');
    writeFileSync(join(shop, '.stopwire-ignore'), '');
    const { code, stdout, stderr } = await sandbox.stopwire(['preview', '--destination', 'local']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('excluded');
  });

  test('is for people unless told otherwise, without what would steer their terminal', async () => {
    setAll({ redaction: 'none' });
    say('a\u009B31mb \u001B[2J');
    const { stdout } = await sandbox.stopwire(['preview']);
    expect(stdout).toContain('\n  "type": "user",\n');
    expect(stdout).toContain('a?31mb \\u001b[2J');
  });

  test.each([[['--session', 'nobody']], [['--destination', 'nowhere']], [['--last', '--session', 'x']]])(
    '%j is refused',
    async (flags) => {
      expect((await sandbox.stopwire(['preview', ...flags])).code).toBe(2);
    },
  );
});
