/** The places records go, as a user adds, tries, pauses and removes them with the built program. */
import { appendFileSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { acquireLock } from '../../src/state/lock.ts';
import { startLoopbackServer, type LoopbackServer, type Step } from '../helpers/loopback-server.ts';
import { makeSandbox, type Ended, type Sandbox } from '../helpers/sandbox.ts';

const KEY = 'sk-canary-5b1e7c';
const CASE = '2.1.329-simple';

let sandbox: Sandbox;
let server: LoopbackServer;
beforeEach(async () => {
  sandbox = makeSandbox([CASE]);
  server = await startLoopbackServer();
});
afterEach(async () => {
  await server.close();
  sandbox.remove();
});

/** Runs `stopwire` and looks for the key in all that it said. */
async function stopwire(args: readonly string[], stdin = ''): Promise<Ended> {
  const ended = await sandbox.stopwire(args, { stdin });
  expect(ended.stdout + ended.stderr).not.toContain(KEY);
  expect(ended.stderr).not.toMatch(/\n\s+at /);
  return ended;
}

const destinations = (...args: string[]): Promise<Ended> => stopwire(['destinations', ...args]);

function config(): { paused?: boolean; destinations: { [key: string]: unknown }[] } {
  return JSON.parse(readFileSync(join(sandbox.config, 'config.json'), 'utf8'));
}

function names(): unknown[] {
  return existsSync(sandbox.config) ? config().destinations.map(({ name }) => name) : [];
}

const addHttp = (...more: string[]): Promise<Ended> => addHttpAs(['http'], ...more);

const addHttpAs = (named: string[], ...more: string[]): Promise<Ended> =>
  stopwire(
    ['destinations', 'add', ...named, '--set', `endpoint=${server.url}/v1?team=a`, '--api-key', '-', ...more],
    KEY,
  );

const inHome = (name: string): string => join(sandbox.home, name);

const addFile = (file: string, ...more: string[]): Promise<Ended> =>
  destinations('add', 'file', '--set', `path=${inHome(`${file}.ndjson`)}`, ...more);

const addFileAs = (name: string, file: string, ...more: string[]): Promise<Ended> =>
  destinations('add', name, '--type', 'file', '--set', `path=${inHome(`${file}.ndjson`)}`, ...more);

function recordsIn(name: string): { id: string; type: string; uuid?: string }[] {
  const path = inHome(`${name}.ndjson`);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

/** The ids in a file of records, sorted, each once. */
function idsIn(name: string): string[] {
  return [...new Set(recordsIn(name).map(({ id }) => id))].toSorted();
}

/** The transcript lines that a file of records is about. */
function linesIn(name: string): (string | undefined)[] {
  return recordsIn(name).map(({ uuid }) => uuid);
}

/** A transcript of the sandbox that can be written to. */
function transcript(): string {
  const folder = join(sandbox.claude, 'projects', CASE);
  const name = readdirSync(folder).find((one) => one.endsWith('.jsonl')) ?? '';
  return join(folder, name);
}

/** Writes a line as the client would at this moment; answers its uuid. */
function writeLine(): string {
  const uuid = crypto.randomUUID();
  const line = {
    type: 'user',
    uuid,
    timestamp: new Date().toISOString(),
    message: { role: 'user', content: 'Go on.' },
  };
  appendFileSync(transcript(), `${JSON.stringify(line)}\n`);
  return uuid;
}

describe('destinations add', () => {
  test('tries an endpoint with no records, and saves it with a key that nothing shows', async () => {
    const before = Date.now();
    const { code, stdout, stderr } = await addHttp();
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain(`http was added: ${server.url}/v1, redaction: content`);
    expect(stderr).toContain('and no history');
    expect(stderr).toContain('npx stopwire install');
    const [one] = config().destinations;
    const options = { endpoint: `${server.url}/v1?team=a`, apiKey: KEY };
    expect(one).toEqual({ name: 'http', kind: 'http', redaction: 'content', since: expect.any(String), options });
    expect(Date.parse(String(one?.['since']))).toBeGreaterThanOrEqual(before);
    expect(statSync(join(sandbox.config, 'config.json')).mode & 0o777).toBe(0o600);
    expect(server.requests).toHaveLength(1);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ records: [] });
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  test('says the same as JSON', async () => {
    const { code, stdout } = await addHttpAs(
      ['team', '--type', 'http'],
      '--json',
      '--since',
      '2026-01-01',
      '--redaction',
      'none',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      name: 'team',
      kind: 'http',
      where: `${server.url}/v1`,
      redaction: 'none',
      since: '2026-01-01T00:00:00.000Z',
      paused: false,
      test: { state: 'ok', ms: expect.any(Number) },
    });
  });

  test('gives what stays on this machine all history, and says how much that is', async () => {
    const { code, stderr } = await destinations('add', 'local');
    expect(code).toBe(0);
    expect(stderr).toMatch(/All history goes there: 1 transcript, [\d.]+ \wB/);
    expect(config().destinations).toEqual([{ name: 'local', kind: 'local', redaction: 'none', options: {} }]);
  });

  test('at several at once loses none, and gives each a name of its own', async () => {
    const all = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => addFile(name)));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(new Set(names())).toEqual(new Set(['file', 'file-2', 'file-3', 'file-4', 'file-5']));
    expect(new Set(config().destinations.map(({ options }) => JSON.stringify(options))).size).toBe(5);
  });

  test.each<[string, Step, string]>([
    ['refuses the key', { status: 401, body: KEY }, 'check the API key'],
    ['has no such path', { status: 404 }, 'check the path of the endpoint'],
    ['is down for the moment', { status: 503 }, '503 Service Unavailable'],
    ['leads elsewhere', { status: 302, headers: { location: `https://x.test/?${KEY}` } }, 'redirects are not followed'],
    ['is a web page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }, 'a web page'],
  ])('does not save an endpoint that %s, unless it is told to', async (_title, step, words) => {
    server.script(step);
    const refused = await addHttp();
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain(words);
    expect(refused.stderr).toContain('--force');
    expect(names()).toEqual([]);
    expect(await addHttp('--force')).toMatchObject({ code: 0, stderr: expect.stringContaining(words) });
    expect(names()).toEqual(['http']);
  });

  test('saves an endpoint that takes no batch without records, and says that it does not', async () => {
    server.script({ status: 422, body: 'records: at least one' });
    expect(await addHttp()).toMatchObject({ code: 0, stderr: expect.stringContaining('records: at least one') });
    expect(names()).toEqual(['http']);
  });

  test('names the address that it has tried, also where nobody gave one', async () => {
    const { code, stderr } = await destinations('add', 'http', '--set', 'endpoint=http://127.0.0.1:9/v1?team=a');
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('http at http://127.0.0.1:9/v1 was tried, and it fails'),
    ]);
    const proxy = ['--set', 'insecureHttp=true', '--set', 'connectTimeoutMs=100'];
    expect((await destinations('add', 'loki', ...proxy)).stderr).toContain('loki at http://');
  });

  test('adds no second destination for the same address, unless it is given a name', async () => {
    expect(await addHttp()).toMatchObject({ code: 0 });
    const again = await addHttp();
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('has the same address already')]);
    expect(again.stderr).toContain('destinations add http --type http --replace');
    expect(names()).toEqual(['http']);
    expect(await addHttpAs(['both', '--type', 'http'])).toMatchObject({ code: 0 });
    expect(names()).toEqual(['http', 'both']);
  });

  test('says that the hook cannot look up a variable', async () => {
    await stopwire(['install', '--yes']);
    const secret = ['--set', `endpoint=${server.url}/v1`, '--secret', 'apiKey=env:HOME'];
    const { code, stderr } = await destinations('add', 'http', ...secret);
    expect(code).toBe(0);
    expect(stderr).toContain('The hook hands no variable to its worker');
    expect(stderr).not.toContain('The end of the next turn delivers');
  });

  test('sends nothing with --no-test', async () => {
    expect(await addHttp('--no-test')).toMatchObject({ code: 0 });
    expect(server.begun()).toBe(0);
  });

  test.each<[string, string[], string, string]>([
    ['an unknown type', ['htp'], 'no type of destination "htp"', 'Did you mean http?'],
    ['no type', [], 'needs <name>', '--help'],
    ['a lack of what is needed', ['honeyhive'], '"apiKey" is needed', 'Give --api-key - < file --set project=…;'],
    ['an unknown option', ['http', '--set', `endpont=${KEY}`], 'no option "endpont"', 'Did you mean endpoint?'],
    ['a key as an option', ['http', '--set', `apiKey=${KEY}`], 'apiKey is a secret', '--api-key -'],
    ['a key as an argument', ['http', '--api-key', KEY], '--api-key takes nothing but -', '--api-key -'],
    ['a key as a file', ['http', '--secret', `apiKey=${KEY}`], 'cannot be read (ENOENT)', '--secret apiKey='],
    ['no key on standard input', ['http', '--api-key', '-'], 'nothing to read for the option apiKey', ''],
    ['two keys on it', ['http', '--api-key', '-', '--secret', 'headers=-'], 'can hold one secret', '--secret'],
    ['a key where there is none', ['local', '--api-key', '-'], 'no option "apiKey"', ''],
    ['a level that is none', ['local', '--redaction', 'contents'], 'no redaction level', 'Did you mean content?'],
    ['a start that is none', ['local', '--since', 'soon'], '--since soon names no moment', 'all, now'],
    ['a name like a path', ['../x', '--type', 'local'], 'cannot be the name', 'letters'],
    ['an unknown flag', ['local', '--sincee', 'all'], 'sincee', '--help'],
  ])('refuses %s as wrong usage, and saves nothing', async (_title, args, message, hint) => {
    const { code, stdout, stderr } = await destinations('add', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(existsSync(sandbox.config)).toBe(false);
  });

  test('refuses plain http to another machine, and a file that cannot be written', async () => {
    const http = await destinations('add', 'http', '--set', 'endpoint=http://collector.test/');
    expect([http.code, http.stderr]).toEqual([1, expect.stringContaining('over plain http')]);
    const file = await destinations('add', 'file', '--set', `path=${inHome('missing/x')}`);
    expect([file.code, file.stderr]).toEqual([1, expect.stringContaining('its folder does not exist')]);
    expect(existsSync(sandbox.config)).toBe(false);
  });

  test('refuses a name that is taken; --replace mends the one that is there and keeps where it began', async () => {
    await addHttp('--since', '2026-01-01');
    await destinations('pause', 'http');
    expect(await addHttpAs(['http', '--type', 'http'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--replace'),
    });
    const { code } = await stopwire(
      ['destinations', 'add', 'http', '--replace', '--set', `endpoint=${server.url}/v1?team=a`, '--api-key', '-'],
      'another-key',
    );
    expect(code).toBe(0);
    expect(config().destinations).toEqual([
      {
        name: 'http',
        kind: 'http',
        redaction: 'content',
        since: '2026-01-01T00:00:00.000Z',
        paused: true,
        options: { endpoint: `${server.url}/v1?team=a`, apiKey: 'another-key' },
      },
    ]);
  });
});

describe('destinations list', () => {
  test('shows each with its place and without its key, in words and as JSON', async () => {
    await addHttp('--since', '2026-01-01');
    await addFile('a');
    await destinations('pause', 'file');
    const { code, stdout } = await destinations('list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^http +http +content +from 2026-01-01 +on +http:\/\/127\.0\.0\.1:\d+\/v1$/m);
    expect(stdout).toMatch(/^file +file +none +all +paused +.*a\.ndjson$/m);
    expect(JSON.parse((await destinations('list', '--json')).stdout)).toEqual({
      paused: false,
      destinations: [
        {
          name: 'http',
          kind: 'http',
          where: `${server.url}/v1`,
          redaction: 'content',
          since: '2026-01-01T00:00:00.000Z',
          paused: false,
        },
        { name: 'file', kind: 'file', where: inHome('a.ndjson'), redaction: 'none', paused: true },
      ],
    });
  });

  test('says that there is none', async () => {
    const { code, stdout, stderr } = await destinations('list');
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('destinations add');
    expect(JSON.parse((await destinations('list', '--json')).stdout)).toEqual({ paused: false, destinations: [] });
  });

  test('shows why one rests, and until when', async () => {
    await addHttp('--since', 'all');
    server.script({ status: 401 });
    expect(await stopwire(['run'])).toMatchObject({ code: 1 });
    const [one] = JSON.parse((await destinations('list', '--json')).stdout).destinations;
    expect(one.resting).toEqual({ reason: expect.stringContaining('check the API key'), until: expect.any(String) });
    expect((await destinations('list')).stdout).toContain('http rests until');
  });
});

describe('destinations types', () => {
  test('shows the options of one, and how it is added', async () => {
    const { code, stdout, stderr } = await destinations('types', 'http');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^endpoint {2}url, needed\n {2}The address that batches are posted to\.$/m);
    expect(stdout).toMatch(/^timeoutMs {2}integer, default 10000$/m);
    expect(stderr).toContain('npx stopwire destinations add http --set endpoint=…');
    const { types } = JSON.parse((await destinations('types', 'http', '--json')).stdout);
    expect(types).toMatchObject([{ type: 'http' }]);
    expect(await destinations('types', 'htp')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean http?'),
    });
  });

  test('names each with what it needs, in words and as JSON', async () => {
    const { code, stdout, stderr } = await destinations('types');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^http +Any HTTP endpoint .* Needs\s+endpoint\.$/m);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stderr).toContain('destinations add <name> --type <type>');
    const { types } = JSON.parse((await destinations('types', '--json')).stdout);
    const http = types.find(({ type }: { type: string }) => type === 'http');
    expect(http).toMatchObject({ isRemote: true, about: expect.any(String) });
    expect(http.options).toContainEqual(
      expect.objectContaining({ name: 'apiKey', kind: 'string', required: false, secret: true }),
    );
  });
});

describe('a destination that does not get everything', () => {
  test('gets the records of its types and projects; another one beside it gets all', async () => {
    await addFile('all');
    await addFileAs('turns', 'turns', '--only-types', 'turn', '--only-types', 'session');
    await addFileAs('elsewhere', 'elsewhere', '--only-projects', '~/nowhere');
    expect(config().destinations.map(({ only }) => only)).toEqual([
      undefined,
      { types: ['turn', 'session'] },
      { projects: ['~/nowhere'] },
    ]);
    expect(await stopwire(['run'])).toMatchObject({ code: 0 });
    const types = (name: string): string[] => recordsIn(name).map(({ type }) => type);
    expect(new Set(types('turns'))).toEqual(new Set(types('all').filter((type) => /^(turn|session)$/.test(type))));
    expect(types('turns')).not.toHaveLength(0);
    expect(recordsIn('elsewhere')).toEqual([]);
    const status = JSON.parse((await stopwire(['status', '--json'])).stdout);
    expect(status.destinations.map((one: { pendingBytes: number }) => one.pendingBytes)).toEqual([0, 0, 0]);
  });

  test('is not opened where what it shall not get cannot be understood', async () => {
    await addFile('a');
    const path = join(sandbox.config, 'config.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"options"', '"only": { "type": ["turn"] }, "options"'));
    const { code, stderr } = await destinations('list');
    expect([code, stderr]).toEqual([1, expect.stringContaining('has an "only" that is not')]);
  });
});

describe('a server that leaves something out of what it takes', () => {
  const partial = { status: 200, headers: { 'content-type': 'application/json' } };
  const answer = { ...partial, body: '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"attribute too long"}}' };
  const LOSS = 'of what was delivered, 3 were left out: attribute too long';

  beforeEach(async () => {
    const options = ['endpoint', 'metrics', 'logs'].map(
      (name) => `${name}=${name === 'endpoint' ? server.url : false}`,
    );
    await destinations('add', 'otlp', ...options.flatMap((option) => ['--set', option]), '--since', 'all');
    server.script(answer);
  });

  test('is believed: the run says so, and sends nothing again', async () => {
    const { code, stderr } = await stopwire(['run']);
    expect([code, stderr]).toEqual([0, expect.stringContaining(LOSS)]);
    const sent = server.requests.length;
    await stopwire(['run']);
    expect(server.requests).toHaveLength(sent);
  });

  test('is named by status, after the hook', async () => {
    await stopwire(['install', '--yes']);
    await sandbox.fireAndSettle();
    const { stdout } = await stopwire(['status']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(LOSS);
    const [otlp] = JSON.parse((await stopwire(['status', '--json'])).stdout).destinations;
    expect(otlp).toMatchObject({ refused: 3, deadLetters: 0, lastLoss: { reason: expect.stringContaining(LOSS) } });
  });
});

describe('destinations test', () => {
  test('is told what to do where there is none', async () => {
    await addFile('a');
    await destinations('remove', 'file', '--yes');
    const { code, stderr } = await destinations('test');
    expect([code, stderr]).toEqual([1, expect.stringContaining('There is no destination to try.')]);
  });

  test('sends a record that counts for nothing to those elsewhere, and exits with 1 where one fails', async () => {
    await addHttp();
    await addFile('a');
    await destinations('add', 'local');
    const taken = await destinations('test');
    expect([taken.code, taken.stdout]).toEqual([0, '']);
    const sent = server.requests.flatMap(({ body }) => JSON.parse(body).records);
    expect(sent).toEqual([{ id: expect.stringMatching(/^canary-/), type: 'canary', timestamp: expect.any(String) }]);
    expect(taken.stderr).toContain(`http took the record ${sent[0].id}`);
    server.script({ status: 403 });
    const { code, stderr } = await destinations('test');
    expect(code).toBe(1);
    expect(stderr).toMatch(/fails http: 403 Forbidden: .*its rights/);
    expect(stderr).toContain('file takes records');
    expect(stderr).toContain('npx stopwire destinations test http');
    const json = JSON.parse((await destinations('test', '--json')).stdout);
    expect(json.destinations.map(({ name, state }: { name: string; state: string }) => [name, state])).toEqual([
      ['http', 'failed'],
      ['file', 'ok'],
      ['local', 'ok'],
    ]);
    expect(server.requests.map(({ body }) => JSON.parse(body).records)).toEqual([[], [], sent, [], []]);
    expect(new Set(server.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(5);
    expect(idsIn('a')).toEqual([]);
  });

  test('sends no record where that is not wanted', async () => {
    await addHttp();
    expect(await destinations('test', '--no-canary')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('http takes records'),
    });
    expect(server.requests.flatMap(({ body }) => JSON.parse(body).records)).toEqual([]);
  });

  test('says what is wrong with options that were edited by hand', async () => {
    await addHttp();
    const path = join(sandbox.config, 'config.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"endpoint"', '"endpont"'));
    const { code, stderr } = await destinations('test', 'http');
    expect([code, stderr]).toEqual([1, expect.stringContaining('there is no option "endpont"')]);
  });

  test.each([['test'], ['remove'], ['pause'], ['resume']])('%s names the one that was meant', async (action) => {
    await addFile('a');
    const { code, stdout, stderr } = await destinations(action, 'fil');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('There is no destination "fil".');
    expect(stderr).toContain('Did you mean file?');
  });
});

describe('destinations remove', () => {
  test('takes it out, key and all, and leaves the others', async () => {
    await addHttp();
    await addFile('a');
    const { code, stdout } = await destinations('remove', 'http', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ removed: { name: 'http', kind: 'http' }, refused: 0, left: ['file'] });
    expect(readFileSync(join(sandbox.config, 'config.json'), 'utf8')).not.toContain(KEY);
    expect(await destinations('remove', 'file', '--yes')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('No destination is left'),
    });
  });

  test('another place under its name gets everything', async () => {
    await addFileAs('x', 'a');
    await stopwire(['run']);
    expect(idsIn('a').length).toBeGreaterThan(0);
    await destinations('remove', 'x');
    await addFileAs('x', 'b');
    await stopwire(['run']);
    expect(idsIn('b')).toEqual(idsIn('a'));
  });

  test('another place in its stead gets everything, and the same one nothing twice', async () => {
    await addFileAs('x', 'a');
    await stopwire(['run']);
    const size = statSync(inHome('a.ndjson')).size;
    await addFileAs('x', 'a', '--replace', '--set', 'maxRecords=7');
    await stopwire(['run']);
    expect(statSync(inHome('a.ndjson')).size).toBe(size);
    await addFileAs('x', 'b', '--replace');
    await stopwire(['run']);
    expect(idsIn('b')).toEqual(idsIn('a'));
  });
});

describe('a pause', () => {
  test('holds everything until it is over, and loses nothing', async () => {
    await addFile('a');
    const { code, stderr } = await stopwire(['pause']);
    expect(code).toBe(0);
    expect(stderr).toContain('cleanupPeriodDays');
    await stopwire(['run']);
    const id = writeLine();
    await stopwire(['run']);
    expect(idsIn('a')).toEqual([]);
    expect(JSON.parse((await destinations('list', '--json')).stdout).paused).toBe(true);
    expect(await stopwire(['resume'])).toMatchObject({ code: 0 });
    await stopwire(['run']);
    expect(linesIn('a')).toContain(id);
    expect(idsIn('a').length).toBeGreaterThan(1);
  });

  test('of one destination leaves the others alone', async () => {
    await addFileAs('a', 'a');
    await addFileAs('b', 'b');
    const paused = await destinations('pause', 'a', '--json');
    expect(JSON.parse(paused.stdout)).toEqual({
      paused: false,
      destinations: [
        { name: 'a', paused: true },
        { name: 'b', paused: false },
      ],
    });
    await stopwire(['run']);
    expect([idsIn('a').length, idsIn('b').length > 0]).toEqual([0, true]);
    expect(await stopwire(['resume'])).toMatchObject({ stderr: expect.stringContaining('a is paused on its own') });
    expect(await destinations('resume', 'a')).toMatchObject({ code: 0 });
    await stopwire(['run']);
    expect(idsIn('a')).toEqual(idsIn('b'));
  });

  test('that ends with --skip gives up what has waited, for those that were not paused on their own', async () => {
    await addFileAs('a', 'a');
    await addFileAs('b', 'b');
    await destinations('pause', 'b');
    await stopwire(['pause']);
    const skipped = writeLine();
    expect(await stopwire(['resume', '--skip', '--json'])).toMatchObject({ code: 0 });
    const wanted = writeLine();
    await stopwire(['run']);
    expect(linesIn('a')).toContain(wanted);
    expect(linesIn('a')).not.toContain(skipped);
    await destinations('resume', 'b');
    await stopwire(['run']);
    expect(linesIn('b')).toEqual(expect.arrayContaining([wanted, skipped]));
  });

  test('that there is already changes nothing', async () => {
    await addFile('a');
    await stopwire(['pause']);
    const before = statSync(join(sandbox.config, 'config.json'));
    expect(await stopwire(['pause'])).toMatchObject({ code: 0 });
    expect(statSync(join(sandbox.config, 'config.json')).ino).toBe(before.ino);
  });

  test('begins for good when the delivery that is under way has ended, and says that it waits for that', async () => {
    await addFile('a');
    await stopwire(['run']);
    const lock = acquireLock(join(sandbox.state, 'lock'));
    const pausing = stopwire(['pause']);
    while (config().paused === undefined) await sleep(10);
    lock?.release();
    expect(await pausing).toMatchObject({ code: 0, stderr: expect.stringContaining('Nothing is delivered') });
    expect(existsSync(join(sandbox.state, 'lock'))).toBe(false);
  });

  test('needs a configuration', async () => {
    expect(await stopwire(['pause'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('npx stopwire install'),
    });
    expect(await stopwire(['resume'])).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('where a destination begins', () => {
  test('one that is added later gets what is newer, whatever the others have', async () => {
    await addFile('a');
    await addFile('b', '--since', 'now');
    const id = writeLine();
    await stopwire(['run']);
    expect(idsIn('a').length).toBeGreaterThan(1);
    expect(linesIn('b')).toContain(id);
    expect(idsIn('b').length).toBeLessThan(idsIn('a').length);
  });

  test('install --since is for what it adds, and changes nothing that is there', async () => {
    const path = inHome('a.ndjson');
    const installed = await stopwire(['install', '--yes', '--file', path, '--since', '2026-01-01', '--json']);
    const file = { name: 'file', kind: 'file', redaction: 'none', since: '2026-01-01T00:00:00.000Z' };
    expect(JSON.parse(installed.stdout).destinations).toEqual([file]);
    const again = await stopwire(['install', '--yes', '--file', path, '--local', '--since', 'now', '--json']);
    const [kept, local] = JSON.parse(again.stdout).destinations;
    expect(kept).toEqual(file);
    expect(local.since).toMatch(/^\d{4}-/);
  });

  test('install to another place under the same name starts anew', async () => {
    await stopwire(['install', '--yes', '--file', inHome('a.ndjson')]);
    await stopwire(['run']);
    await stopwire(['install', '--yes', '--file', inHome('b.ndjson')]);
    await stopwire(['run']);
    expect(names()).toEqual(['file']);
    expect(idsIn('b')).toEqual(idsIn('a'));
  });

  test('install keeps what another version has written into the configuration', async () => {
    await addFile('a');
    const path = join(sandbox.config, 'config.json');
    writeFileSync(path, JSON.stringify({ ...config(), later: { a: [1] } }));
    await stopwire(['install', '--yes', '--local']);
    expect(config()).toMatchObject({ later: { a: [1] } });
    expect(names()).toEqual(['file', 'local']);
  });
});
