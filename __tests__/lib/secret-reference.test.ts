import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.ts';
import { declareOptions } from '../../src/lib/options.ts';
import { withSecrets } from '../../src/lib/secret-reference.ts';
import { processesNaming } from '../helpers/fault-rig.ts';
import { runToEnd } from '../helpers/sandbox.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const declared = declareOptions({
  endpoint: { kind: 'url', about: 'Where to send.', required: true },
  apiKey: { kind: 'string', about: 'The key.', secret: true },
  headers: { kind: 'list', about: 'More headers.', secret: true },
});
const KEY = 'sk-0123456789';

let folder: string;
beforeEach(() => {
  folder = makeTempDirectory();
});

function file(text: string, mode = 0o600): string {
  const path = join(folder, 'key');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  HOME: folder,
  PATH: process.env['PATH'],
  ...more,
});
const read = (apiKey: unknown, env = environment()): Promise<unknown> => withSecrets(declared, { apiKey }, env);
async function refusalOf(apiKey: unknown, env = environment()): Promise<UserError> {
  const error: unknown = await read(apiKey, env).catch((thrown: unknown) => thrown);
  if (error instanceof UserError) return error;
  throw new Error('it was not refused');
}

describe('a reference to a secret is replaced by its text', () => {
  test.each<[string, () => unknown]>([
    ['a variable', () => ({ env: 'MY_KEY' })],
    ['a private file', () => ({ file: file(`${KEY}\n`) })],
    ['a file that only its owner may read, and not write', () => ({ file: file(KEY, 0o400) })],
    ['a command', () => ({ command: `echo '${KEY}'` })],
    ['a command with pipes', () => ({ command: `printf '%s\\n' x${KEY} | cut -c2-` })],
    ['a command that complains and ends well', () => ({ command: `echo ${KEY}; echo bad >&2` })],
  ])('%s', async (_, reference) => {
    expect(await read(reference(), environment({ MY_KEY: KEY }))).toEqual({ apiKey: KEY });
  });

  test('of a list, one item a line', async () => {
    const given = { headers: { file: file('X-One: 1\r\nX-Two: 2\n') } };
    expect(await withSecrets(declared, given, environment())).toEqual({ headers: ['X-One: 1', 'X-Two: 2'] });
  });

  test('a link to a private file of one’s own, as a store of configuration makes it', async () => {
    symlinkSync(file(KEY), join(folder, 'link'));
    expect(await read({ file: join(folder, 'link') })).toEqual({ apiKey: KEY });
  });

  test('the text itself, other options, and what is no object stay as they are', async () => {
    const given = { apiKey: KEY, endpoint: { env: 'HOME' }, other: { command: 'touch never' } };
    expect(await withSecrets(declared, given, environment())).toEqual(given);
    expect(await withSecrets(declared, 'text', environment())).toBe('text');
  });
});

describe('a reference that leads nowhere is refused in a sentence', () => {
  test.each<[string, () => unknown, string]>([
    ['an unset variable', () => ({ env: 'NOT_SET' }), 'the variable NOT_SET is not set'],
    ['an empty variable', () => ({ env: 'EMPTY' }), 'there is nothing where it points to'],
    ['a missing file', () => ({ file: '/nowhere/key' }), '/nowhere/key cannot be read (ENOENT)'],
    ['a folder', () => ({ file: folder }), 'is not a file'],
    ['a relative path', () => ({ file: 'key' }), 'the path key is not absolute'],
    ['an empty file', () => ({ file: file(' \n') }), 'there is nothing where it points to'],
    ['a giant', () => ({ file: file('x'.repeat(70_000)) }), 'is far too long for a secret'],
    ['a file that the group can read', () => ({ file: file(KEY, 0o640) }), 'others can read'],
    ['a file that everyone can write', () => ({ file: file(KEY, 0o602) }), 'others can read'],
    ['a command that fails', () => ({ command: `echo ${KEY}; echo ${KEY} >&2; exit 3` }), 'its command ended with 3'],
    ['a command that prints nothing', () => ({ command: 'true' }), 'there is nothing where it points to'],
    ['a command that does not exist', () => ({ command: 'no-such-program' }), 'its command ended with 127'],
    ['a command that prints without end', () => ({ command: 'yes' }), 'its command printed too much'],
    ['a command that is killed', () => ({ command: 'kill -9 $$' }), 'its command ended with a signal'],
    ['an unknown kind', () => ({ keychain: 'stopwire' }), 'it is neither a text nor a reference to one'],
    ['two kinds', () => ({ env: 'HOME', file: '/x' }), 'it is neither a text nor a reference to one'],
    ['no text', () => ({ env: 7 }), 'it is neither a text nor a reference to one'],
    ['nothing', () => ({}), 'it is neither a text nor a reference to one'],
  ])('%s', async (_, reference, words) => {
    const error = await refusalOf(reference(), environment({ EMPTY: '' }));
    expect(error.message).toContain(`The option apiKey cannot be used: `);
    expect(error.message).toContain(words);
    expect(error.hint).toBeTruthy();
    expect(`${error.message} ${error.hint} ${error.stack}`).not.toContain(KEY);
  });

  test('with the command that closes a file to others', async () => {
    const path = file(KEY, 0o644);
    expect((await refusalOf({ file: path })).hint).toBe(`Close it to them: chmod 600 ${path}`);
  });

  (process.getuid?.() === 0 ? test : test.skip)('a file of another user', async () => {
    const path = file(KEY);
    chownSync(path, 65_534, 65_534);
    expect((await refusalOf({ file: path })).message).toContain('belongs to another user');
  });

  test('a pipe that nobody writes to', async () => {
    const path = join(folder, 'pipe');
    await runToEnd('mkfifo', ['-m', '600', path], { env: process.env });
    expect((await refusalOf({ file: path })).message).toContain('is not a file');
  });
});

describe('a command', () => {
  test('gets PATH and HOME of the session, and nothing else of it', async () => {
    const env = environment({ ANTHROPIC_API_KEY: 'never', NODE_OPTIONS: '--no' });
    const { apiKey } = Object(await read({ command: "env | sed 's/=.*//' | sort | tr '\\n' ' '" }, env));
    expect(
      String(apiKey)
        .split(' ')
        .filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name)),
    ).toEqual(['HOME', 'PATH']);
  });

  test('runs in the home folder, whatever lies in the project', async () => {
    mkdirSync(join(folder, 'bin'));
    expect(await read({ command: 'pwd -P' })).toEqual({ apiKey: folder });
  });

  test('is ended after five seconds with all that it has started', async () => {
    const mark = join(folder, 'mark');
    const error = await refusalOf({ command: `(sleep 6; touch '${mark}') & sleep 60` });
    expect(error.message).toContain('its command did not end in time');
    while (processesNaming(mark).length > 0) await new Promise(setImmediate);
    expect(existsSync(mark)).toBe(false);
  });
});
