import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BIN, makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

const ENTER = '\r';
const DOWN = '\u001B[B';
const CTRL_C = '\u0003';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
  writeFileSync(sandbox.settings, '{\n  "model": "opus"\n}\n');
});
afterEach(() => sandbox.remove());

/** Answers the wizard in a real terminal (script(1) makes one): each answer when its question is on the screen. */
async function converse(
  dialogue: readonly (readonly [question: string, answer: string])[],
  args: readonly string[] = ['install'],
): Promise<string> {
  const command = [process.execPath, BIN, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qefc', command, '/dev/null'], { env: { ...sandbox.env, TERM: 'xterm' } });
  const left = [...dialogue];
  let screen = '';
  let read = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    const [question, answer] = left[0] ?? [];
    if (question === undefined || answer === undefined || !screen.slice(read).includes(question)) return;
    left.shift();
    read = screen.length;
    child.stdin.write(answer);
  });
  await new Promise((resolve) => child.once('close', resolve));
  return screen;
}

test('asks where, with which key and how much, shows the change, and makes it', async () => {
  const screen = await converse([
    ['Where should the records go?', `${DOWN}${ENTER}`],
    ['Address of the endpoint', ENTER],
    ['API key', `key-0123456789${ENTER}`],
    ['What may leave this machine?', ENTER],
    ['Which history should be imported?', ENTER],
    ['Change settings.json?', `y${ENTER}`],
  ]);
  expect(screen).toContain('stopwire-stop-hook');
  expect(screen).not.toContain('key-0123456789');
  expect(sandbox.hookCommand()).toContain('stopwire-stop-hook');
  expect(destinations()).toEqual([
    {
      name: 'http',
      kind: 'http',
      redaction: 'content',
      options: { endpoint: 'http://127.0.0.1:7867/v1/records', apiKey: 'key-0123456789' },
    },
  ]);
});

test.each(['content', 'metadata', 'secrets', 'none'])('proposes content, and offers the level %s', async (level) => {
  const downs = ['content', 'metadata', 'secrets', 'none'].indexOf(level);
  await converse(
    [
      ['What may leave this machine?', `${DOWN.repeat(downs)}${ENTER}`],
      ['Which history should be imported?', ENTER],
      ['Change settings.json?', `y${ENTER}`],
    ],
    ['install', '--endpoint', 'http://127.0.0.1:9/', '--api-key', 'key'],
  );
  expect(destinations()).toMatchObject([{ name: 'http', redaction: level }]);
});

test.each([
  ['Ctrl-C at the first question', [['Where should the records go?', CTRL_C]]],
  [
    'no to the change',
    [
      ['Where should the records go?', ENTER],
      ['Which history should be imported?', ENTER],
      ['Change settings.json?', `n${ENTER}`],
    ],
  ],
] as const)('%s leaves everything as it was', async (_, dialogue) => {
  const screen = await converse(dialogue);
  expect(screen).toMatch(/othing was changed/);
  expect(readFileSync(sandbox.settings, 'utf8')).toBe('{\n  "model": "opus"\n}\n');
  expect(readdirSync(sandbox.claude).toSorted()).toEqual(['projects', 'settings.json']);
  expect(existsSync(sandbox.config)).toBe(false);
});

test.each([
  ['all of it', ENTER, undefined],
  ['the last 30 days', `${DOWN}${ENTER}`, 30 * 86_400_000],
  ['none', `${DOWN}${DOWN}${ENTER}`, 0],
] as const)('the history that is imported: %s', async (_, answer, age) => {
  await converse([
    ['Where should the records go?', ENTER],
    ['Which history should be imported?', answer],
    ['Change settings.json?', `y${ENTER}`],
  ]);
  const [{ since }] = destinations();
  if (age === undefined) expect(since).toBeUndefined();
  else expect(Math.abs(Date.now() - Date.parse(since) - age)).toBeLessThan(60_000);
});

test('no question about history where a flag or the environment answers it, or the destination is there', async () => {
  const dialogue = [['Where should the records go?', ENTER]] as const;
  sandbox.env['STOPWIRE_SINCE'] = '2026-01-01';
  await converse([...dialogue, ['Change settings.json?', `y${ENTER}`]]);
  expect(destinations()[0].since).toBe('2026-01-01T00:00:00.000Z');
  delete sandbox.env['STOPWIRE_SINCE'];
  expect(await converse(dialogue)).not.toContain('Which history');
  expect(destinations()[0].since).toBe('2026-01-01T00:00:00.000Z');
});

describe('destinations, by someone at a terminal', () => {
  const add = ['destinations', 'add', 'http', '--set', 'endpoint=http://127.0.0.1:9/', '--api-key', '-'];

  test('a key is typed unseen, and an endpoint that fails is saved after a yes', async () => {
    const screen = await converse(
      [
        ['API key', `key-0123456789${ENTER}`],
        ['Add it all the same?', `y${ENTER}`],
      ],
      add,
    );
    expect(screen).toContain('the connection was refused');
    expect(screen).not.toContain('key-0123456789');
    expect(destinations()).toMatchObject([{ name: 'http', options: { apiKey: 'key-0123456789' } }]);
  });

  test.each([
    ['no', ENTER],
    ['Ctrl-C', CTRL_C],
  ])('%s saves nothing', async (_, answer) => {
    const screen = await converse(
      [
        ['API key', `key-0123456789${ENTER}`],
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
    expect(await converse([[question, ENTER]], ['destinations', 'remove', 'local'])).toContain('Nothing was changed');
    expect(destinations()).toHaveLength(1);
    await converse([[question, `y${ENTER}`]], ['destinations', 'remove', 'local']);
    expect(destinations()).toEqual([]);
  });
});

function destinations() {
  return JSON.parse(readFileSync(join(sandbox.config, 'config.json'), 'utf8')).destinations;
}
