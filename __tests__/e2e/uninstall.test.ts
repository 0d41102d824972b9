import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BIN, makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox(['2.1.329-simple']);
});
afterEach(() => sandbox.remove());

const everything = (): string[] => readdirSync(sandbox.home, { recursive: true, encoding: 'utf8' }).toSorted();

describe('uninstall --purge gives back the settings.json from before, and leaves nothing of ours', () => {
  test.each([
    ['an empty object', '{}'],
    ['other settings, tabs', '{\n\t"model": "opus",\n\t"env": {"A": "1.0"}\n}\n'],
    ['a foreign Stop hook', '{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"say done"}]}]}}'],
    ['CRLF and a BOM', '\uFEFF{\r\n  "a": 1e400,\r\n  "hooks": {}\r\n}\r\n'],
    ['an empty list of Stop hooks', '{ "hooks": { "Stop": [ ] } }'],
  ])('byte for byte: %s', async (_, text) => {
    writeFileSync(sandbox.settings, text);
    const before = everything();
    expect((await sandbox.stopwire(['install', '--yes'])).code).toBe(0);
    expect(readFileSync(sandbox.settings, 'utf8')).not.toBe(text);
    await sandbox.fireAndSettle();
    expect((await sandbox.stopwire(['install', '--yes'])).code).toBe(0);
    await sandbox.stopwire(['status']);
    expect((await sandbox.stopwire(['uninstall', '--purge'])).code).toBe(0);
    expect(readFileSync(sandbox.settings, 'utf8')).toBe(text);
    expect(everything()).toEqual(before);
  });

  test('a settings.json that was not there goes again', async () => {
    await sandbox.stopwire(['install', '--yes']);
    expect(existsSync(sandbox.settings)).toBe(true);
    await sandbox.stopwire(['uninstall']);
    expect(readdirSync(sandbox.claude)).toEqual(['projects']);
  });

  test('what others changed in the meantime stays', async () => {
    writeFileSync(sandbox.settings, '{\n  "model": "opus"\n}\n');
    await sandbox.stopwire(['install', '--yes']);
    const changed = readFileSync(sandbox.settings, 'utf8').replace('"opus"', '"sonnet"');
    writeFileSync(sandbox.settings, changed);
    const { code, stderr } = await sandbox.stopwire(['uninstall']);
    expect(code).toBe(0);
    expect(stderr).toContain('other changes since were kept');
    expect(readFileSync(sandbox.settings, 'utf8')).toBe('{\n  "model": "sonnet"\n}\n');
  });

  test('the hook is found by its command after the client has rewritten the file and our record is lost', async () => {
    await sandbox.stopwire(['install', '--yes']);
    const value = JSON.parse(readFileSync(sandbox.settings, 'utf8'));
    writeFileSync(sandbox.settings, JSON.stringify({ effortLevel: 'high', ...value }, undefined, 2));
    rmSync(sandbox.data, { recursive: true });
    await sandbox.stopwire(['uninstall']);
    expect(readFileSync(sandbox.settings, 'utf8')).not.toContain('stopwire');
    expect(JSON.parse(readFileSync(sandbox.settings, 'utf8'))).toMatchObject({ effortLevel: 'high' });
  });

  test('what was kept, and the backups, go with a later --purge', async () => {
    const before = everything();
    writeFileSync(sandbox.settings, '{ "model": "opus" }');
    await sandbox.stopwire(['install', '--yes']);
    await sandbox.fireAndSettle();
    await sandbox.stopwire(['uninstall']);
    expect(readdirSync(sandbox.claude).filter((name) => name.endsWith('.bak'))).toHaveLength(1);
    await sandbox.stopwire(['uninstall', '--purge']);
    rmSync(sandbox.settings);
    expect(everything()).toEqual(before);
  });
});

describe('uninstall without --purge', () => {
  test('keeps records, configuration and cursors, whatever other flags there are', async () => {
    await sandbox.stopwire(['install', '--yes']);
    await sandbox.fireAndSettle();
    const before = await sandbox.exported();
    const kept = (): string[] => [sandbox.config, sandbox.state].flatMap((folder) => readdirSync(folder));
    const names = kept();
    for (const flags of [[], ['--yes'], ['--keep-records'], ['--json']]) {
      await sandbox.stopwire(['install', '--yes']);
      expect((await sandbox.stopwire(['uninstall', ...flags])).code).toBe(0);
      expect(readdirSync(sandbox.data).filter((name) => !name.startsWith('records.db'))).toEqual([]);
      expect(kept()).toEqual(names);
      expect(await sandbox.exported()).toEqual(before);
    }
  });

  test('an installation after it goes on where the one before ended', async () => {
    const file = join(sandbox.home, 'records.ndjson');
    await sandbox.stopwire(['install', '--yes', '--file', file]);
    await sandbox.fireAndSettle();
    const records = readFileSync(file, 'utf8');
    await sandbox.stopwire(['uninstall']);
    await sandbox.stopwire(['install', '--yes']);
    await sandbox.fireAndSettle();
    expect(readFileSync(file, 'utf8')).toBe(records);
  });

  test('a copy of settings.json from before each change stays, with the hook in it from before the last', async () => {
    writeFileSync(sandbox.settings, '{ "model": "opus" }', { mode: 0o640 });
    await sandbox.stopwire(['install', '--yes']);
    const installed = readFileSync(sandbox.settings, 'utf8');
    const { stderr } = await sandbox.stopwire(['uninstall']);
    const [backup = '', ...others] = readdirSync(sandbox.claude).filter((name) => name.endsWith('.bak'));
    expect(others).toEqual([]);
    expect(stderr).toContain(backup);
    expect(readFileSync(join(sandbox.claude, backup), 'utf8')).toBe(installed);
    expect(statSync(join(sandbox.claude, backup)).mode & 0o777).toBe(0o640);
  });

  test('--purge and --keep-records together are wrong usage, and nothing is done', async () => {
    await sandbox.stopwire(['install', '--yes']);
    const before = everything();
    expect((await sandbox.stopwire(['uninstall', '--purge', '--keep-records'])).code).toBe(2);
    expect(everything()).toEqual(before);
  });

  test.each([
    ['yes', 'y\r', false],
    ['no', '\r', true],
  ])('at a terminal it asks about the records, and %s is heard', async (_, answer, isKept) => {
    await sandbox.stopwire(['install', '--yes']);
    await sandbox.fireAndSettle();
    const command = `'${process.execPath}' '${BIN}' uninstall`;
    const child = spawn('script', ['-qefc', command, '/dev/null'], { env: { ...sandbox.env, TERM: 'xterm' } });
    let screen = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (!/records/.test(screen) && /records/.test(screen + text)) child.stdin.write(answer);
      screen += text;
    });
    await once(child, 'close');
    expect(screen).toMatch(/Remove the \d+ records and the configuration/);
    expect(existsSync(sandbox.settings)).toBe(false);
    expect([existsSync(sandbox.data), existsSync(sandbox.config)]).toEqual([isKept, isKept]);
  });
});

describe('install', () => {
  test('a second one changes nothing and makes no backup', async () => {
    writeFileSync(sandbox.settings, '{"a":1}');
    await sandbox.stopwire(['install', '--yes']);
    const settings = readFileSync(sandbox.settings, 'utf8');
    const names = readdirSync(sandbox.claude);
    expect(names.filter((name) => name.endsWith('.bak'))).toHaveLength(1);
    await sandbox.stopwire(['install', '--yes']);
    expect(readFileSync(sandbox.settings, 'utf8')).toBe(settings);
    expect(readdirSync(sandbox.claude)).toEqual(names);
  });

  test.each([
    ['a comment', '{\n  // mine\n  "a": 1\n}'],
    ['a trailing comma', '{"a": 1,}'],
    ['cut in half', '{"hooks": {"Stop": ['],
    ['a list', '[]'],
    ['hooks that are a list', '{"hooks": []}'],
  ])('refuses a settings.json with %s: exit code 3, not a byte changed, nothing installed', async (_, text) => {
    writeFileSync(sandbox.settings, text);
    const before = everything();
    const { code, stdout, stderr } = await sandbox.stopwire(['install', '--yes']);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain('stopwire-stop-hook');
    expect(readFileSync(sandbox.settings, 'utf8')).toBe(text);
    expect(everything()).toEqual(before);
  });

  test('--dry-run shows the change and does nothing', async () => {
    const before = everything();
    const { code, stdout } = await sandbox.stopwire(['install', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('stopwire-stop-hook');
    expect(everything()).toEqual(before);
  });

  test('--no-auto-update leaves settings.json alone and prints what to add', async () => {
    const { code, stdout } = await sandbox.stopwire(['install', '--no-auto-update']);
    expect(code).toBe(0);
    expect(existsSync(sandbox.settings)).toBe(false);
    mkdirSync(sandbox.claude, { recursive: true });
    writeFileSync(sandbox.settings, stdout);
    expect(await sandbox.fireAndSettle()).toMatchObject({ code: 0 });
    expect((await sandbox.exported()).length).toBeGreaterThan(0);
  });

  test('--api-key K --redaction alone works without a terminal, towards the local collector', async () => {
    const { code, stdout } = await sandbox.stopwire(['install', '--api-key', 'k-0123456789', '--redaction', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).destinations).toEqual([{ name: 'http', kind: 'http', redaction: 'content' }]);
    const config = JSON.parse(readFileSync(join(sandbox.config, 'config.json'), 'utf8'));
    expect(config.destinations[0].options).toEqual({
      endpoint: 'http://127.0.0.1:7867/v1/records',
      apiKey: 'k-0123456789',
    });
  });

  test('the key can come from standard input', async () => {
    await sandbox.stopwire(['install', '--api-key', '-'], { stdin: 'k-from-stdin\n' });
    const config = JSON.parse(readFileSync(join(sandbox.config, 'config.json'), 'utf8'));
    expect(config.destinations[0].options.apiKey).toBe('k-from-stdin');
  });

  test.each([
    [['--endpoint', 'http://collector.example/v1'], 'http'],
    [['--endpoint', 'not an address'], 'endpoint'],
    [['--redaction', 'contents'], 'redaction'],
    [['--such-flag'], 'such-flag'],
  ])('says what is wrong with %j and installs nothing', async (flags, word) => {
    const before = everything();
    const { code, stdout, stderr } = await sandbox.stopwire(['install', ...flags]);
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain(word);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(everything()).toEqual(before);
  });
});
