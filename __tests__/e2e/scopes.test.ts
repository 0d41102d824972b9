import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeSandbox, runToEnd, stopPayload, type Sandbox } from '../helpers/sandbox.ts';

let sandbox: Sandbox;
let project: string;
beforeEach(() => {
  sandbox = makeSandbox(['2.1.329-simple']);
  project = join(sandbox.home, 'a project');
  mkdirSync(project);
});
afterEach(() => sandbox.remove());

const everything = (): string[] => readdirSync(sandbox.home, { recursive: true, encoding: 'utf8' }).toSorted();
const stopwire = (...args: string[]) => sandbox.stopwire(args);
const inProject = (...args: string[]) => sandbox.stopwire(args, { cwd: project });

/** What doctor says of it. */
async function registration(): Promise<{ status: string; detail: string }> {
  const { checks } = JSON.parse((await stopwire('doctor', '--offline', '--json')).stdout);
  const { status, detail } = checks.find(({ name }: { name: string }) => name === 'hook-registered');
  return { status, detail };
}

/** What the client would run. */
function commandsIn(path: string): string[] {
  const { hooks } = JSON.parse(readFileSync(path, 'utf8'));
  return hooks.Stop.flatMap((group: { hooks: { command: string }[] }) => group.hooks.map(({ command }) => command));
}

describe('install --scope', () => {
  test.each([
    ['local', 'settings.local.json', /see that git ignores it/],
    ['project', 'settings.json', /names a launcher of this machine[^]*--scope local/],
  ])('%s puts the hook into the folder’s %s, and says what that means', async (scope, name, words) => {
    const path = join(project, '.claude', name);
    mkdirSync(dirname(path));
    writeFileSync(path, '{"model":"opus"}\n');
    const before = everything();
    const { code, stderr } = await inProject('install', '--yes', '--scope', scope);
    expect([code, existsSync(sandbox.settings)]).toEqual([0, false]);
    expect(stderr).toMatch(words);
    expect(stderr).toContain(project);
    expect(await runToEnd('sh', ['-c', commandsIn(path)[0] ?? ''], { env: sandbox.env })).toMatchObject({ code: 0 });
    await sandbox.settle();
    expect((await sandbox.exported()).length).toBeGreaterThan(0);

    // From elsewhere it is found again, by the record of the installation.
    expect((await stopwire('status')).stdout).toContain(name);
    expect(await registration()).toEqual({ status: 'ok', detail: expect.stringContaining(path) });
    expect((await stopwire('uninstall', '--purge')).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('{"model":"opus"}\n');
    expect(everything()).toEqual(before);
  });

  test('puts no second hook beside one that counts as well: exit code 1, and nothing is changed', async () => {
    await stopwire('install', '--yes');
    const before = everything();
    const { code, stderr } = await inProject(
      'install',
      '--yes',
      '--scope',
      'local',
      '--endpoint',
      'http://127.0.0.1:9/',
    );
    expect(code).toBe(1);
    expect(stderr).toContain(`The hook is in ${sandbox.settings} already`);
    expect(stderr).toContain('npx stopwire uninstall');
    expect(everything()).toEqual(before);
    expect(readFileSync(join(sandbox.config, 'config.json'), 'utf8')).not.toContain('127.0.0.1');
  });

  test('left out, it changes the rest of an installation and leaves the hook where it is', async () => {
    await inProject('install', '--yes', '--scope', 'local');
    const { code } = await inProject('install', '--yes', '--file', join(sandbox.home, 'records.ndjson'));
    expect([code, existsSync(sandbox.settings)]).toEqual([0, false]);
    expect(readFileSync(join(sandbox.config, 'config.json'), 'utf8')).toContain('records.ndjson');
  });

  test('of a folder that has gone since hinders nothing', async () => {
    await inProject('install', '--yes', '--scope', 'local');
    rmSync(project, { recursive: true });
    expect((await stopwire('install', '--yes')).code).toBe(0);
    expect((await stopwire('status')).stdout).not.toContain('a project');
    expect((await stopwire('uninstall', '--purge')).code).toBe(0);
  });

  test('is one of three words', async () => {
    const { code, stderr } = await stopwire('install', '--scope', 'everyone');
    expect([code, existsSync(sandbox.settings)]).toEqual([2, false]);
    expect(stderr).toMatch(/user.*project.*local/s);
  });
});

describe('several configuration roots', () => {
  const roots = (): string[] => [join(sandbox.home, 'one'), join(sandbox.home, 'two words')];
  const flags = (): string[] => roots().flatMap((root) => ['--config-dir', root]);

  test('each get the hook, and uninstall takes all of them back', async () => {
    writeFileSync(sandbox.settings, '{ }');
    const before = everything();
    const { code, stdout } = await stopwire('install', '--yes', '--json', ...flags());
    const settings = roots().map((root) => join(root, 'settings.json'));
    expect([code, JSON.parse(stdout).settings]).toEqual([0, settings.map((path) => ({ path, changed: true }))]);
    for (const path of settings) expect(commandsIn(path)).toHaveLength(1);
    const config = JSON.parse(readFileSync(join(sandbox.config, 'config.json'), 'utf8'));
    expect(config.claudeDirectories).toEqual(roots());
    expect((await stopwire('uninstall', '--purge')).code).toBe(0);
    expect(everything()).toEqual(before);
  });

  test('status names one whose hook has gone', async () => {
    await stopwire('install', '--yes', ...flags());
    const lost = join(sandbox.home, 'two words', 'settings.json');
    writeFileSync(lost, '{}');
    const { code, stdout } = await stopwire('status', '--json', '--config-dir', roots()[0] ?? '');
    expect([code, JSON.parse(stdout).problems]).toEqual([1, [`The Stop hook is not in ${lost} any more.`]]);
  });

  test('are changed all or not at all', async () => {
    mkdirSync(join(sandbox.home, 'two words'));
    writeFileSync(join(sandbox.home, 'two words', 'settings.json'), '{"hooks":[]}');
    const before = everything();
    expect((await stopwire('install', '--yes', ...flags())).code).toBe(3);
    expect(everything()).toEqual(before);
  });
});

describe('install --print-managed', () => {
  test('prints the fragment on standard output, the places on standard error, and writes nothing', async () => {
    const before = everything();
    const { code, stdout, stderr } = await stopwire('install', '--print-managed');
    const { hooks } = JSON.parse(stdout);
    expect([code, hooks.Stop.length, everything()]).toEqual([0, 1, before]);
    expect(stdout).not.toContain(sandbox.home);
    for (const path of [
      '/etc/claude-code/managed-settings.json',
      '/Library/Application Support/ClaudeCode/managed-settings.json',
      'Not on native Windows',
    ]) {
      expect(stderr).toContain(path);
    }
  });

  test('is a hook that delivers once the user has installed', async () => {
    const { stdout } = await stopwire('install', '--print-managed');
    const { command } = JSON.parse(stdout).hooks.Stop[0].hooks[0];
    const fire = () => runToEnd('sh', ['-c', command], { env: sandbox.env, stdin: stopPayload(sandbox.home) });
    expect(await fire()).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect(existsSync(sandbox.state)).toBe(false);
    await stopwire('install', '--no-auto-update');
    expect(await fire()).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    await sandbox.settle();
    expect((await sandbox.exported()).length).toBeGreaterThan(0);
  });
});

describe('an installation of another version', () => {
  const FOREIGN = { type: 'command', command: 'say done' };
  const OLD = {
    type: 'command',
    command: 'sh /opt/stopwire-0.0.3/hook stopwire-stop-hook',
    timeout: 60,
    id: 'stopwire',
  };
  const handlers = (...hooks: object[]): object => ({ matcher: '', hooks });

  /** As 0.0.3 might have left it: another launcher, an older form of its command, twice, once beside a stranger's. */
  async function makeOld(): Promise<void> {
    await stopwire('install', '--yes', '--file', join(sandbox.home, 'records.ndjson'));
    await sandbox.fireAndSettle();
    const current = readdirSync(sandbox.data).find((name) => /^\d/.test(name)) ?? '';
    renameSync(join(sandbox.data, current), join(sandbox.data, '0.0.3'));
    writeFileSync(join(sandbox.data, 'hook'), '#!/bin/sh\nexec node /opt/stopwire-0.0.3/dist/main.js hook\n');
    rmSync(join(sandbox.data, 'installation.json'));
    const stop = [handlers(OLD, FOREIGN), handlers(FOREIGN), handlers({ ...OLD, timeout: 10 })];
    writeFileSync(
      sandbox.settings,
      JSON.stringify({ model: 'opus', hooks: { Stop: stop, SessionEnd: [] } }, undefined, 4),
    );
  }

  test('is updated in place: one hook, the stranger’s kept, the old program gone', async () => {
    await makeOld();
    expect((await stopwire('install', '--yes')).code).toBe(0);
    const { model, hooks } = JSON.parse(readFileSync(sandbox.settings, 'utf8'));
    const command = `sh '${join(sandbox.data, 'hook')}' stopwire-stop-hook 2>/dev/null || :`;
    const ours = { hooks: [{ type: 'command', command, timeout: 10 }] };
    expect([model, hooks]).toEqual(['opus', { Stop: [handlers(FOREIGN), handlers(FOREIGN), ours], SessionEnd: [] }]);
    expect(readdirSync(sandbox.data)).not.toContain('0.0.3');
    expect(readFileSync(sandbox.settings, 'utf8')).toMatch(/^ {4}"model"/m);
  });

  test('keeps its configuration and its cursors: nothing is delivered again', async () => {
    await makeOld();
    const records = readFileSync(join(sandbox.home, 'records.ndjson'), 'utf8');
    await stopwire('install', '--yes');
    await sandbox.fireAndSettle();
    expect(readFileSync(join(sandbox.home, 'records.ndjson'), 'utf8')).toBe(records);
    expect(await registration()).toEqual({ status: 'ok', detail: expect.stringMatching(/^once, in /) });
  });

  test('can be uninstalled by this one', async () => {
    await makeOld();
    expect((await stopwire('uninstall', '--purge')).code).toBe(0);
    const { hooks } = JSON.parse(readFileSync(sandbox.settings, 'utf8'));
    expect(hooks).toEqual({ Stop: [handlers(FOREIGN), handlers(FOREIGN)], SessionEnd: [] });
    expect([sandbox.data, sandbox.state, sandbox.config].filter(existsSync)).toEqual([]);
  });
});
