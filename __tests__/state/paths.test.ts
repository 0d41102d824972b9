import { homedir } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { claudeConfigDirectory, pathsFrom } from '../../src/state/paths.ts';

describe('where things are kept', () => {
  test('below HOME, by the XDG rules', () => {
    expect(pathsFrom({ HOME: '/home/dev' })).toEqual({
      home: '/home/dev',
      configDirectory: '/home/dev/.config/stopwire',
      config: '/home/dev/.config/stopwire/config.json',
      ownPrices: '/home/dev/.config/stopwire/prices.json',
      updatedPrices: '/home/dev/.local/share/stopwire/prices',
      stateDirectory: '/home/dev/.local/state/stopwire',
      journal: '/home/dev/.local/state/stopwire/cursors.log',
      lock: '/home/dev/.local/state/stopwire/lock',
      wake: '/home/dev/.local/state/stopwire/wake',
      log: '/home/dev/.local/state/stopwire/hook.log',
      owners: '/home/dev/.local/state/stopwire/owners',
      hostId: '/home/dev/.local/state/stopwire/host-id',
      hashKey: '/home/dev/.local/state/stopwire/hash-key',
      deadLetters: '/home/dev/.local/state/stopwire/dead-letters',
      quarantine: '/home/dev/.local/state/stopwire/quarantine.jsonl',
      dataDirectory: '/home/dev/.local/share/stopwire',
      store: '/home/dev/.local/share/stopwire/records.db',
      launcher: '/home/dev/.local/share/stopwire/hook',
      installation: '/home/dev/.local/share/stopwire/installation.json',
    });
  });

  test.each([
    ['XDG_CONFIG_HOME', 'configDirectory'],
    ['XDG_STATE_HOME', 'stateDirectory'],
    ['XDG_DATA_HOME', 'dataDirectory'],
  ] as const)('%s moves its own folder and no other', (name, moved) => {
    const usual = pathsFrom({ HOME: '/home/dev' });
    const changed = pathsFrom({ HOME: '/home/dev', [name]: '/mnt/x' });
    expect(changed[moved]).toBe('/mnt/x/stopwire');
    expect(Object.values(changed)).toEqual(
      Object.values(usual).map((path) => path.replace(usual[moved], '/mnt/x/stopwire')),
    );
  });

  test.each(['', 'relative/path', './x', '~/x'])('an XDG variable that is %p is void', (value) => {
    const variables = { XDG_CONFIG_HOME: value, XDG_STATE_HOME: value, XDG_DATA_HOME: value };
    expect(pathsFrom({ HOME: '/home/dev', ...variables })).toEqual(pathsFrom({ HOME: '/home/dev' }));
  });

  test.each([[{}], [{ HOME: '' }]])('with %j the system says where home is', (env) => {
    expect(pathsFrom(env)).toEqual(pathsFrom({ HOME: homedir() }));
  });

  test.each([
    ['without CLAUDE_CONFIG_DIR', {}, '/home/dev/.claude'],
    ['with an empty one', { CLAUDE_CONFIG_DIR: '' }, '/home/dev/.claude'],
    ['with one', { CLAUDE_CONFIG_DIR: '/mnt/claude' }, '/mnt/claude'],
  ])('Claude Code’s own folder is the client’s, %s', (_title, env, expected) => {
    expect(claudeConfigDirectory(env, '/home/dev')).toBe(expected);
  });

  test('nothing is kept below Claude Code’s own folder', () => {
    const { home, ...paths } = pathsFrom({ HOME: '/home/dev', CLAUDE_CONFIG_DIR: '/home/dev/.claude' });
    for (const path of Object.values(paths)) expect(path.startsWith(claudeConfigDirectory({}, home))).toBe(false);
  });
});
