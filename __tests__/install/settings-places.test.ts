import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { writeInstallation } from '../../src/install/installation.ts';
import { hookCommand, managedHookCommand } from '../../src/install/launcher.ts';
import type { HookCommand } from '../../src/install/settings-parse.ts';
import { chosenPlaces, registeredPlaces, type SettingsSurroundings } from '../../src/install/settings-places.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let home: string;
let around: SettingsSurroundings;
beforeEach(() => {
  home = makeTempDirectory();
  const launcher = join(home, '.local/share/stopwire/hook');
  around = {
    paths: { home, launcher, installation: join(home, 'installation.json') },
    claudeDirectories: [join(home, '.claude')],
    project: join(home, 'p'),
    managedDirectory: join(home, 'managed'),
  };
});

const USER = '.claude/settings.json';
const SECOND = 'second/settings.json';
const LOCAL = 'p/.claude/settings.local.json';
const PROJECT = 'p/.claude/settings.json';
const MANAGED = 'managed/managed-settings.d/50-stopwire.json';
const ELSEWHERE = 'q/.claude/settings.local.json';

function put(name: string, hook: HookCommand = hookCommand(around.paths.launcher)): void {
  const path = join(home, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ hooks: { Stop: [{ hooks: [hook] }] } }));
}

/** As an installation leaves it that was made in another folder. */
function putElsewhere(): void {
  put(ELSEWHERE);
  const path = join(home, ELSEWHERE);
  writeInstallation(around.paths.installation, [{ path, project: join(home, 'q'), created: [], sha256: '' }]);
}

const namesOf = (places: readonly { path: string }[]): string[] =>
  places.map(({ path }) => path.slice(home.length + 1));
const chosen = (scope?: Parameters<typeof chosenPlaces>[0]): string[] => namesOf(chosenPlaces(scope, around));

describe('the files of a scope', () => {
  test.each([
    [undefined, [USER]],
    ['user', [USER]],
    ['local', [LOCAL]],
    ['project', [PROJECT]],
  ] as const)('%s, where there is no hook yet', (scope, names) => {
    expect(chosen(scope)).toEqual(names);
  });

  test('are the settings of each root, for the user', () => {
    around = { ...around, claudeDirectories: [join(home, '.claude'), join(home, 'second')] };
    put(USER);
    expect([chosen(), chosen('user')]).toEqual([
      [USER, SECOND],
      [USER, SECOND],
    ]);
  });

  test('name the folder, but not in the home directory, whose project settings are the user’s', () => {
    expect(chosenPlaces('project', around)).toEqual([{ path: join(home, PROJECT), project: join(home, 'p') }]);
    expect(chosenPlaces('project', { ...around, project: home })).toEqual([{ path: join(home, USER) }]);
  });
});

describe('a hook that is there', () => {
  test.each([
    ['local', LOCAL],
    ['project', PROJECT],
  ] as const)('in the %s settings stays there, where no scope is named', (scope, name) => {
    put(name);
    expect([chosen(), chosen(scope)]).toEqual([[name], [name]]);
  });

  test('in settings of two levels is brought up to date in both', () => {
    put(USER);
    put(LOCAL);
    expect(chosen()).toEqual([LOCAL, USER]);
  });

  test.each([
    ['user', LOCAL],
    ['user', PROJECT],
    ['user', MANAGED],
    ['local', USER],
    ['local', PROJECT],
    ['local', MANAGED],
    ['project', USER],
    ['project', LOCAL],
  ] as const)('is not joined by a second one: %s, with one in %s', (scope, name) => {
    put(name, name === MANAGED ? managedHookCommand() : undefined);
    expect(() => chosen(scope)).toThrow(`The hook is in ${join(home, name)} already`);
  });

  test('of another folder counts against all sessions of the user, but not against those of this folder', () => {
    putElsewhere();
    expect(() => chosen('user')).toThrow(ELSEWHERE);
    expect([chosen('local'), chosen()]).toEqual([[LOCAL], [USER]]);
  });

  test('of the organisation, or of a plugin, is left to it', () => {
    put(MANAGED, managedHookCommand());
    expect(chosen()).toEqual([]);
    expect(registeredPlaces(around)).toEqual([{ path: join(home, MANAGED), isForeign: true }]);
  });

  test.each([
    ['does not start this user’s launcher', () => (around.paths.launcher = join(home, 'elsewhere/hook'))],
    ['is another one', () => put(MANAGED, hookCommand('/opt/other/hook'))],
  ])('of the organisation does not count where it %s', (_, change) => {
    put(MANAGED, managedHookCommand());
    change();
    expect(chosen()).toEqual([USER]);
    expect(chosen('local')).toEqual([LOCAL]);
  });

  test('cannot be in a file that the client passes over', () => {
    mkdirSync(join(home, 'p/.claude'), { recursive: true });
    writeFileSync(join(home, LOCAL), `// ${hookCommand('x').command}\n{}`);
    expect(registeredPlaces(around)).toEqual([]);
  });
});
