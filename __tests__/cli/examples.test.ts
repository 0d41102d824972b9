/** Every example of the help, run as it stands there by a shell, in a home with records, against a real endpoint. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { declaredCommands } from '../../src/cli.ts';
import { callOf, withAllBelow } from '../../src/cli/declared.ts';
import { startLoopbackServer, type LoopbackServer } from '../helpers/loopback-server.ts';
import { BIN, makeSandbox, runToEnd, type RunOptions, type Sandbox } from '../helpers/sandbox.ts';
import { recordingTerminal } from '../helpers/terminal.ts';

/** Examples that end otherwise than with 0 here: there is no such dead letter. */
const CODES: { readonly [line: string]: number } = { 'stopwire dlq show 3f9c1ab2': 1 };

/** What examples need to be there. */
const BEFORE: { readonly [call: string]: string } = {
  'stopwire exclude remove': "stopwire exclude add '~/clients/*'",
  'stopwire include remove': "stopwire include add '~/code/*'",
};

const ENDLESS = /--follow|--watch/;

const program = declaredCommands({ terminal: recordingTerminal({}), exit: () => {} });
const commands = withAllBelow(program).filter(({ examples }) => examples.length > 0);

let server: LoopbackServer;
let sandbox: Sandbox;
beforeAll(async () => {
  server = await startLoopbackServer();
  sandbox = makeSandbox(['2.1.329-simple']);
  await sandbox.stopwire(['install', '--yes', '--local']);
  await sandbox.stopwire(['run']);
  fillHome();
  cpSync(sandbox.home, `${sandbox.home}-before`, { recursive: true });
});
afterEach(() => {
  sandbox.remove();
  cpSync(`${sandbox.home}-before`, sandbox.home, { recursive: true });
});
afterAll(async () => {
  sandbox.remove();
  rmSync(`${sandbox.home}-before`, { recursive: true });
  await server.close();
});

function fillHome(): void {
  const inHome = (...parts: string[]): string => join(sandbox.home, ...parts);
  for (const folder of ['bin', '.zsh/completions', '.config/fish/completions'])
    mkdirSync(inHome(folder), { recursive: true });
  writeFileSync(inHome('bin', 'stopwire'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  chmodSync(inHome('bin', 'stopwire'), 0o755);
  writeFileSync(inHome('key'), 'key-0123456789\n', { mode: 0o600 });
  const prices = readFileSync(join(import.meta.dirname, '..', '..', 'pricing', 'anthropic.json'));
  writeFileSync(inHome('prices.json'), prices);
  writeFileSync(inHome('prices.json.sha256'), createHash('sha256').update(prices).digest('hex'));
  const files = readdirSync(sandbox.claude, { recursive: true, encoding: 'utf8' });
  const transcript = files.find((name) => name.endsWith('.jsonl')) ?? '';
  copyFileSync(join(sandbox.claude, transcript), inHome('session.jsonl'));
}

function inShell(line: string): [command: string, args: string[], options: RunOptions] {
  const { home, env } = sandbox;
  const path = `${join(home, 'bin')}:${env['PATH'] ?? ''}`;
  const reachable = line.replaceAll('https://a.example', server.url);
  return ['sh', ['-c', reachable], { cwd: home, env: { ...env, PATH: path, SHELL: '/bin/bash' } }];
}

/** Goes on until it is interrupted, once it has shown something. */
async function interrupted(line: string): Promise<number | null> {
  const [, , options] = inShell(line);
  const child = spawn(process.execPath, [BIN, ...line.split(' ').slice(1)], {
    ...options,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  const [code, signal] = await ended;
  return signal === 'SIGINT' ? 130 : code;
}

describe('the examples of', () => {
  test.each(commands.map((one) => [callOf(one), one] as const))('%s', async (call, { examples }) => {
    const before = BEFORE[call];
    if (before !== undefined) await runToEnd(...inShell(before));
    for (const { line } of examples) {
      if (ENDLESS.test(line)) {
        await sandbox.fireAndSettle();
        expect([line, await interrupted(line)]).toEqual([line, 130]);
      } else {
        const { code, stderr } = await runToEnd(...inShell(line));
        expect([line, code, code === 0 ? '' : stderr]).toEqual([line, CODES[line] ?? 0, code === 0 ? '' : stderr]);
      }
    }
  });
});
