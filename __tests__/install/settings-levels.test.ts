import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { effective, managedSettingsDirectory, readLevels } from '../../src/install/settings-levels.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let root: string;
beforeEach(() => {
  root = makeTempDirectory();
});

const places = () => ({
  claudeDirectory: join(root, 'home', '.claude'),
  project: join(root, 'project'),
  managedDirectory: join(root, 'managed'),
});

function write(path: string, value: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof value === 'string' ? value : JSON.stringify(value));
}

const FILES = [
  'home/.claude/settings.json',
  'project/.claude/settings.json',
  'project/.claude/settings.local.json',
  'managed/managed-settings.json',
  'managed/managed-settings.d/10-a.json',
  'managed/managed-settings.d/20-b.json',
];

describe('the settings in force', () => {
  test('are those of the strongest level that names the key: managed, local, project, user', () => {
    for (const [index, path] of FILES.entries()) {
      write(path, { cleanupPeriodDays: index + 1 });
      const found = effective(readLevels(places()), 'cleanupPeriodDays');
      expect([found?.value, found?.level.path]).toEqual([index + 1, join(root, path)]);
    }
  });

  test('keep what a weaker level says of another key, and what is false counts as said', () => {
    write('home/.claude/settings.json', { disableAllHooks: true, cleanupPeriodDays: 9 });
    write('project/.claude/settings.json', { disableAllHooks: false });
    const levels = readLevels(places());
    expect(effective(levels, 'disableAllHooks')).toMatchObject({ value: false, level: { name: 'project' } });
    expect(effective(levels, 'cleanupPeriodDays')).toMatchObject({ value: 9, level: { name: 'user' } });
    expect(effective(levels, 'constructor')).toBeUndefined();
  });

  test('count the user only once in the home directory', () => {
    write('home/.claude/settings.json', {});
    const levels = readLevels({ ...places(), project: join(root, 'home') });
    expect(levels.map(({ name }) => name)).toEqual(['managed', 'local', 'user']);
  });
});

describe('a file that the client passes over', () => {
  test.each([
    ['a comment', '{} // x', 'not strict JSON'],
    ['a comma too many', '{"a":1,}', 'not strict JSON'],
    ['nothing', '', 'not strict JSON'],
    ['a list', '[]', 'not a JSON object'],
    ['days in words', { cleanupPeriodDays: 'thirty' }, '"cleanupPeriodDays" is not a number from 1 up'],
    ['no days', { cleanupPeriodDays: 0 }, '"cleanupPeriodDays" is not a number from 1 up'],
    ['rules that are no list', { permissions: { allow: 'Bash' } }, '"permissions" is not'],
    ['hooks that are a list', { hooks: [] }, '"hooks" is not an object'],
  ])('has no value, and a reason: %s', (_, value, reason) => {
    write('home/.claude/settings.json', value);
    const user = readLevels(places()).at(-1);
    expect(user).toMatchObject({ name: 'user', value: undefined, problem: expect.stringContaining(reason) });
    expect(effective(readLevels(places()), 'hooks')).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['a byte order mark', '\uFEFF{"cleanupPeriodDays":5}'],
    ['other keys', { cleanupPeriodDays: 5, permissions: { allow: ['Bash'], defaultMode: 'plan' }, x: [] }],
  ])('is none with %s', (_, value) => {
    write('home/.claude/settings.json', value);
    expect(effective(readLevels(places()), 'cleanupPeriodDays')?.value).toBe(5);
  });
});

test.each([
  ['linux', '/etc/claude-code'],
  ['darwin', '/Library/Application Support/ClaudeCode'],
  ['win32', String.raw`C:\Program Files\ClaudeCode`],
] as const)('on %s an organisation keeps its settings in %s', (platform, path) => {
  expect(managedSettingsDirectory(platform)).toBe(path);
});
