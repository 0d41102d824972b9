import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { SettingsRefusedError, UserError } from '../../src/errors.ts';
import { changeSettings, readSettings, restoreSettings, type SettingsChange } from '../../src/install/settings-file.ts';
import type { HookCommand } from '../../src/install/settings-parse.ts';
import { addHook, removeHook, type SettingsEdit } from '../../src/install/settings.ts';
import { sha256 } from '../../src/lib/hash.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FIXTURES = join(ROOT, 'fixtures', 'settings');
const REFUSED = readdirSync(join(FIXTURES, 'refused'));
const isRoot = process.getuid?.() === 0;

const NOW = new Date('2026-11-21T03:45:12.123Z');
const LATER = new Date(NOW.getTime() + 1);
const BACKUP = 'settings.json.20261121T034512.123Z.bak';
const HOOK: HookCommand = { type: 'command', command: '/opt/stopwire/hook', timeout: 10 };
const isOurs = (command: string): boolean => command === HOOK.command;
const add = (text: string): SettingsEdit => addHook(text, HOOK, isOurs);
const remove = (text: string): SettingsEdit => removeHook(text, isOurs, ['hooks', 'Stop']);

let directory: string;
let path: string;

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'stopwire-test-')));
  path = join(directory, 'settings.json');
});

afterEach(() => {
  chmodSync(directory, 0o700);
  rmSync(directory, { recursive: true, force: true });
});

const install = (): SettingsChange => changeSettings({ path, edit: add, now: NOW });
const names = (): string[] => readdirSync(directory).toSorted();
const text = (name = 'settings.json'): string => readFileSync(join(directory, name), 'utf8');
const modeOf = (file: string): number => statSync(file).mode & 0o777;

describe('changing', () => {
  test('keeps a copy of the file from before, byte for byte and no wider readable', () => {
    const before = Buffer.from('\uFEFF{"a":1e400}\r\n');
    writeFileSync(path, before);
    chmodSync(path, 0o604);
    const change = install();
    expect(change).toMatchObject({ changed: true, created: ['hooks', 'Stop'], before, madeDirectory: false });
    expect(change.backup).toBe(join(directory, BACKUP));
    expect(readFileSync(join(directory, BACKUP))).toEqual(before);
    expect(readFileSync(path)).toEqual(change.after);
    expect(text()).toBe(add(before.toString()).text);
    expect([modeOf(path), modeOf(join(directory, BACKUP))]).toEqual([0o604, 0o604]);
    expect(names()).toEqual(['settings.json', BACKUP]);
  });

  test('makes a missing file, and its directory, for the owner alone', () => {
    path = join(directory, 'a', '.claude', 'settings.json');
    const change = install();
    expect(change).toMatchObject({ changed: true, backup: undefined, before: undefined, madeDirectory: true });
    expect([modeOf(path), modeOf(dirname(path)), modeOf(join(directory, 'a'))]).toEqual([0o600, 0o700, 0o700]);
    expect(readdirSync(dirname(path))).toEqual(['settings.json']);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ hooks: { Stop: [{ hooks: [HOOK] }] } });
  });

  test.each([
    ['a hook that is there', () => writeFileSync(path, add('{}').text), add],
    ['a hook that is not there', () => writeFileSync(path, '{}'), remove],
    ['a missing file', () => undefined, remove],
  ])('writes nothing where there is nothing to change: %s', (_, prepare, edit) => {
    prepare();
    const before = existsSync(path) ? readFileSync(path) : undefined;
    const inode = before && statSync(path).ino;
    const change = changeSettings({ path, edit, now: NOW });
    expect(change).toEqual({
      changed: false,
      created: [],
      backup: undefined,
      before,
      after: before ?? Buffer.alloc(0),
      madeDirectory: false,
    });
    expect(names()).toEqual(before ? ['settings.json'] : []);
    expect(before && statSync(path).ino).toBe(inode);
  });

  test('does not make a directory where there is nothing to change', () => {
    path = join(directory, '.claude', 'settings.json');
    expect(changeSettings({ path, edit: remove, now: NOW }).madeDirectory).toBe(false);
    expect(names()).toEqual([]);
  });

  test('edits what a symlink leads to, and keeps the link and its text', () => {
    mkdirSync(join(directory, 'dotfiles'));
    symlinkSync(join('dotfiles', 'claude.json'), path);
    writeFileSync(join(directory, 'dotfiles', 'claude.json'), '{}\n');
    const { backup } = install();
    expect(readlinkSync(path)).toBe(join('dotfiles', 'claude.json'));
    expect(text(join('dotfiles', 'claude.json'))).toBe(add('{}\n').text);
    expect(backup).toBe(join(directory, 'dotfiles', 'claude.json.20261121T034512.123Z.bak'));
    expect(names()).toEqual(['dotfiles', 'settings.json']);
  });

  test('writes a file with several names in place, after a backup, so that all of them have the change', () => {
    writeFileSync(path, '{"a":1}');
    linkSync(path, join(directory, 'dotfiles.json'));
    const { ino } = statSync(path);
    const { after, backup } = install();
    expect([text(), text('dotfiles.json')]).toEqual([String(after), String(after)]);
    expect(statSync(path).ino).toBe(ino);
    expect(readFileSync(backup ?? '', 'utf8')).toBe('{"a":1}');
    changeSettings({ path, edit: remove, now: LATER });
    expect([text('dotfiles.json'), statSync(path).nlink]).toEqual(['{"a":1}', 2]);
  });

  test('keeps five backups', () => {
    writeFileSync(path, '{}');
    for (let minute = 0; minute < 8; minute += 1) {
      const edit = minute % 2 === 0 ? add : remove;
      changeSettings({ path, edit, now: new Date(NOW.getTime() + minute * 60_000) });
    }
    expect(names()).toHaveLength(6);
    expect(text(names().at(-1))).toBe(add('{}').text);
  });

  (isRoot ? test : test.skip)('by root leaves the file, and makes its backup, for its owner', () => {
    writeFileSync(path, '{}');
    chownSync(path, 12_345, 54_321);
    install();
    for (const name of names()) {
      expect(statSync(join(directory, name))).toMatchObject({ uid: 12_345, gid: 54_321 });
    }
  });

  (isRoot ? test : test.skip)('by root makes a new file for the owner of its directory', () => {
    chownSync(directory, 12_345, 54_321);
    install();
    expect(statSync(path)).toMatchObject({ uid: 12_345, gid: 54_321 });
  });
});

describe('refusing', () => {
  test.each(REFUSED)('%s stays as it is, and the message names the file', (name) => {
    const bytes = readFileSync(join(FIXTURES, 'refused', name));
    writeFileSync(path, bytes);
    for (const edit of [add, remove]) {
      const error = errorOf(() => changeSettings({ path, edit, now: NOW }));
      expect(error).toBeInstanceOf(SettingsRefusedError);
      expect(error).toMatchObject({
        exitCode: 3,
        message: expect.stringContaining(path),
        hint: expect.stringMatching(/./),
      });
    }
    expect(readFileSync(path)).toEqual(bytes);
    expect(names()).toEqual(['settings.json']);
  });

  test.each([
    ['a directory', 'is not a regular file', () => mkdirSync(path)],
    ['a dangling symlink', 'is a symlink that leads nowhere', () => symlinkSync('nowhere', path)],
    ['a symlink to itself', 'is a symlink that leads nowhere', () => symlinkSync('settings.json', path)],
    ['a device', 'is not a regular file', () => symlinkSync('/dev/zero', path)],
    [
      'a read-only file',
      'is read-only',
      () => {
        writeFileSync(path, '{}');
        chmodSync(path, 0o444);
      },
    ],
  ])('%s stays as it is', (_, reason, prepare) => {
    prepare();
    const before = lstatSync(path);
    const error = errorOf(install);
    expect(error).toBeInstanceOf(SettingsRefusedError);
    expect(error).toMatchObject({ message: `${path} ${reason}, so it was left as it is.` });
    const { ino, mode, mtimeMs } = lstatSync(path);
    expect({ ino, mode, mtimeMs }).toEqual({ ino: before.ino, mode: before.mode, mtimeMs: before.mtimeMs });
    expect(names()).toEqual(['settings.json']);
  });

  (isRoot ? test.skip : test)('a read-only directory stays as it is', () => {
    writeFileSync(path, '{}');
    chmodSync(directory, 0o500);
    expect(install).toThrow(`${path} is in a read-only directory, so it was left as it is.`);
    expect(names()).toEqual(['settings.json']);
  });

  test('a file where the directory should be is a sentence, not a stack', () => {
    writeFileSync(path, '{}');
    path = join(path, 'settings.json');
    const error = errorOf(install);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      message: `${path} could not be read or changed (ENOTDIR), so it was left as it is.`,
    });
  });

  test('a bug in the edit is not dressed up', () => {
    const edit = (): SettingsEdit => {
      throw new TypeError('a bug');
    };
    expect(() => changeSettings({ path, edit, now: NOW })).toThrow(new TypeError('a bug'));
  });
});

describe('another program that writes at the same time', () => {
  test('keeps what it wrote between our reading and our writing', () => {
    writeFileSync(path, '{"a":1}');
    let calls = 0;
    const edit = (given: string): SettingsEdit => {
      calls += 1;
      if (calls === 1) writeFileSync(path, '{"a":2,"hooks":{}}');
      return add(given);
    };
    const change = changeSettings({ path, edit, now: NOW });
    expect(calls).toBe(2);
    expect(change).toMatchObject({ created: ['Stop'], before: Buffer.from('{"a":2,"hooks":{}}') });
    expect(text()).toBe(add('{"a":2,"hooks":{}}').text);
    expect(text(BACKUP)).toBe('{"a":2,"hooks":{}}');
    expect(names()).toEqual(['settings.json', BACKUP]);
  });

  test.each([
    ['makes the file', () => undefined, () => writeFileSync(path, '{"b":1}'), '{"b":1}'],
    ['removes the file', () => writeFileSync(path, '{"a":1}'), () => rmSync(path), ''],
    [
      'leads the link elsewhere',
      () => symlinkTo('one.json', '{"same":1}'),
      () => symlinkTo('two.json', '{"same":1}'),
      '{"same":1}',
    ],
  ])('is noticed when it %s', (_, prepare, meddle, then) => {
    prepare();
    let calls = 0;
    const edit = (given: string): SettingsEdit => {
      calls += 1;
      if (calls === 1) meddle();
      return add(given);
    };
    changeSettings({ path, edit, now: NOW });
    expect(calls).toBe(2);
    expect(text()).toBe(add(then).text);
  });

  test('is noticed when it damages the file, which is then refused as it is', () => {
    writeFileSync(path, '{"a":1}');
    const edit = (given: string): SettingsEdit => {
      writeFileSync(path, '{"a":');
      return add(given);
    };
    expect(() => changeSettings({ path, edit, now: NOW })).toThrow(SettingsRefusedError);
    expect(text()).toBe('{"a":');
    expect(names()).toEqual(['settings.json']);
  });

  test('wins when it never stops: after eight tries nothing has been changed', () => {
    writeFileSync(path, '{"a":0}');
    let calls = 0;
    const edit = (given: string): SettingsEdit => {
      calls += 1;
      writeFileSync(path, `{"a":${calls}}`);
      return add(given);
    };
    expect(() => changeSettings({ path, edit, now: NOW })).toThrow('because another program kept changing it');
    expect(calls).toBe(8);
    expect(text()).toBe('{"a":8}');
    expect(names()).toEqual(['settings.json']);
  });
});

describe('restoring', () => {
  test.each([
    ['the bytes from before', Buffer.from('\uFEFF{ }\r\n')],
    ['an empty file', Buffer.alloc(0)],
  ])('puts back %s, with the permissions that the file has', (_, original) => {
    writeFileSync(path, original);
    chmodSync(path, 0o640);
    const { after } = install();
    const restored = restoreSettings({ path, ifSha256: sha256(after), to: original, now: LATER });
    expect(readFileSync(path)).toEqual(original);
    expect(modeOf(path)).toBe(0o640);
    expect(readFileSync(restored?.backup ?? '')).toEqual(after);
    expect(names()).toEqual(['settings.json', BACKUP, basename(restored?.backup ?? '')]);
  });

  test('removes a file that was missing before', () => {
    const { after } = install();
    expect(restoreSettings({ path, ifSha256: sha256(after), to: undefined, now: NOW })).toEqual({ backup: undefined });
    expect(names()).toEqual([]);
  });

  test.each([
    ['has been changed since', () => writeFileSync(path, '{"b":1}')],
    ['is gone', () => rmSync(path)],
  ])('leaves a file alone that %s', (_, meddle) => {
    const { after } = install();
    meddle();
    const before = existsSync(path) && text();
    for (const to of [Buffer.from('{}'), undefined]) {
      expect(restoreSettings({ path, ifSha256: sha256(after), to, now: NOW })).toBeUndefined();
    }
    expect(existsSync(path) && text()).toBe(before);
  });

  test('puts back through a symlink, but does not remove what has become one', () => {
    const { after } = install();
    rmSync(path);
    symlinkTo('dotfile.json', after.toString());
    expect(restoreSettings({ path, ifSha256: sha256(after), to: undefined, now: NOW })).toBeUndefined();
    expect(text()).toBe(after.toString());
    expect(restoreSettings({ path, ifSha256: sha256(after), to: Buffer.from('{}'), now: NOW })).toBeDefined();
    expect([text('dotfile.json'), lstatSync(path).isSymbolicLink()]).toEqual(['{}', true]);
  });

  test('refuses a read-only file', () => {
    const { after } = install();
    chmodSync(path, 0o400);
    for (const to of [Buffer.from('{}'), undefined]) {
      expect(() => restoreSettings({ path, ifSha256: sha256(after), to, now: NOW })).toThrow(SettingsRefusedError);
    }
    expect(text()).toBe(after.toString());
  });
});

describe('reading', () => {
  test('keeps the byte order mark and says what the file is like', () => {
    writeFileSync(path, '\uFEFF{}');
    chmodSync(path, 0o640);
    expect(readSettings(path)).toMatchObject({ path, text: '\uFEFF{}', mode: 0o640, bytes: Buffer.from('\uFEFF{}') });
  });

  test('takes a missing file, or one in a missing directory, for empty text', () => {
    for (const missing of [path, join(directory, 'a', 'settings.json')]) {
      expect(readSettings(missing)).toMatchObject({ target: missing, bytes: undefined, text: '', mode: 0o600 });
    }
  });
});

describe('processes', () => {
  test('ten that install at the same moment leave one hook and no debris', async () => {
    writeFileSync(path, '{"a":1}');
    const program = await bundle(`
      import { readFileSync } from 'node:fs';
      import { addHook } from './settings.ts';
      import { changeSettings } from './settings-file.ts';
      const edit = (text) => addHook(text, ${JSON.stringify(HOOK)}, (command) => command === ${JSON.stringify(HOOK.command)});
      readFileSync(0);
      changeSettings({ path: process.argv[2], edit, now: new Date() });
    `);
    // Each waits for the end of its input, so that all of them start together.
    const children = Array.from({ length: 10 }, () =>
      spawn(process.execPath, [program, path], { stdio: ['pipe', 'ignore', 'inherit'] }),
    );
    const ends = children.map((child) => new Promise((resolve) => child.on('close', resolve)));
    for (const child of children) child.stdin.end();
    expect(await Promise.all(ends)).toEqual(Array.from({ length: 10 }, () => 0));
    expect(text()).toBe(add('{"a":1}').text);
    for (const name of names().filter((one) => one.endsWith('.bak'))) expect(text(name)).toBe('{"a":1}');
    expect(names().filter((name) => !/^(settings\.json(\.[\dTZ.-]+\.bak)?|program\.mjs)$/.test(name))).toEqual([]);
  });

  test.each([
    ['a file', () => undefined],
    ['a file with several names', () => linkSync(path, join(directory, 'dotfiles.json'))],
  ])('one whose disk takes half of %s leaves it and nothing else, and says why', async (_, prepare) => {
    const before = JSON.stringify({ a: 'x'.repeat(16_320) });
    writeFileSync(path, before);
    prepare();
    const there = names();
    const program = await bundle(`
      import { addHook } from './settings.ts';
      import { changeSettings } from './settings-file.ts';
      const edit = (text) => addHook(text, ${JSON.stringify(HOOK)}, (command) => command === ${JSON.stringify(HOOK.command)});
      try { changeSettings({ path: process.argv[2], edit, now: new Date() }); }
      catch (error) { console.log(error.name + ': ' + error.message); }
    `);
    // A limit on the size of files stops a write in its middle, as a full disk does: the backup fits, the change does not.
    const child = spawn('sh', ['-c', 'ulimit -f 32; exec "$0" "$@"', process.execPath, program, path]);
    let said = '';
    for await (const chunk of child.stdout) said += String(chunk);
    expect(said).toBe(`UserError: ${path} could not be read or changed (EFBIG), so it was left as it is.\n`);
    expect(text()).toBe(before);
    expect(names()).toEqual([...there, 'program.mjs'].toSorted());
  });
});

function symlinkTo(name: string, content: string): void {
  writeFileSync(join(directory, name), content);
  rmSync(path, { force: true });
  symlinkSync(name, path);
}

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
}

/** A program of its own that imports from src/install. */
async function bundle(contents: string): Promise<string> {
  const outfile = join(directory, 'program.mjs');
  const stdin = { contents, resolveDir: join(ROOT, 'src', 'install'), loader: 'ts' } as const;
  await build({ stdin, outfile, bundle: true, platform: 'node', format: 'esm', mainFields: ['module', 'main'] });
  return outfile;
}
