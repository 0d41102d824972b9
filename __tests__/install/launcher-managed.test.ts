import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isOurs, managedHookCommand, startsLauncher } from '../../src/install/launcher.ts';
import { runToEnd, type Ended } from '../helpers/sandbox.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const SILENT = { code: 0, signal: null, stdout: '', stderr: '' };

const fire = (home: string | undefined): Promise<Ended> =>
  runToEnd('sh', ['-c', managedHookCommand().command], {
    cwd: makeTempDirectory(),
    env: { PATH: process.env['PATH'], ...(home !== undefined && { HOME: home }) },
    stdin: '{"payload":1}',
  });

/** A launcher that writes down its input and its argument, fails, and complains. */
function putLauncher(home: string): string {
  const launcher = join(home, '.local/share/stopwire/hook');
  mkdirSync(dirname(launcher), { recursive: true });
  writeFileSync(launcher, `printf '%s %s' "$1" "$(cat)" >"$0.seen"; echo trouble >&2; exit 2`);
  return `${launcher}.seen`;
}

describe('the command for all users of an organisation, run by sh -c', () => {
  test.each(['plain', 'two words', 'Ümläut 日本', `a 'quote" $HOME \`id\` \\`, '-x', 'new\nline'])(
    'starts the launcher below a HOME called %j, and exits 0 whatever that does',
    async (name) => {
      const home = join(makeTempDirectory(), name);
      const seen = putLauncher(home);
      expect(await fire(home)).toEqual(SILENT);
      expect(readFileSync(seen, 'utf8')).toBe('stopwire-stop-hook {"payload":1}');
    },
  );

  test.each([
    ['where nothing is installed', () => makeTempDirectory()],
    ['where HOME does not exist', () => '/nonexistent/home'],
    ['where HOME is empty', () => ''],
    ['without a HOME', () => undefined],
  ])('does nothing and says nothing %s', async (_, home) => {
    expect(await fire(home())).toEqual(SILENT);
  });

  test('is ours, and starts the launcher of a user whose data are where they are by default', () => {
    const { command } = managedHookCommand();
    expect(isOurs(command)).toBe(true);
    expect(startsLauncher(command, { home: '/home/u', launcher: '/home/u/.local/share/stopwire/hook' })).toBe(true);
    expect(startsLauncher(command, { home: '/home/u', launcher: '/data/stopwire/hook' })).toBe(false);
  });
});
