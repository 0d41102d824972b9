/** The registered hook in homes of any name, and where the machine lacks what it was installed with. */
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { readRunLog } from '../../src/state/run-log.ts';
import { expectedIds, idsOf } from '../helpers/expected.ts';
import { TRANSCRIPTS } from '../helpers/fixtures.ts';
import { BIN, type Ended, runToEnd, type RunOptions, stopPayload, untilIdle } from '../helpers/sandbox.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const SILENT = { code: 0, signal: null, stdout: '', stderr: '' };
const NOBODY = 65_534;

let home: string;
beforeEach(() => makeHome('home'));

function makeHome(name: string): void {
  home = join(makeTempDirectory(), name);
  cpSync(join(TRANSCRIPTS, '2.1.329-simple'), join(home, '.claude', 'projects', 'simple'), { recursive: true });
}

const at = (...parts: string[]): string => join(home, ...parts);
const state = (): string => at('.local', 'state', 'stopwire');
const data = (): string => at('.local', 'share', 'stopwire');
const settings = (): string => at('.claude', 'settings.json');
const environment = (): NodeJS.ProcessEnv => ({ HOME: home, PATH: process.env['PATH'], NO_COLOR: '1' });

function stopwire(...args: string[]): Promise<Ended> {
  return runToEnd(process.execPath, [BIN, ...args], { cwd: home, env: environment() });
}

function fire(options: RunOptions = {}): Promise<Ended> {
  const { hooks } = JSON.parse(readFileSync(settings(), 'utf8'));
  const command: string = hooks.Stop[0].hooks[0].command;
  return runToEnd('sh', ['-c', command], { cwd: '/', env: environment(), stdin: stopPayload(home), ...options });
}

async function delivered(): Promise<string[]> {
  const { stdout } = await stopwire('export');
  return idsOf(stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])));
}

describe('a home whose name has', () => {
  test.each([
    ['spaces, umlauts and an emoji', 'Zoë  M. Müller 🚀 '],
    ['quotes of both kinds', `O'Brien's "home"`],
    ['what a shell expands', '$HOME `id` $(id) !! *?[a-z]{b}~'],
    ['what a URL or a format expands', '%s%20%n a#b?c'],
    ['a newline', 'two\nlines'],
    ['a leading dash', '-rf'],
  ])('%s: installs, fires and delivers', async (_, name) => {
    makeHome(name);
    expect(await stopwire('install', '--yes', '--local')).toMatchObject({ code: 0 });
    expect(await fire()).toEqual(SILENT);
    await untilIdle(state());
    expect(await delivered()).toEqual(expectedIds(at('.claude', 'projects')));
    expect(await stopwire('uninstall', '--yes', '--purge')).toMatchObject({ code: 0 });
    expect(readdirSync(home)).toEqual(['.claude']);
  });

  test('a backslash: is refused in words, since Node could not load the program from there', async () => {
    makeHome(String.raw`DOMAIN\user`);
    const { code, stderr } = await stopwire('install', '--yes', '--local');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/backslash[^]*XDG_DATA_HOME/) });
    expect(existsSync(settings())).toBe(false);
  });
});

describe('a home that is read-only', () => {
  test('gets no record, no complaint, and what it missed when it can be written again', async () => {
    await stopwire('install', '--yes', '--local');
    const owner = process.getuid?.() === 0 ? NOBODY : undefined;
    const below = [home, ...readdirSync(home, { recursive: true, encoding: 'utf8' }).map((name) => at(name))];
    for (const path of below) {
      if (owner !== undefined) chownSync(path, owner, owner);
      chmodSync(path, 0o555);
    }
    const asOwner = owner === undefined ? {} : { uid: owner };
    expect(await fire(asOwner)).toEqual(SILENT);
    for (const path of below) chmodSync(path, 0o755);
    expect(existsSync(join(data(), 'records.db'))).toBe(false);
    if (owner !== undefined) for (const path of below) chownSync(path, 0, 0);
    expect(await fire()).toEqual(SILENT);
    await untilIdle(state());
    expect(await delivered()).toEqual(expectedIds(at('.claude', 'projects')));
  });
});

describe('a program that is gone', () => {
  test('is said once in the log, which status shows; installed again, all of it arrives', async () => {
    await stopwire('install', '--yes', '--local');
    for (const name of readdirSync(data()).filter((one) => /^\d/.test(one)))
      rmSync(join(data(), name), { recursive: true });
    const log = join(state(), 'hook.log');
    for (let turn = 0; turn < 4; turn += 1) expect(await fire()).toEqual(SILENT);
    while (!existsSync(log)) await new Promise(setImmediate);
    expect(readRunLog(log).lastRunError?.reason).toContain('is gone');
    expect((await stopwire('status')).stdout).toContain('The program that the hook runs is gone');
    await stopwire('install', '--yes', '--local');
    await fire();
    await untilIdle(state());
    expect(await delivered()).toEqual(expectedIds(at('.claude', 'projects')));
    expect(readFileSync(log, 'utf8').match(/is gone/g)).toHaveLength(1);
  });
});

describe('a node that is too old', () => {
  const asOld = (version: string, args: readonly string[]): Promise<Ended> => {
    const preload = at('old.cjs');
    const versions = `{ ...process.versions, node: '${version}' }`;
    writeFileSync(preload, `Object.defineProperty(process, 'versions', { value: ${versions} });`);
    return runToEnd(process.execPath, ['--require', preload, BIN, ...args], { cwd: home, env: environment() });
  };

  test.each(['18.20.4', '20.18.3'])('%s ends the worker silently, with one line in the log', async (version) => {
    await stopwire('install', '--yes', '--local');
    expect(await asOld(version, ['hook'])).toEqual(SILENT);
    expect(readRunLog(join(state(), 'hook.log')).last).toEqual({
      at: expect.any(String),
      error: `stopwire needs Node 20.19 or later, and ${process.execPath} is ${version}.`,
    });
    expect(existsSync(join(data(), 'records.db'))).toBe(false);
  });

  test('is told to whoever uses the command line', async () => {
    expect(await asOld('18.20.4', ['status'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('error: stopwire needs Node 20.19 or later'),
    });
    mkdirSync(state(), { recursive: true });
    expect(await asOld('20.19.0', ['hook'])).toEqual(SILENT);
    expect(existsSync(join(state(), 'hook.log'))).toBe(true);
  });
});
