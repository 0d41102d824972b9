/** `stopwire config`, on the built program. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeSandbox, type Ended, type Sandbox } from '../helpers/sandbox.ts';

const KEY = 'key-that-must-not-show';

let sandbox: Sandbox;
let path: string;
beforeEach(() => {
  sandbox = makeSandbox();
  path = join(sandbox.config, 'config.json');
});
afterEach(() => sandbox.remove());

const config = (...args: string[]): Promise<Ended> => sandbox.stopwire(['config', ...args]);

function write(value: object): void {
  mkdirSync(sandbox.config, { recursive: true });
  writeFileSync(path, JSON.stringify({ version: 1, claudeDirectories: [], destinations: [], ...value }));
}

const readBack = (): { [key: string]: unknown } => JSON.parse(readFileSync(path, 'utf8'));

describe('config get', () => {
  test('shows what counts where nothing is configured', async () => {
    expect(await config('get', 'account')).toMatchObject({ code: 0, stdout: 'false\n', stderr: '' });
    expect(JSON.parse((await config('get', 'secrets.patterns', '--json')).stdout)).toEqual({
      key: 'secrets.patterns',
      value: [],
    });
  });

  const SECRETS: readonly object[] = [
    { name: 'http', kind: 'http', options: { endpoint: `https://u:${KEY}@a.example/v1?key=${KEY}`, apiKey: KEY } },
    { name: 'listed', kind: 'http', options: { endpoint: 'https://a.example', headers: [`X-Key: ${KEY}`] } },
    { name: 'proxied', kind: 'http', options: { endpoint: 'https://a.example', proxy: `http://u:${KEY}@proxy:1` } },
    { name: 'asked', kind: 'http', options: { endpoint: 'https://a.example', apiKey: { command: `echo ${KEY}` } } },
    { name: 'newer', kind: 'of-a-later-version', token: KEY, options: { address: KEY } },
    { name: 'undeclared', kind: 'file', options: { path: '/tmp/x', password: KEY } },
    { name: 'inherited', kind: 'file', options: { path: '/tmp/x', constructor: KEY } },
  ];

  test.each([
    ['get'],
    ['get', '--json'],
    ['get', 'destinations'],
    ['get', 'destinations', '--json'],
    ['list'],
    ['list', '--json'],
  ])('%s %s shows no secret', async (...args) => {
    write({ destinations: SECRETS, token: KEY });
    const { code, stdout, stderr } = await config(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('undeclared');
    expect(stdout).not.toContain(KEY);
  });

  test('shows of a destination what is no secret', async () => {
    write({ destinations: SECRETS });
    const { value } = JSON.parse((await config('get', 'destinations', '--json')).stdout);
    expect(value[0]).toEqual({
      name: 'http',
      kind: 'http',
      redaction: 'content',
      options: { endpoint: 'https://a.example/v1', apiKey: '********' },
    });
  });
});

describe('config set', () => {
  test.each([
    ['account', 'true', { account: true }],
    ['secrets.entropy', 'true', { secrets: { entropy: true } }],
    ['secrets.patterns', '["acme_[a-z0-9]{8}"]', { secrets: { patterns: ['acme_[a-z0-9]{8}'] } }],
  ])('%s %s is written, shown, and changes nothing else', async (key, value, written) => {
    write({ ofALaterVersion: 1, secrets: undefined });
    expect(await config('set', key, value)).toMatchObject({ code: 0, stdout: '' });
    expect(readBack()).toEqual({ version: 1, claudeDirectories: [], destinations: [], ofALaterVersion: 1, ...written });
    expect(JSON.parse((await config('get', key)).stdout)).toEqual(JSON.parse(value));
  });

  test('keeps the other half of the secrets', async () => {
    write({ secrets: { patterns: ['a1{3}'] } });
    await config('set', 'secrets.entropy', 'true');
    expect(readBack()['secrets']).toEqual({ patterns: ['a1{3}'], entropy: true });
  });

  test.each([
    ['acount', 'true', 'Did you mean account?'],
    ['toString', 'true', 'npx stopwire config list'],
    ['account', 'yes', '"yes" is neither true nor false.'],
    ['secrets.patterns', 'acme', 'as JSON'],
    ['secrets.patterns', '[1]', 'as JSON'],
    ['secrets.patterns', '["(a+)+"]', 'repeats a group'],
    ['secrets.patterns', '["("]', 'is no regular expression'],
    ['destinations', '[]', 'npx stopwire destinations'],
    ['paused', 'true', 'npx stopwire pause'],
    ['exclude', '[]', 'npx stopwire exclude'],
    ['claudeDirectories', '[]', 'npx stopwire install --config-dir'],
  ])('%s %s is refused, and nothing is written', async (key, value, words) => {
    write({});
    const before = readFileSync(path);
    const { code, stdout, stderr } = await config('set', key, value);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(readFileSync(path)).toEqual(before);
  });

  test('of two at once, each sees what the other did', async () => {
    await Promise.all([config('set', 'account', 'true'), config('set', 'secrets.entropy', 'true')]);
    expect(readBack()).toMatchObject({ account: true, secrets: { entropy: true } });
  });
});

test('config path is where the file is, or would be', async () => {
  expect((await config('path')).stdout).toBe(`${path}\n`);
  expect(JSON.parse((await config('path', '--json')).stdout)).toEqual({ path, exists: false });
});

test('config list names every key with what it is for, in 80 columns', async () => {
  const { stdout } = await config('list');
  const keys = Object.keys(JSON.parse((await config('list', '--json')).stdout));
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(Array.from(stdout.matchAll(/^(\S+) = .*\n {4}\w/gm), ([, key]) => key)).toEqual(keys);
});

test('a configuration that is no JSON is refused without a word of it', async () => {
  mkdirSync(sandbox.config, { recursive: true });
  writeFileSync(path, `{ "apiKey": "${KEY}" `);
  for (const args of [['get'], ['list'], ['set', 'account', 'true']]) {
    const { code, stdout, stderr } = await config(...args, '--verbose');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).not.toContain(KEY);
  }
});
