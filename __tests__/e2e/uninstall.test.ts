import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox(['2.1.329-simple']);
});
afterEach(() => sandbox.remove());

const everything = (): string[] => readdirSync(sandbox.home, { recursive: true, encoding: 'utf8' }).toSorted();

describe('uninstall gives back the settings.json from before', () => {
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
    expect((await sandbox.stopwire(['uninstall'])).code).toBe(0);
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

  test('the records stay where they are asked to', async () => {
    await sandbox.stopwire(['install', '--yes']);
    await sandbox.fireAndSettle();
    const before = await sandbox.exported();
    await sandbox.stopwire(['uninstall', '--keep-records']);
    expect(readdirSync(sandbox.data).filter((name) => !name.startsWith('records.db'))).toEqual([]);
    expect(await sandbox.exported()).toEqual(before);
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
