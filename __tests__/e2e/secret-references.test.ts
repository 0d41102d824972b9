/** An API key that the configuration only points at. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { appendPlanted } from '../helpers/planted-transcript.ts';
import { API_KEY, FAST, leaks, makeRig, type Rig, SILENT } from '../helpers/fault-rig.ts';

let rig: Rig;
let keyFile: string;
beforeEach(async () => {
  rig = await makeRig({ cases: ['2.1.329-thinktool'], destinations: ['http'] });
  keyFile = join(rig.home, 'key file');
  writeFileSync(keyFile, `${API_KEY}\n`, { mode: 0o600 });
});

function configure(apiKey: unknown): void {
  rig.configure(rig.destinations.map((one) => ({ ...one, options: { ...one.options, apiKey } })));
}

/** Where the key stands, besides its own file. */
const strayKeys = (): string[] => leaks(rig).filter((place) => place !== keyFile);
const config = (): string => readFileSync(join(rig.config, 'config.json'), 'utf8');

function expectDelivered(): void {
  expect(rig.httpRecords().length).toBeGreaterThan(5);
  for (const { headers } of rig.server.requests) expect(headers.authorization).toBe(`Bearer ${API_KEY}`);
  expect(config()).not.toContain(API_KEY);
  expect(strayKeys()).toEqual([]);
}

describe('a key that is pointed at', () => {
  test.each<[string, () => object]>([
    ['a private file', () => ({ file: keyFile })],
    ['a command', () => ({ command: 'cat "key file"' })],
  ])('in %s is what the hook’s worker sends, and stays where it is', async (_, reference) => {
    configure(reference());
    expect(await rig.work(FAST)).toEqual(SILENT);
    expectDelivered();
  });

  test('in a variable is what stopwire run sends', async () => {
    configure({ env: 'THE_KEY' });
    expect(await rig.run({}, { env: { THE_KEY: API_KEY } })).toMatchObject({ code: 0 });
    expectDelivered();
  });

  test('can be changed where it is: the next delivery sends the new one', async () => {
    configure({ file: keyFile });
    await rig.run();
    writeFileSync(keyFile, 'sk-another');
    appendPlanted(rig.transcript, { text: 'more', fileName: 'more.ts', cwd: rig.home });
    await rig.run();
    expect(rig.server.requests.at(-1)?.headers.authorization).toBe('Bearer sk-another');
  });
});

describe('a key that cannot be had', () => {
  test.each<[string, () => unknown, string]>([
    ['a file that others can read', () => (chmodSync(keyFile, 0o644), { file: keyFile }), 'others can read'],
    ['a command that fails', () => ({ command: `cat '${keyFile}' >&2; exit 1` }), 'its command ended with 1'],
    ['a variable that the hook does not have', () => ({ env: 'THE_KEY' }), 'the variable THE_KEY is not set'],
  ])('holds the destination back with words: %s', async (_, reference, words) => {
    configure(reference());
    expect(await rig.work(FAST)).toEqual(SILENT);
    expect(rig.server.begun()).toBe(0);
    expect(readFileSync(join(rig.state, 'hook.log'), 'utf8')).toContain(words);
    expect((await rig.run()).stderr).toContain(words);
    for (const args of [['status'], ['doctor', '--offline'], ['destinations', 'test']]) {
      const { code, stdout, stderr } = await rig.stopwire(args);
      // Lines end where the terminal does.
      const text = (stdout + stderr).replaceAll(/\s+/g, ' ');
      expect({ code, text }).toEqual({ code: 1, text: expect.stringContaining(words) });
      expect(stdout + stderr).not.toContain(API_KEY);
    }
    expect(strayKeys()).toEqual([]);
    configure({ file: (chmodSync(keyFile, 0o600), keyFile) });
    await rig.run();
    expectDelivered();
  });
});

describe('destinations add', () => {
  test('keeps a reference as one, with the whole path of a file', async () => {
    const endpoint = `endpoint=${rig.server.url}/v1`;
    const args = ['destinations', 'add', 'team', '--type', 'http', '--set', endpoint, '--since', 'all'];
    expect(await rig.stopwire([...args, '--secret', 'apiKey=file:key file'])).toMatchObject({ code: 0 });
    expect(JSON.parse(config()).destinations.at(-1)).toMatchObject({
      name: 'team',
      options: { apiKey: { file: keyFile } },
    });
    expect(rig.server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${API_KEY}`);
    expect(strayKeys()).toEqual([]);
  });

  test.each([
    ['apiKey=file:/nowhere', 1, '/nowhere cannot be read (ENOENT)'],
    ['apiKey=env:NOT_SET', 1, 'the variable NOT_SET is not set'],
    ['apiKey=command:false', 1, 'its command ended with 1'],
    ['endpoint=env:HOME', 1, '"endpoint" must be an http or https address'],
  ])('refuses %s', async (secret, code, words) => {
    const before = config();
    const ended = await rig.stopwire([
      'destinations',
      'add',
      'team',
      '--type',
      'http',
      '--set',
      `endpoint=${rig.server.url}`,
      '--secret',
      secret,
    ]);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) });
    expect(config()).toBe(before);
  });
});
