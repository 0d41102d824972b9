import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { registrations } from '../../src/install/registrations.ts';
import { readLevels } from '../../src/install/settings-levels.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const COMMAND = "sh '/data/hook' stopwire-stop-hook 2>/dev/null || :";
const HOOKS = { hooks: { Stop: [{ hooks: [{ type: 'command', command: COMMAND }] }] } };

let home: string;
beforeEach(() => {
  home = makeTempDirectory();
});

const claude = (): string => join(home, '.claude');
const project = (): string => join(home, 'project');

function write(path: string, value: unknown): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value));
  return path;
}

function found() {
  const places = { claudeDirectory: claude(), project: project(), managedDirectory: join(home, 'managed') };
  return registrations(readLevels(places), claude()).map(({ level, path }) => [level, path]);
}

/** The plugin as `claude plugin install` leaves it. */
function installPlugin(installed: (root: string) => unknown): string {
  const root = join(claude(), 'plugins', 'cache', 'stopwire', 'stopwire', '0.1.0');
  for (const folder of ['.claude-plugin', 'hooks'])
    cpSync(join(REPOSITORY, folder), join(root, folder), { recursive: true });
  write(join(claude(), 'plugins', 'installed_plugins.json'), { plugins: { 'stopwire@stopwire': installed(root) } });
  return join(root, 'hooks', 'hooks.json');
}

describe('the hook is found', () => {
  test('in the settings of every level, the strongest first', () => {
    const files = [
      write(join(home, 'managed', 'managed-settings.json'), HOOKS),
      write(join(project(), '.claude', 'settings.local.json'), HOOKS),
      write(join(project(), '.claude', 'settings.json'), HOOKS),
      write(join(claude(), 'settings.json'), HOOKS),
    ];
    expect(found()).toEqual(['managed', 'local', 'project', 'user'].map((level, index) => [level, files[index]]));
  });

  test.each([
    ['of today', (root: string) => [{ scope: 'user', installPath: root }]],
    ['of earlier clients', (root: string) => ({ installPath: root })],
  ])('in a plugin that is switched on, by the list %s', (_, installed) => {
    const path = installPlugin(installed);
    expect(found()).toEqual([]);
    write(join(claude(), 'settings.json'), { enabledPlugins: { 'stopwire@stopwire': true } });
    expect(found()).toEqual([['plugin', path]]);
    write(join(project(), '.claude', 'settings.json'), { enabledPlugins: { 'stopwire@stopwire': false } });
    expect(found()).toEqual([]);
  });

  test('in a folder of skills that is a plugin', () => {
    const root = join(claude(), 'skills', 'stopwire');
    for (const folder of ['.claude-plugin', 'hooks'])
      cpSync(join(REPOSITORY, folder), join(root, folder), { recursive: true });
    expect(found()).toEqual([['plugin', join(root, 'hooks', 'hooks.json')]]);
  });
});

test('what is not shaped as the client has it is no registration', () => {
  for (const hooks of [{ Stop: 5 }, { Stop: [COMMAND] }, { Stop: [{ hooks: [{ command: COMMAND }] }] }]) {
    write(join(claude(), 'settings.json'), { hooks });
    expect(found()).toEqual([]);
  }
});
