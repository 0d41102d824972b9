/** The launcher where the node that it was installed with, or the program, is gone. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { hookCommand, launcherScript } from '../../src/install/launcher.ts';
import { readRunLog } from '../../src/state/run-log.ts';
import { pathWith, shells } from '../helpers/shells.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const TOOLS = ['env', 'setsid', 'date', 'rm', 'mv'];
const LONG_AGO = new Date('2020-01-01T00:00:00Z');

let home: string;
let log: string;
let program: string;
beforeEach(() => {
  home = join(makeTempDirectory(), "it's a home");
  mkdirSync(home);
  log = join(home, 'hook.log');
  program = join(home, 'main.js');
  writeFileSync(program, '');
});

/** A launcher whose node is gone; the system's own folders lie below HOME. */
function makeLauncher(): string {
  const launcher = join(home, 'hook');
  const base = { XDG_CONFIG_HOME: home, XDG_STATE_HOME: home, XDG_DATA_HOME: home };
  const options = { node: join(home, 'gone/node'), program, wake: join(home, 'wake'), log, base };
  const system = `"$HOME"`;
  const script = launcherScript(launcher, options)
    .replaceAll(/ \/(usr|opt|home)\//g, ` ${system}/$1/`)
    .replace('}/usr/bin:/bin', '}"$HOME"/usr/bin');
  writeFileSync(launcher, script);
  return launcher;
}

/** A program that answers `--version`, and otherwise writes its own path to `seen`. */
function makeNode(place: string, version: string): string {
  const path = join(home, place);
  const seen = join(home, 'seen').replaceAll("'", String.raw`'\''`);
  mkdirSync(dirname(path), { recursive: true });
  const answer = `[ "$1" = --version ] && echo '${version}' && exit`;
  writeFileSync(path, `#!/bin/sh\n${answer}\nprintf %s "$0" >'${seen}.part'; mv '${seen}.part' '${seen}'\n`, {
    mode: 0o755,
  });
  return path;
}

function fire(shell: string, { env = {}, cwd = home }: { env?: NodeJS.ProcessEnv; cwd?: string } = {}): void {
  const PATH = pathWith(makeTempDirectory(), shell, TOOLS);
  const { status, stdout, stderr } = spawnSync('sh', ['-c', hookCommand(makeLauncher()).command], {
    cwd,
    env: { HOME: home, ...env, PATH: `${env['PATH'] ?? ''}${PATH}` },
    input: '{}',
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
}

async function started(): Promise<string> {
  const seen = join(home, 'seen');
  while (!existsSync(seen)) await sleep(2);
  return readFileSync(seen, 'utf8');
}

/** The search is done in the background; the hint comes at its end. */
async function hinted(): Promise<string[]> {
  while (!existsSync(log) || !readFileSync(log, 'utf8').endsWith('\n')) await sleep(2);
  return readFileSync(log, 'utf8').trimEnd().split('\n');
}

const PLACES: readonly (readonly [title: string, place: string, env?: (home: string) => NodeJS.ProcessEnv])[] = [
  ['PATH', 'bin/node', (at) => ({ PATH: `${at}/bin:` })],
  ['nvm', '.nvm/versions/node/v22.14.0/bin/node'],
  ['nvm elsewhere', 'my nvm/versions/node/v22.14.0/bin/node', (at) => ({ NVM_DIR: `${at}/my nvm` })],
  ['fnm', '.local/share/fnm/node-versions/v22.14.0/installation/bin/node'],
  ['fnm elsewhere', 'f/node-versions/v22.14.0/installation/bin/node', (at) => ({ FNM_DIR: `${at}/f` })],
  ['fnm on macOS', 'Library/Application Support/fnm/node-versions/v22.14.0/installation/bin/node'],
  ['Volta', '.volta/tools/image/node/22.14.0/bin/node'],
  ['asdf', '.asdf/installs/nodejs/22.14.0/bin/node'],
  ['mise', '.local/share/mise/installs/node/22/bin/node'],
  ['Homebrew', 'opt/homebrew/bin/node'],
  ['Homebrew, of one version', 'opt/homebrew/opt/node@22/bin/node'],
  ['Homebrew on Intel, and whoever installs there', 'usr/local/bin/node'],
  ['the system', 'usr/bin/node'],
];

describe.each(shells)('where the recorded node is gone, the launcher, run by %s,', (shell) => {
  test.each(PLACES)('takes the one of %s', async (_, place, env = () => ({})) => {
    const node = makeNode(place, 'v22.14.0');
    fire(shell, { env: env(home) });
    expect(await started()).toBe(node);
    expect(existsSync(log)).toBe(false);
  });

  test('takes the newest of a version manager before the system’s, and PATH before it', async () => {
    for (const version of ['v9.11.2', 'v18.20.4', 'v20.19.0', 'v22.14.0', 'v24.1.0']) {
      makeNode(`.nvm/versions/node/${version}/bin/node`, version);
    }
    fire(shell);
    expect(await started()).toBe(join(home, '.nvm/versions/node/v24.1.0/bin/node'));
    rmSync(join(home, 'seen'));
    makeNode('usr/bin/node', 'v26.0.0');
    fire(shell);
    expect(await started()).toBe(join(home, '.nvm/versions/node/v24.1.0/bin/node'));
    rmSync(join(home, 'seen'));
    const onPath = makeNode('bin/node', 'v20.19.5');
    fire(shell, { env: { PATH: `${home}/bin:` } });
    expect(await started()).toBe(onPath);
  });

  test.each(['v20.19.0', 'v20.20.2', 'v21.0.0', 'v22.13.1', 'v30.0.0-nightly'])('takes %s', async (version) => {
    const node = makeNode('usr/bin/node', version);
    fire(shell);
    expect(await started()).toBe(node);
  });

  test.each(['v0.12.18', 'v8.17.0', 'v18.20.4', 'v20.2.0', 'v20.9.0', 'v20.18.3', '', 'command not found'])(
    'does not take one that says %j, and says so in the log',
    async (version) => {
      makeNode('usr/bin/node', version);
      fire(shell);
      expect(await hinted()).toEqual([expect.stringContaining('no other from 20.19 up was found')]);
      expect(existsSync(join(home, 'seen'))).toBe(false);
    },
  );

  test('takes none from a folder of PATH that is relative: the session’s directory is somebody’s project', async () => {
    makeNode('project/node', 'v24.1.0');
    fire(shell, { env: { PATH: '.:' }, cwd: join(home, 'project') });
    expect(await hinted()).toHaveLength(1);
    expect(existsSync(join(home, 'seen'))).toBe(false);
  });

  test('is not led astray by NODE_OPTIONS', async () => {
    const node = makeNode('usr/bin/node', 'v22.14.0');
    writeFileSync(
      node,
      readFileSync(node, 'utf8').replace('#!/bin/sh\n', '#!/bin/sh\n[ "$NODE_OPTIONS" ] && exit 9\n'),
    );
    fire(shell, { env: { NODE_OPTIONS: '--unknown' } });
    expect(await started()).toBe(node);
  });
});

describe.each(shells)('the hint that nothing can be started, by %s,', (shell) => {
  test('is one line, however many turns end, and one more where it worked in between', async () => {
    rmSync(program);
    makeNode('usr/bin/node', 'v22.14.0');
    fire(shell);
    const [hint] = await hinted();
    expect(JSON.parse(hint ?? '')).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
      error: expect.stringContaining('The program that the hook runs is gone'),
    });
    expect(readRunLog(log).lastRunError?.reason).toContain('npx stopwire install');
    for (let turn = 0; turn < 5; turn += 1) fire(shell);
    writeFileSync(program, '');
    fire(shell);
    await started();
    expect(await hinted()).toEqual([hint]);
    expect(existsSync(`${log}.hint`)).toBe(false);
    rmSync(program);
    fire(shell);
    while ((await hinted()).length < 2) await sleep(2);
    expect(await hinted()).toHaveLength(2);
  });

  test('is left out where the mark of it cannot be made, so that no log grows without end', async () => {
    rmSync(program);
    mkdirSync(`${log}.hint`);
    writeFileSync(log, '');
    utimesSync(log, LONG_AGO, LONG_AGO);
    for (let turn = 0; turn < 3; turn += 1) fire(shell);
    await sleep(300);
    expect(readFileSync(log, 'utf8')).toBe('');
  });

  test('makes no folder where the state directory is gone', async () => {
    rmSync(program);
    log = join(home, 'state', 'hook.log');
    fire(shell);
    await sleep(300);
    expect(existsSync(join(home, 'state'))).toBe(false);
  });
});
