/** The bin, started where one would not think of. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { expectedIds, idsOf } from './helpers/expected.ts';
import { BIN, makeSandbox, runToEnd, type Ended, type Sandbox } from './helpers/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox(['2.1.329-simple']);
});
afterEach(() => sandbox.remove());

/** Runs a command line of sh in a folder that it removes first. */
function inDeletedFolder(command: string, stdin = ''): Promise<Ended> {
  const folder = join(sandbox.home, 'gone');
  mkdirSync(folder);
  return runToEnd('sh', ['-c', `rmdir '${folder}'; ${command}`], { cwd: folder, env: sandbox.env, stdin });
}

describe('from a folder that has been deleted', () => {
  test.each(['status', 'run', '--help', 'destinations list', ''])(
    'stopwire %s says so, without a stack',
    async (line) => {
      expect(await inDeletedFolder(`'${process.execPath}' '${BIN}' ${line}`)).toEqual({
        code: 1,
        signal: null,
        stdout: '',
        stderr:
          'error: The folder that this was started in does not exist any more.\n' +
          'Go to another one (cd), and run the same command again.\n',
      });
    },
  );

  test('the hook says nothing and delivers', async () => {
    await sandbox.stopwire(['install', '--yes', '--local']);
    const payload = JSON.stringify({ hook_event_name: 'Stop', cwd: join(sandbox.home, 'gone') });
    expect(await inDeletedFolder(sandbox.hookCommand(), payload)).toEqual({
      code: 0,
      signal: null,
      stdout: '',
      stderr: '',
    });
    await sandbox.settle();
    expect(idsOf(await sandbox.exported())).toEqual(expectedIds(join(sandbox.claude, 'projects')));
  });
});

test('to a reader that has gone, nothing is said', async () => {
  const line = `{ '${process.execPath}' '${BIN}' prices list --json; echo "code $?" >&2; } | true`;
  expect(await runToEnd('sh', ['-c', line], { env: sandbox.env })).toMatchObject({ stdout: '', stderr: 'code 0\n' });
});
