import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { LauncherOptions } from '../../src/install/launcher-posix.ts';
import { hookCommand, isOurs, launcherScript } from '../../src/install/launcher.ts';
import { pathWith, shells } from '../helpers/shells.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const SILENT = { status: 0, signal: null, stdout: '', stderr: '' };

describe('the command', () => {
  test('is shell form, hides its errors and ends with 0', () => {
    expect(hookCommand('/data/stopwire/hook')).toEqual({
      type: 'command',
      command: "sh '/data/stopwire/hook' stopwire-stop-hook 2>/dev/null || :",
      timeout: 10,
    });
  });

  test.each([
    [String.raw`C:\Users\Zoë Müller\AppData\Local\stopwire\hook`, 'C:/Users/Zoë Müller/AppData/Local/stopwire/hook'],
    [String.raw`C:\Users\O'Brien $1\hook`, String.raw`C:/Users/O'\''Brien $1/hook`],
    [String.raw`\\server\share\hook`, '//server/share/hook'],
  ])('has slashes for Git Bash: %s', (launcher, word) => {
    expect(hookCommand(launcher).command).toBe(`sh '${word}' stopwire-stop-hook 2>/dev/null || :`);
  });

  test.each([
    '/plain/hook',
    '/with space/hook',
    "/it's/hook",
    '/ü/ho"ok',
    '/$HOME/`x`/hook',
    '/new\nline/hook',
    String.raw`C:\Users\O'Brien\hook`,
    String.raw`C:\Users\O'Brien x\hook.ps1`,
  ])('is known as ours whatever the path is: %j', (path) => {
    expect(isOurs(hookCommand(path).command)).toBe(true);
  });

  test.each(['', 'say done', "sh '/x/stopwire/hook'", 'echo stopwire-stop-hooks', 'my-stopwire-stop-hook'])(
    'of others is not: %j',
    (command) => {
      expect(isOurs(command)).toBe(false);
    },
  );
});

describe('the script for Git Bash', () => {
  test('names paths with slashes, and lets through what programs of Windows need', () => {
    const local = String.raw`C:\Users\x y\AppData\Local`;
    const base = { XDG_CONFIG_HOME: local, XDG_STATE_HOME: local, XDG_DATA_HOME: local };
    const node = String.raw`C:\Program Files\nodejs\node.exe`;
    const script = launcherScript('hook', { node, program: `${local}\\main.js`, wake: 'w', log: 'l', base });
    expect(script).toContain("\nnode='C:/Program Files/nodejs/node.exe'\n");
    expect(script).toContain("XDG_DATA_HOME='C:/Users/x y/AppData/Local'");
    expect(script).toMatch(/^for name in HOME PATH .*\bSYSTEMROOT\b/m);
  });
});

/** A program that writes down how it was started, and a launcher for it, in a folder with an awkward name. */
function makeLauncher(home: string): Omit<LauncherOptions, 'node' | 'base'> & { launcher: string; seen: string } {
  mkdirSync(home);
  const at = (name: string): string => join(home, name);
  const [launcher, program, seen, wake, log] = [at('hook'), at('main.mjs'), at('seen'), at('wake'), at('hook.log')];
  writeFileSync(
    program,
    `import { readFileSync, renameSync, writeFileSync } from 'node:fs';
    const { argv, env } = process;
    writeFileSync(${JSON.stringify(`${seen}.part`)}, JSON.stringify({ argv: argv.slice(2), env, stdin: readFileSync(0, 'utf8') }));
    renameSync(${JSON.stringify(`${seen}.part`)}, ${JSON.stringify(seen)});`,
  );
  const base = { XDG_CONFIG_HOME: at('c'), XDG_STATE_HOME: at('s'), XDG_DATA_HOME: at('d') };
  writeFileSync(launcher, launcherScript(launcher, { node: process.execPath, program, wake, log, base }));
  return { launcher, program, seen, wake, log };
}

async function waitFor(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise(setImmediate);
}

const FOLDERS = [
  'plain',
  "it's ü",
  'a "b" $HOME `id`',
  '-dash',
  'tab\there',
  'new\nline\n',
  '🚀 Zoë',
  '*?[x]',
  '%s%n!',
];

describe.each(shells)('the script, run by %s,', (shell) => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = makeTempDirectory();
    path = pathWith(join(folder, 'bin'), shell, ['env', 'setsid', 'date', 'rm']);
  });

  const fire = (launcher: string, env: NodeJS.ProcessEnv) => {
    const { command } = hookCommand(launcher);
    const ended = spawnSync('sh', ['-c', command], { env, cwd: folder, input: '{"a":1}', encoding: 'utf8' });
    const { status, signal, stdout, stderr } = ended;
    return { status, signal, stdout, stderr };
  };

  test.each(FOLDERS)(
    'starts the worker with the payload, a mark and few variables, from a folder called %j',
    async (name) => {
      const { launcher, seen, wake } = makeLauncher(join(folder, name));
      const env = { HOME: folder, PATH: path, SECRET_TOKEN: 'x', HTTPS_PROXY: "http://p'x:1" };
      expect(fire(launcher, env)).toEqual(SILENT);
      expect(existsSync(wake)).toBe(true);
      await waitFor(seen);
      const started = JSON.parse(readFileSync(seen, 'utf8'));
      expect(started).toMatchObject({ argv: ['hook'], stdin: '{"a":1}' });
      expect(started.env).toEqual({
        HOME: folder,
        PATH: path,
        HTTPS_PROXY: "http://p'x:1",
        XDG_CONFIG_HOME: join(folder, name, 'c'),
        XDG_STATE_HOME: join(folder, name, 's'),
        XDG_DATA_HOME: join(folder, name, 'd'),
      });
    },
  );

  test('starts the worker without setsid', async () => {
    const { launcher, seen } = makeLauncher(join(folder, 'home'));
    const bare = pathWith(join(folder, 'bare'), shell, ['env']);
    writeFileSync(launcher, readFileSync(launcher, 'utf8').replace('}/usr/bin:/bin', '}/nowhere'));
    expect(fire(launcher, { PATH: bare })).toEqual(SILENT);
    await waitFor(seen);
  });

  test.each([
    ['PATH has none of its tools', (): NodeJS.ProcessEnv => ({ PATH: pathWith(join(folder, 'only-sh'), shell, []) })],
    ['HOME is not set', (): NodeJS.ProcessEnv => ({ PATH: path })],
    ['HOME is empty', (): NodeJS.ProcessEnv => ({ HOME: '', PATH: path })],
    ['IFS and ENV are odd', (): NodeJS.ProcessEnv => ({ PATH: path, IFS: 'eno/', ENV: '/nowhere', CDPATH: '/' })],
  ])('starts the worker where %s', async (_, env) => {
    const { launcher, seen } = makeLauncher(join(folder, 'home'));
    expect(fire(launcher, env())).toEqual(SILENT);
    await waitFor(seen);
  });

  test('starts the worker from a folder that is gone, with standard input closed', async () => {
    const { launcher, seen } = makeLauncher(join(folder, 'home'));
    mkdirSync(join(folder, 'gone'));
    const command = `rmdir '${folder}/gone'; { ${hookCommand(launcher).command}; } <&-`;
    const cwd = join(folder, 'gone');
    const { status, stdout } = spawnSync('dash', ['-c', command], {
      cwd,
      env: { PATH: `${path}:${process.env['PATH']}` },
    });
    expect({ status, stdout: String(stdout) }).toEqual({ status: 0, stdout: '' });
    await waitFor(seen);
  });

  test('without env it starts nothing, and says nothing', () => {
    const { launcher } = makeLauncher(join(folder, 'home'));
    writeFileSync(launcher, readFileSync(launcher, 'utf8').replace('}/usr/bin:/bin', '}/nowhere'));
    expect(fire(launcher, { PATH: pathWith(join(folder, 'only-sh'), shell, []) })).toEqual(SILENT);
  });
});
