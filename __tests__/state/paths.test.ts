import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
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

  test.each(['.', 'home/dev', '~'])('a HOME that is %p is refused: the hook runs in another folder', (home) => {
    expect(() => pathsFrom({ HOME: home })).toThrow('HOME is not an absolute path');
  });

  test.each([
    ['config', 'configDirectory', String.raw`C:\Users\Zoë M\AppData\Roaming\stopwire`],
    ['state', 'stateDirectory', String.raw`C:\Users\Zoë M\AppData\Local\State\stopwire`],
    ['data', 'dataDirectory', String.raw`C:\Users\Zoë M\AppData\Local\stopwire`],
  ] as const)('on Windows, the %s folder is where programs of Windows have it', (_, folder, expected) => {
    expect(pathsFrom({}, 'win32', String.raw`C:\Users\Zoë M`)[folder]).toBe(expected);
  });

  test('on Windows, its own variables say where those folders are, and the XDG variables come before them', () => {
    const env = { LOCALAPPDATA: String.raw`D:\Local`, APPDATA: String.raw`D:\Roaming`, XDG_STATE_HOME: 'E:/state' };
    expect(pathsFrom(env, 'win32', String.raw`C:\Users\dev`)).toMatchObject({
      config: String.raw`D:\Roaming\stopwire\config.json`,
      log: String.raw`E:\state\stopwire\hook.log`,
      launcher: String.raw`D:\Local\stopwire\hook`,
    });
  });

  test.each([
    ['win32', 'powershell', 'hook.ps1'],
    ['win32', 'bash', 'hook'],
    ['win32', 'cmd', 'hook'],
    ['linux', 'powershell', 'hook'],
    ['darwin', 'powershell', 'hook'],
  ] as const)('on %s with STOPWIRE_WINDOWS_SHELL=%s the launcher is %s', (platform, shell, name) => {
    const home = platform === 'win32' ? String.raw`C:\Users\dev` : '/home/dev';
    const { launcher } = pathsFrom({ STOPWIRE_WINDOWS_SHELL: shell }, platform, home);
    expect(launcher.split(/[\\/]/).at(-1)).toBe(name);
  });

  test.each(['linux', 'darwin', 'freebsd'] as const)('on %s the defaults are the same', (platform) => {
    expect(pathsFrom({ LOCALAPPDATA: '/x', APPDATA: '/y' }, platform, '/home/dev')).toEqual(
      pathsFrom({ HOME: '/home/dev' }),
    );
  });

  test.each([
    ['linux', '/home/dev'],
    ['darwin', '/Users/dev'],
    ['win32', String.raw`C:\Users\dev`],
  ] as const)('on %s, the folders above are all that a launcher has to hand on', (platform, home) => {
    const style = platform === 'win32' ? win32 : posix;
    const found = pathsFrom({ HOME: home }, platform);
    const handedOn = {
      HOME: home,
      XDG_CONFIG_HOME: style.dirname(found.configDirectory),
      XDG_STATE_HOME: style.dirname(found.stateDirectory),
      XDG_DATA_HOME: style.dirname(found.dataDirectory),
    };
    expect(pathsFrom(handedOn, platform)).toEqual(found);
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
