import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { hookCommand, isOurs, launcherScript } from '../../src/install/launcher.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

describe('the command', () => {
  test('is shell form, hides its errors and ends with 0', () => {
    expect(hookCommand('/data/stopwire/hook')).toEqual({
      type: 'command',
      command: "sh '/data/stopwire/hook' stopwire-stop-hook 2>/dev/null || :",
      timeout: 10,
    });
  });

  test.each(['/plain/hook', '/with space/hook', "/it's/hook", '/ü/ho"ok', '/$HOME/`x`/hook', '/new\nline/hook'])(
    'is known as ours whatever the path is: %j',
    (path) => {
      expect(isOurs(hookCommand(path).command)).toBe(true);
    },
  );

  test.each(['', 'say done', "sh '/x/stopwire/hook'", 'echo stopwire-stop-hooks', 'my-stopwire-stop-hook'])(
    'of others is not: %j',
    (command) => {
      expect(isOurs(command)).toBe(false);
    },
  );
});

describe('the script', () => {
  let folder: string;
  beforeEach(() => {
    folder = makeTempDirectory();
  });

  /** A program that writes down how it was started, and a launcher for it, in a folder with an awkward name. */
  function makeLauncher(name: string): { launcher: string; seen: string; wake: string } {
    const home = join(folder, name);
    mkdirSync(home);
    const [launcher, program, seen, wake] = ['hook', 'main.mjs', 'seen', 'wake'].map((file) => join(home, file));
    if (launcher === undefined || program === undefined || seen === undefined || wake === undefined) throw new Error();
    writeFileSync(
      program,
      `import { readFileSync, renameSync, writeFileSync } from 'node:fs';
      const { argv, env } = process;
      writeFileSync(${JSON.stringify(`${seen}.part`)}, JSON.stringify({ argv: argv.slice(2), env, stdin: readFileSync(0, 'utf8') }));
      renameSync(${JSON.stringify(`${seen}.part`)}, ${JSON.stringify(seen)});`,
    );
    const base = { XDG_CONFIG_HOME: join(home, 'c'), XDG_STATE_HOME: join(home, 's'), XDG_DATA_HOME: join(home, 'd') };
    writeFileSync(launcher, launcherScript({ node: process.execPath, program, wake, base }));
    return { launcher, seen, wake };
  }

  test.each(['plain', "it's ü", 'a "b" $HOME `id`', '-dash', 'tab\there'])(
    'starts the worker with the payload, a mark and few variables, from a folder called %j',
    async (name) => {
      const { launcher, seen, wake } = makeLauncher(name);
      const env = { HOME: folder, PATH: process.env['PATH'], SECRET_TOKEN: 'x', HTTPS_PROXY: "http://p'x:1" };
      const ended = spawnSync('sh', ['-c', hookCommand(launcher).command], { env, input: '{"a":1}', encoding: 'utf8' });
      expect(ended).toMatchObject({ status: 0, stdout: '', stderr: '' });
      expect(existsSync(wake)).toBe(true);
      while (!existsSync(seen)) await new Promise(setImmediate);
      const started = JSON.parse(readFileSync(seen, 'utf8'));
      expect(started).toMatchObject({ argv: ['hook'], stdin: '{"a":1}' });
      expect(started.env).toEqual({
        HOME: folder,
        PATH: process.env['PATH'],
        HTTPS_PROXY: "http://p'x:1",
        XDG_CONFIG_HOME: join(folder, name, 'c'),
        XDG_STATE_HOME: join(folder, name, 's'),
        XDG_DATA_HOME: join(folder, name, 'd'),
      });
    },
  );
});
