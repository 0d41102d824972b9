/** install: the program's copy, the launcher, the configuration, and last of all the hook in settings.json. */
import { dirname, join } from 'node:path';
import { changeConfig, type Config } from '../config.ts';
import { writeFileAtomically } from '../lib/atomic-write.ts';
import { sha256 } from '../lib/hash.ts';
import { ensurePrivateDirectory } from '../lib/private-directory.ts';
import type { Paths } from '../state/paths.ts';
import { readInstallation, writeInstallation, type PatchedSettings } from './installation.ts';
import { hookCommand, isOurs, launcherScript } from './launcher.ts';
import { copyProgram, removeOtherCopies } from './program-copy.ts';
import { changeSettings, readSettings, type SettingsChange } from './settings-file.ts';
import { addHook, findHooks, type HookCommand } from './settings.ts';

export interface InstallOptions {
  paths: Paths;
  /** The package to copy the program from. */
  package: { root: string; version: string };
  /** The node to start workers with. */
  node: string;
  /** Claude Code's configuration root, whose settings.json gets the hook. */
  claudeDirectory: string;
  /** Puts what is installed into the configuration, as it is found at that moment. */
  configure: (before: Config) => Config;
  /** Without it, settings.json is left to the user. */
  writeSettings: boolean;
  now: Date;
}

export interface InstallReport {
  settings: string;
  /** Whether settings.json was changed; it is not where the hook was there already. */
  changed: boolean;
  /** The copy of settings.json from before. */
  backup?: string;
  launcher: string;
  config: string;
}

/**
 * Installs, or brings an installation up to date. A settings.json that cannot be edited is refused before anything is
 * written; it is changed last, so that it never names a launcher that is not there yet.
 */
export function install(options: InstallOptions): InstallReport {
  const { paths, configure, package: from, writeSettings } = options;
  const settings = settingsPath(options.claudeDirectory);
  if (writeSettings) previewSettings(options);
  for (const path of [paths.dataDirectory, paths.stateDirectory]) ensurePrivateDirectory(path);
  const program = copyProgram(from, paths.dataDirectory);
  writeFileAtomically(paths.launcher, launcher(options, program), { mode: 0o700 });
  removeOtherCopies(paths.dataDirectory, from.version);
  changeConfig(paths.config, configure);
  const change = writeSettings ? patchSettings(settings, options) : undefined;
  return {
    settings,
    changed: change?.changed ?? false,
    ...(change?.backup !== undefined && { backup: change.backup }),
    launcher: paths.launcher,
    config: paths.config,
  };
}

/** settings.json before and after, without writing it. Throws a SettingsRefusedError where it cannot be edited. */
export function previewSettings(options: Pick<InstallOptions, 'claudeDirectory' | 'paths'>): {
  before: string;
  after: string;
} {
  const before = readSettings(settingsPath(options.claudeDirectory)).text;
  return { before, after: addHook(before, hookCommand(options.paths.launcher), isOurs).text };
}

export function settingsPath(claudeDirectory: string): string {
  return join(claudeDirectory, 'settings.json');
}

/** Our hooks in a settings.json. Throws a SettingsRefusedError where the file cannot be understood. */
export function readHooks(claudeDirectory: string): { settings: string; hooks: HookCommand[] } {
  const settings = settingsPath(claudeDirectory);
  return { settings, hooks: findHooks(readSettings(settings).text, isOurs) };
}

function launcher({ node, paths }: InstallOptions, program: string): string {
  const base = {
    XDG_CONFIG_HOME: dirname(paths.configDirectory),
    XDG_STATE_HOME: dirname(paths.stateDirectory),
    XDG_DATA_HOME: dirname(paths.dataDirectory),
  };
  return launcherScript({ node, program, wake: paths.wake, base });
}

function patchSettings(path: string, { paths, now }: InstallOptions): SettingsChange {
  const hook = hookCommand(paths.launcher);
  const change = changeSettings({ path, edit: (text) => addHook(text, hook, isOurs), now });
  const known = readInstallation(paths.installation);
  const earlier = known.find((one) => one.path === path);
  if (change.changed || earlier === undefined) {
    const others = known.filter((one) => one.path !== path);
    writeInstallation(paths.installation, [...others, patched(path, change, earlier)]);
  }
  return change;
}

/** The record of a change. One of a file that is still as an earlier installation left it goes back to the original. */
function patched(path: string, change: SettingsChange, earlier: PatchedSettings | undefined): PatchedSettings {
  const hash = sha256(change.after);
  if (earlier !== undefined && change.before !== undefined && sha256(change.before) === earlier.sha256) {
    return { ...earlier, sha256: hash };
  }
  return {
    path,
    sha256: hash,
    created: [...new Set([...(earlier?.created ?? []), ...change.created])],
    ...(change.backup !== undefined && { backup: change.backup }),
    ...(change.before === undefined && { wasMissing: true }),
    ...(change.madeDirectory && { madeDirectory: true }),
  };
}
