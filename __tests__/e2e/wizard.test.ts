import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
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
async function converse(dialogue: readonly (readonly [question: string, answer: string])[]): Promise<string> {
  const command = [process.execPath, BIN, 'install'].map((word) => `'${word}'`).join(' ');
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
    ['Change settings.json?', `y${ENTER}`],
  ]);
  expect(screen).toContain('stopwire-stop-hook');
  expect(screen).not.toContain('key-0123456789');
  expect(sandbox.hookCommand()).toContain('stopwire-stop-hook');
  const { destinations } = JSON.parse(readFileSync(join(sandbox.config, 'config.json'), 'utf8'));
  expect(destinations).toEqual([
    {
      name: 'http',
      kind: 'http',
      redaction: 'content',
      options: { endpoint: 'http://127.0.0.1:7867/v1/records', apiKey: 'key-0123456789' },
    },
  ]);
});

test.each([
  ['Ctrl-C at the first question', [['Where should the records go?', CTRL_C]]],
  [
    'no to the change',
    [
      ['Where should the records go?', ENTER],
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
