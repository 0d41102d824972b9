import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { destinationKinds } from '../../src/destinations/index.ts';
import { startLoopbackServer, type LoopbackServer } from '../helpers/loopback-server.ts';
import { converse as converseIn, CTRL_C, CTRL_D, DOWN, ENTER, type Answer } from '../helpers/pseudo-terminal.ts';
import { BIN, makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

const SETTINGS = '{\n  "model": "opus"\n}\n';
const KEY = 'key-0123456789';

type Dialogue = readonly (readonly [question: string, answer: Answer])[];

let sandbox: Sandbox;
let server: LoopbackServer;
beforeEach(async () => {
  sandbox = makeSandbox();
  writeFileSync(sandbox.settings, SETTINGS);
  server = await startLoopbackServer();
});
afterEach(async () => {
  sandbox.remove();
  await server.close();
});

function converse(dialogue: Dialogue, args: readonly string[] = ['install'], columns = 80) {
  return converseIn(sandbox, args, dialogue, { columns });
}

const WHERE = 'Where should the records go?';
const ADDRESS = 'endpoint: The address that batches are posted to';
const API_KEY = 'apiKey (empty for none)';
const WHAT_NOW = 'What now?';
const LEVEL = 'What may leave this machine?';
const HISTORY = 'Which history should be imported?';
const CONFIRM = 'Change settings.json?';
const THESE = 'What about these destinations?';

/** The list goes to what is typed. */
const choose = (kind: string): string => `${kind}${ENTER}`;
/** Over what is proposed. */
const instead = (answer: string): string => `\u0015${answer}${ENTER}`;

describe('the way of an endpoint', () => {
  test('asks for address and key, tries them, asks how much and from when on, shows the change, and makes it', async () => {
    const { code, screen, unasked, isSane } = await converse([
      [WHERE, choose('http')],
      [ADDRESS, instead(server.url)],
      [API_KEY, `${KEY}${ENTER}`],
      [LEVEL, ENTER],
      [HISTORY, ENTER],
      [CONFIRM, `y${ENTER}`],
    ]);
    expect({ code, unasked, isSane }).toEqual({ code: 0, unasked: [], isSane: true });
    expect(server.requests.map(({ headers, body }) => [headers.authorization, JSON.parse(body).records])).toEqual([
      [`Bearer ${KEY}`, []],
    ]);
    expect(screen).toContain('stopwire-stop-hook');
    expect(screen).not.toContain(KEY);
    expect(sandbox.hookCommand()).toContain('stopwire-stop-hook');
    const options = { endpoint: server.url, apiKey: KEY };
    expect(destinations()).toEqual([{ name: 'http', kind: 'http', redaction: 'content', options }]);
  });

  test('a key that is refused can be typed again', async () => {
    server.script({ status: 401 }, { status: 200 });
    const { code, screen, unasked } = await converse([
      [WHERE, choose('http')],
      [ADDRESS, instead(server.url)],
      [API_KEY, `wrong-key${ENTER}`],
      [WHAT_NOW, ENTER],
      [ADDRESS, ENTER],
      ['apiKey (empty to keep it)', `${KEY}${ENTER}`],
      [LEVEL, ENTER],
      [HISTORY, ENTER],
      [CONFIRM, `y${ENTER}`],
    ]);
    expect({ code, unasked }).toEqual({ code: 0, unasked: [] });
    expect(screen).toContain('It fails: 401 Unauthorized: check the API key.');
    expect(screen).not.toContain('wrong-key');
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer wrong-key', `Bearer ${KEY}`]);
    expect(destinations()).toMatchObject([{ options: { endpoint: server.url, apiKey: KEY } }]);
  });

  test('what fails can be saved anyway, or dropped', async () => {
    server.script({ status: 401 });
    const start = ['install', '--endpoint', server.url];
    const failing: Dialogue = [[API_KEY, `${KEY}${ENTER}`]];
    const cancelled = await converse([...failing, [WHAT_NOW, `${DOWN}${DOWN}${ENTER}`]], start);
    expect(cancelled).toMatchObject({ code: 130, unasked: [] });
    expectUntouched();
    const saved = await converse(
      [...failing, [WHAT_NOW, `${DOWN}${ENTER}`], [LEVEL, ENTER], [HISTORY, ENTER], [CONFIRM, ENTER]],
      start,
    );
    expect(saved).toMatchObject({ code: 0, unasked: [] });
    expect(destinations()).toMatchObject([{ options: { endpoint: server.url, apiKey: KEY } }]);
  });

  test('an address that may not be used is asked for again, and cannot be saved', async () => {
    const { code, screen, unasked } = await converse([
      [WHERE, choose('http')],
      [ADDRESS, instead('http://collector.example/')],
      [API_KEY, ENTER],
      [WHAT_NOW, ENTER],
      [ADDRESS, instead('collector')],
      ['must be an http or https address', instead(server.url)],
      [API_KEY, ENTER],
      [LEVEL, CTRL_C],
    ]);
    expect({ code, unasked }).toEqual({ code: 130, unasked: [] });
    expect(screen).toContain('anyone on the way can read along');
    expect(screen).not.toContain('Save it anyway');
  });

  test('--no-test does not try it', async () => {
    const dialogue: Dialogue = [
      [API_KEY, ENTER],
      [LEVEL, ENTER],
      [HISTORY, ENTER],
      [CONFIRM, ENTER],
    ];
    expect(await converse(dialogue, ['install', '--endpoint', server.url, '--no-test'])).toMatchObject({ code: 0 });
    expect(server.begun()).toBe(0);
  });

  test.each(['content', 'metadata', 'secrets', 'none'])('proposes content, and offers the level %s', async (level) => {
    const downs = ['content', 'metadata', 'secrets', 'none'].indexOf(level);
    const { screen } = await converse(
      [
        [LEVEL, `${DOWN.repeat(downs)}${ENTER}`],
        [HISTORY, ENTER],
        [CONFIRM, `y${ENTER}`],
      ],
      ['install', '--endpoint', server.url, '--api-key', KEY],
    );
    expect(destinations()).toMatchObject([{ name: 'http', redaction: level }]);
    expect(screen).toContain('ps and the history of the shell show the key');
  });
});

describe('the other ways', () => {
  test.each([
    ['all of it', ENTER, undefined],
    ['the last 30 days', `${DOWN}${ENTER}`, 30 * 86_400_000],
    ['none', `${DOWN}${DOWN}${ENTER}`, 0],
  ])('this machine, and the history that is imported: %s', async (_, answer, age) => {
    const { code, unasked } = await converse([
      [WHERE, choose('local')],
      [HISTORY, answer],
      [CONFIRM, `y${ENTER}`],
    ]);
    expect({ code, unasked }).toEqual({ code: 0, unasked: [] });
    const [{ since, kind }] = destinations();
    expect(kind).toBe('local');
    if (age === undefined) expect(since).toBeUndefined();
    else expect(Math.abs(Date.now() - Date.parse(since) - age)).toBeLessThan(60_000);
  });

  test('a file', async () => {
    const { code, unasked } = await converse([
      [WHERE, choose('file')],
      ['path: ', `records.ndjson${ENTER}`],
      [HISTORY, ENTER],
      [CONFIRM, ENTER],
    ]);
    expect({ code, unasked }).toEqual({ code: 0, unasked: [] });
    expect(destinations()).toMatchObject([{ kind: 'file', options: { path: join(sandbox.home, 'records.ndjson') } }]);
  });

  test.each(Object.entries(destinationKinds))(
    '%s: the first question is one that the kind declares',
    async (kind, load) => {
      const { about, options } = await load();
      const asked = Object.keys(options).find((name) => options[name]?.required === true || name === 'apiKey');
      const { code, screen, unasked } = await converse([
        [WHERE, choose(kind)],
        [asked === undefined ? HISTORY : `? ${asked}`, CTRL_C],
      ]);
      expect({ code, unasked }).toEqual({ code: 130, unasked: [] });
      expect(screen).toContain(`${kind} ${about.slice(0, 40)}`);
      expectUntouched();
    },
  );

  test('a vendor, with an address and a password that is refused at first', async () => {
    server.script({ status: 401 }, { status: 200 });
    const { code, screen, unasked } = await converse([
      [WHERE, choose('clickhouse')],
      ['? endpoint', instead(server.url)],
      ['? apiKey', `wrong-key${ENTER}`],
      [WHAT_NOW, ENTER],
      ['? endpoint', ENTER],
      ['? apiKey', `${KEY}${ENTER}`],
      [LEVEL, ENTER],
      [HISTORY, ENTER],
      [CONFIRM, ENTER],
    ]);
    expect({ code, unasked }).toEqual({ code: 0, unasked: [] });
    expect(screen).not.toContain(KEY);
    const options = { endpoint: server.url, apiKey: KEY };
    expect(destinations()).toEqual([{ name: 'clickhouse', kind: 'clickhouse', redaction: 'content', options }]);
  });

  test('the same by flags alone', async () => {
    const flags = ['--destination', 'clickhouse', '--endpoint', server.url, '--api-key', '-', '--set', 'table=turns'];
    const args = ['install', '--test', '--redaction', 'secrets', '--since', '2026-01-01', ...flags];
    server.script({ status: 401 }, { status: 200 });
    const failed = await sandbox.stopwire(args, { stdin: KEY });
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing was changed') });
    expectUntouched();
    await sandbox.stopwire(args, { stdin: KEY });
    expect(destinations()).toMatchObject([
      {
        name: 'clickhouse',
        redaction: 'secrets',
        since: '2026-01-01T00:00:00.000Z',
        options: { endpoint: server.url, apiKey: KEY, table: 'turns' },
      },
    ]);
  });

  test('flags and the environment answer questions', async () => {
    sandbox.env['STOPWIRE_SINCE'] = '2026-01-01';
    sandbox.env['STOPWIRE_REDACTION'] = 'metadata';
    sandbox.env['STOPWIRE_API_KEY'] = KEY;
    const { unasked } = await converse([[CONFIRM, `y${ENTER}`]], ['install', '--endpoint', server.url]);
    expect(unasked).toEqual([]);
    expect(destinations()).toMatchObject([{ redaction: 'metadata', since: '2026-01-01T00:00:00.000Z' }]);
  });
});

describe('an installation that is there', () => {
  beforeEach(() => sandbox.stopwire(['install', '--endpoint', server.url]));

  test('is shown, and kept as it is with Enter', async () => {
    const { code, screen, unasked } = await converse([[THESE, ENTER]]);
    expect({ code, unasked }).toEqual({ code: 0, unasked: [] });
    expect(screen).toContain(`http: ${server.url}`);
    expect(screen).not.toContain(WHERE);
    expect(destinations()).toHaveLength(1);
  });

  test('gets another destination under a name of its own', async () => {
    const other = `${server.url}/other`;
    const { unasked } = await converse([
      [THESE, `${DOWN}${ENTER}`],
      [WHERE, choose('http')],
      [ADDRESS, instead(other)],
      [API_KEY, ENTER],
      [LEVEL, ENTER],
      [HISTORY, ENTER],
    ]);
    expect(unasked).toEqual([]);
    expect(destinations()).toMatchObject([
      { name: 'http', options: { endpoint: `${server.url}/`.slice(0, -1) } },
      { name: 'http-2', options: { endpoint: other } },
    ]);
  });

  test('a place that is there already is not added twice, and its history is not asked for', async () => {
    const { code, screen } = await converse([
      [THESE, `${DOWN}${ENTER}`],
      [WHERE, choose('http')],
      [ADDRESS, instead(server.url)],
      [API_KEY, `${KEY}${ENTER}`],
      [LEVEL, ENTER],
    ]);
    expect(code).toBe(0);
    expect(screen).not.toContain(HISTORY);
    expect(destinations()).toMatchObject([{ name: 'http', options: { apiKey: KEY } }]);
  });

  test('can be started over, by an answer or a flag', async () => {
    await converse([
      [THESE, `${DOWN}${DOWN}${ENTER}`],
      [WHERE, choose('local')],
      [HISTORY, ENTER],
    ]);
    expect(destinations()).toMatchObject([{ name: 'local' }]);
    await converse([[HISTORY, ENTER]], ['install', '--no-keep', '--file', join(sandbox.home, 'records')]);
    expect(destinations()).toMatchObject([{ name: 'file' }]);
  });

  test.each([
    ['Ctrl-C', CTRL_C],
    ['SIGTERM', (pid: number) => void process.kill(pid, 'SIGTERM')],
  ])('%s at the question what to do with it changes nothing', async (_, act) => {
    const before = [readFileSync(sandbox.settings, 'utf8'), readFileSync(join(sandbox.config, 'config.json'), 'utf8')];
    expect(await converse([[THESE, act]])).toMatchObject({ code: 130, isSane: true, unasked: [] });
    const after = [readFileSync(sandbox.settings, 'utf8'), readFileSync(join(sandbox.config, 'config.json'), 'utf8')];
    expect(after).toEqual(before);
  });

  test('--keep answers the question', async () => {
    const { code, screen } = await converse([], ['install', '--keep']);
    expect(code).toBe(0);
    expect(screen).not.toContain('?');
    expect(destinations()).toHaveLength(1);
  });
});

describe('giving up leaves everything as it was', () => {
  const QUESTIONS: Dialogue = [
    [WHERE, choose('http')],
    [ADDRESS, ENTER],
    [API_KEY, `${KEY}${ENTER}`],
    [WHAT_NOW, `${DOWN}${ENTER}`],
    [LEVEL, ENTER],
    [HISTORY, ENTER],
    [CONFIRM, ENTER],
  ];
  const WAYS: [string, Answer][] = [
    ['Ctrl-C', CTRL_C],
    ['Ctrl-D', CTRL_D],
    ['SIGTERM', (pid) => process.kill(pid, 'SIGTERM')],
  ];
  const cases = QUESTIONS.flatMap(([question], index) =>
    WAYS.map(([way, act]) => [way, question, index, act] as const),
  );

  test.each(cases)('%s at: %s', async (_, question, index, act) => {
    const address = await closedAddress();
    const before = QUESTIONS.slice(0, index).map(([asked, answer]) =>
      asked === ADDRESS ? ([asked, instead(address)] as const) : ([asked, answer] as const),
    );
    const { code, screen, unasked, isSane } = await converse([...before, [question, act]]);
    expect({ code, unasked, isSane }).toEqual({ code: 130, unasked: [], isSane: true });
    expect(screen).toContain('nothing was changed');
    expect(screen).not.toContain('Warning');
    expectUntouched();
  });

  test.each([
    ['Ctrl-C', CTRL_C],
    ['SIGTERM', (pid: number) => void process.kill(pid, 'SIGTERM')],
  ])('%s while a destination is tried', async (_, act) => {
    server.script('hang');
    const { code, isSane } = await converse(
      [['Trying it', act]],
      ['install', '--endpoint', server.url, '--api-key', KEY],
    );
    expect(code).not.toBe(0);
    expect(isSane).toBe(true);
    expectUntouched();
  });

  test('so does a no to the change', async () => {
    const { screen } = await converse([
      [WHERE, ENTER],
      [HISTORY, ENTER],
      [CONFIRM, `n${ENTER}`],
    ]);
    expect(screen).toContain('Nothing was changed');
    expectUntouched();
  });
});

describe('nobody is asked anything', () => {
  test.each(['1', 'true', 'woodpecker'])('in a terminal with CI=%s', async (value) => {
    sandbox.env['CI'] = value;
    const { code, screen } = await converse([]);
    expect(code).toBe(0);
    expect(screen).not.toContain('?');
    expect(destinations()).toMatchObject([{ name: 'local' }]);
  });

  test.each(['', '0', 'false'])('but with CI=%j, which says that this is none', async (value) => {
    sandbox.env['CI'] = value;
    expect(await converse([[WHERE, CTRL_C]])).toMatchObject({ code: 130, unasked: [] });
  });

  test.each([
    ['a pipe that nobody writes to', ''],
    ['closed', '<&-'],
    ['empty', '</dev/null'],
  ])('where standard input is %s', async (_, redirection) => {
    const { code, stderr } = await run(['install'], redirection);
    expect({ code, asks: stderr.includes('?') }).toEqual({ code: 0, asks: false });
    expect(destinations()).toMatchObject([{ name: 'local' }]);
  });

  test('and a key that is not there is said to be missing', async () => {
    const { code, stderr } = await run(['install', '--api-key', '-'], '<&-');
    expect(code).toBe(2);
    expect(stderr).toContain('nothing to read for the option apiKey');
    expectUntouched();
  });
});

describe('destinations, by someone at a terminal', () => {
  const add = ['destinations', 'add', 'http', '--set', 'endpoint=http://127.0.0.1:9/', '--api-key', '-'];

  test('a key is typed unseen, and an endpoint that fails is saved after a yes', async () => {
    const { screen } = await converse(
      [
        ['apiKey', `${KEY}${ENTER}`],
        ['Add it all the same?', `y${ENTER}`],
      ],
      add,
    );
    expect(screen).toContain('the connection was refused');
    expect(screen).not.toContain(KEY);
    expect(destinations()).toMatchObject([{ name: 'http', options: { apiKey: KEY } }]);
  });

  test.each([
    ['no', ENTER],
    ['Ctrl-C', CTRL_C],
  ])('%s saves nothing', async (_, answer) => {
    const { screen } = await converse(
      [
        ['apiKey', `${KEY}${ENTER}`],
        ['Add it all the same?', answer],
      ],
      add,
    );
    expect(screen).toMatch(/othing was changed/);
    expect(existsSync(sandbox.config)).toBe(false);
  });

  test('removing one asks first, and no is the answer that changes nothing', async () => {
    await sandbox.stopwire(['destinations', 'add', 'local']);
    const question = 'Remove the destination local?';
    const { screen } = await converse([[question, ENTER]], ['destinations', 'remove', 'local']);
    expect(screen).toContain('Nothing was changed');
    expect(destinations()).toHaveLength(1);
    await converse([[question, `y${ENTER}`]], ['destinations', 'remove', 'local']);
    expect(destinations()).toEqual([]);
  });
});

/** Without a terminal, on a standard input that stays open unless the redirection says otherwise. */
async function run(args: readonly string[], redirection: string): Promise<{ code: number | null; stderr: string }> {
  const child = spawn('sh', ['-c', `exec "$0" "$@" ${redirection}`, process.execPath, BIN, ...args], {
    cwd: sandbox.home,
    env: sandbox.env,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const stderr = await text(child.stderr);
  const [code] = await ended;
  return { code, stderr };
}

/** Of a server that has just gone. */
async function closedAddress(): Promise<string> {
  const gone = await startLoopbackServer();
  await gone.close();
  return gone.url;
}

function expectUntouched(): void {
  expect(readFileSync(sandbox.settings, 'utf8')).toBe(SETTINGS);
  expect(readdirSync(sandbox.claude).toSorted()).toEqual(['projects', 'settings.json']);
  expect(readdirSync(sandbox.home)).toEqual(['.claude']);
}

function destinations() {
  return JSON.parse(readFileSync(join(sandbox.config, 'config.json'), 'utf8')).destinations;
}
