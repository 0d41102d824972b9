/** What the exit codes 1, 3 and 130 stand for, on the built program; wrong-usage.test.ts is about 2. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startLoopbackServer } from '../helpers/loopback-server.ts';
import { BIN, makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox(['2.1.329-simple']);
});
afterEach(() => sandbox.remove());

test('1: what was asked for is not done', async () => {
  expect(await sandbox.stopwire(['status'])).toMatchObject({ code: 1 });
  expect(await sandbox.stopwire(['run'])).toMatchObject({ code: 1, stdout: '' });
});

describe('3: a settings file that is not as the client has it', () => {
  test.each([['install', '--yes', '--local'], ['uninstall']])('is not touched by %s', async (...args) => {
    await sandbox.stopwire(['install', '--yes', '--local']);
    const before = '{ "hooks": [], // mine\n}';
    writeFileSync(sandbox.settings, before);
    const { code, stderr } = await sandbox.stopwire(args);
    expect(code).toBe(3);
    expect(stderr).toContain(sandbox.settings);
    expect(readFileSync(sandbox.settings, 'utf8')).toBe(before);
  });
});

describe('130: interrupted by Ctrl-C', () => {
  test.each([['run'], ['backfill', '--since', 'all']])('while %s delivers', async (...args) => {
    const server = await startLoopbackServer();
    server.script('hang');
    try {
      const endpoint = `endpoint=${server.url}`;
      await sandbox.stopwire(['destinations', 'add', 'http', '--no-test', '--since', 'all', '--set', endpoint]);
      const child = spawn(process.execPath, [BIN, ...args], { env: sandbox.env, stdio: 'ignore' });
      const ended = once(child, 'exit');
      await server.nextRequest();
      child.kill('SIGINT');
      expect(await ended).toEqual([130, null]);
    } finally {
      await server.close();
    }
  });
});
