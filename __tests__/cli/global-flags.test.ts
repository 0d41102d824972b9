/** Flags of every command, on the built program. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startLoopbackServer, type LoopbackServer } from '../helpers/loopback-server.ts';
import { makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

let sandbox: Sandbox;
let server: LoopbackServer;
beforeAll(async () => {
  sandbox = makeSandbox(['2.1.329-simple']);
  server = await startLoopbackServer();
});
afterAll(async () => {
  sandbox.remove();
  await server.close();
});

describe('--quiet', () => {
  test('says nothing where all is well', async () => {
    expect(await sandbox.stopwire(['install', '--yes', '--local', '--quiet'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  test('leaves data as it is', async () => {
    const loud = await sandbox.stopwire(['config', 'path']);
    expect(await sandbox.stopwire(['--quiet', 'config', 'path'])).toEqual(loud);
  });

  test('still says what went wrong, and what to do about it', async () => {
    const { code, stderr } = await sandbox.stopwire(['destinations', 'pause', 'loca', '--quiet']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'error: There is no destination "loca".\nDid you mean local?\n',
    });
  });
});

describe('--verbose', () => {
  test('says where stopwire looks, whom it asks without what could be a key, and how it ended', async () => {
    const endpoint = `${server.url}/v1/records?tenant=abc`;
    const set = ['--set', `endpoint=${endpoint}`, '--since', 'all', '--verbose'];
    const { code, stderr } = await sandbox.stopwire(['destinations', 'add', 'http', ...set]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^stopwire \d+\.\d+\.\d+ on Node /);
    expect(stderr).toContain(`configuration: ${sandbox.config}/config.json\n`);
    expect(stderr).toContain(`state: ${sandbox.state}\n`);
    expect(stderr).toContain(`POST ${server.url}/v1/records: 204\n`);
    expect(stderr).toMatch(/exit code 0 after \d+ ms\n$/);
    expect(stderr).not.toContain('abc');
  });

  test('says with an error where it came from, and only then', async () => {
    const args = ['destinations', 'pause', 'nowhere'];
    expect((await sandbox.stopwire([...args, '--verbose'])).stderr).toMatch(/^UserError .*\n +at /m);
    expect((await sandbox.stopwire(args)).stderr).not.toMatch(/^ +at /m);
  });

  test('leaves standard output alone', async () => {
    const { stdout } = await sandbox.stopwire(['config', 'path']);
    expect((await sandbox.stopwire(['config', 'path', '--verbose'])).stdout).toBe(stdout);
  });
});

describe('colours', () => {
  const ESCAPE = '\u001B[';

  test.each<[args: string[], env: NodeJS.ProcessEnv, hasColours: boolean]>([
    [[], { NO_COLOR: '1' }, false],
    [[], { NO_COLOR: '' }, false],
    [[], { NO_COLOR: '', FORCE_COLOR: '1' }, true],
    [[], { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    [['--no-color'], { NO_COLOR: '', FORCE_COLOR: '1' }, false],
    [['--color'], { NO_COLOR: '' }, true],
    [['--color'], { NO_COLOR: '1' }, true],
    [['--color', '--no-color'], { NO_COLOR: '' }, false],
  ])('of %j in %j: %j', async (args, env, hasColours) => {
    const help = await sandbox.stopwire(['--help', ...args], { env });
    const error = await sandbox.stopwire(['instal', ...args], { env });
    expect([help.stdout, error.stderr].map((text) => text.includes(ESCAPE))).toEqual([hasColours, hasColours]);
  });
});

test('--version is the version alone, with any command', async () => {
  for (const args of [['--version'], ['status', '--version']]) {
    expect((await sandbox.stopwire(args)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  }
});
