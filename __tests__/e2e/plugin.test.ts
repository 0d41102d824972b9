/** The package as a Claude Code plugin: what its Stop hook does with and without stopwire installed, and beside it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { managedHookCommand } from '../../src/install/launcher.ts';
import { expectedIds, idsOf } from '../helpers/expected.ts';
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server.ts';
import { type Ended, makeSandbox, runToEnd, type Sandbox, stopPayload } from '../helpers/sandbox.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SILENT = { code: 0, signal: null, stdout: '', stderr: '' };

const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

describe('the plugin’s files', () => {
  test('have the version of the package, and name the hooks once: the client finds hooks.json by itself', () => {
    const { name, version } = json('package.json');
    expect(json('.claude-plugin/plugin.json')).toMatchObject({ name, version });
    expect(json('.claude-plugin/plugin.json')).not.toHaveProperty('hooks');
    expect(json('.claude-plugin/marketplace.json')).toMatchObject({ name, plugins: [{ name, source: './' }] });
  });

  test('register one Stop hook: the command for settings that are not of one user', () => {
    expect(json('hooks/hooks.json').hooks).toEqual({ Stop: [{ hooks: [managedHookCommand()] }] });
  });
});

let sandbox: Sandbox;
let server: LoopbackServer;
beforeEach(async () => {
  sandbox = makeSandbox(['2.1.329-thinktool']);
  server = await startLoopbackServer();
});
afterEach(async () => {
  sandbox.remove();
  await server.close();
});

/** Fires the plugin's hook as the client does. */
function firePlugin(env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const { command } = json('hooks/hooks.json').hooks.Stop[0].hooks[0];
  return runToEnd('/bin/sh', ['-c', command], {
    cwd: sandbox.home,
    stdin: stopPayload(sandbox.home),
    env: { ...sandbox.env, ...env },
  });
}

async function firePluginAndSettle(): Promise<Ended> {
  const ended = await firePlugin();
  await sandbox.settle();
  return ended;
}

const install = (...flags: string[]): Promise<Ended> =>
  sandbox.stopwire(['install', '--yes', '--endpoint', `${server.url}/v1/records`, ...flags]);
const received = (): { id: string }[] => server.requests.flatMap(({ body }) => JSON.parse(body).records);
const everyRecord = (): string[] => expectedIds(join(sandbox.claude, 'projects'));
/** How many records each round of a worker has delivered. */
const rounds = (): number[] =>
  readFileSync(join(sandbox.state, 'hook.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).destinations[0].records);

const everything = (): string[] => readdirSync(sandbox.home, { recursive: true, encoding: 'utf8' }).toSorted();

describe('the plugin’s Stop hook does nothing, in silence and with exit code 0,', () => {
  test.each<[string, NodeJS.ProcessEnv]>([
    ['where stopwire is not installed', {}],
    ['without HOME', { HOME: undefined }],
    ['without a PATH of use', { PATH: '/nowhere' }],
  ])('%s', async (_, env) => {
    const before = everything();
    expect(await firePlugin(env)).toEqual(SILENT);
    expect(everything()).toEqual(before);
  });

  test('where the environment of a project names a script of its own', async () => {
    const project = join(sandbox.home, 'project');
    mkdirSync(join(project, 'stopwire'), { recursive: true });
    writeFileSync(join(project, 'stopwire', 'hook'), 'echo ran >"$HOME/ran"');
    expect(await firePlugin({ XDG_DATA_HOME: project })).toEqual(SILENT);
    expect(existsSync(join(sandbox.home, 'ran'))).toBe(false);
  });

  test('after stopwire was uninstalled', async () => {
    await install('--no-auto-update');
    await sandbox.stopwire(['uninstall', '--yes']);
    const before = everything();
    expect(await firePlugin()).toEqual(SILENT);
    expect(everything()).toEqual(before);
  });
});

describe('with stopwire installed', () => {
  test('the plugin alone delivers every record; settings.json is not touched', async () => {
    await install('--no-auto-update');
    expect(await firePluginAndSettle()).toEqual(SILENT);
    expect(idsOf(received()).toSorted()).toEqual(everyRecord());
    expect(existsSync(sandbox.settings)).toBe(false);
  });
});

describe('beside the hook in settings.json', () => {
  beforeEach(() => install());

  test('both fire at each turn, and one worker delivers every record once', async () => {
    const ended = await Promise.all([sandbox.fire(), firePlugin()]);
    await sandbox.settle();
    expect(ended).toEqual([SILENT, SILENT]);
    expect(idsOf(received())).toHaveLength(everyRecord().length);
    expect(idsOf(received()).toSorted()).toEqual(everyRecord());
    expect(rounds().filter((records) => records > 0)).toHaveLength(1);
  });

  test('the one that fires after the other’s worker has gone finds nothing to do', async () => {
    await sandbox.fireAndSettle();
    const requests = server.requests.length;
    await firePluginAndSettle();
    expect(server.requests).toHaveLength(requests);
    expect(rounds()).toEqual([received().length, 0]);
  });
});
