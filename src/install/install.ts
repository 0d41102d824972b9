/** install: the program's copy, the launcher, the configuration, and last of all the hook in the settings. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { changeConfig, type Config } from '../config.ts';
import { SettingsRefusedError } from '../errors.ts';
import { removeTemporaries, writeFileAtomically } from '../lib/atomic-write.ts';
import { exclusively } from '../lib/exclusively.ts';
import { sha256 } from '../lib/hash.ts';
import { ensurePrivateDirectory } from '../lib/private-directory.ts';
import type { Paths } from '../state/paths.ts';
import { readInstallation, writeInstallation, type PatchedSettings } from './installation.ts';
import { hookCommand, isOurs, launcherScript } from './launcher.ts';
import { copyProgram, removeOtherCopies } from './program-copy.ts';
import { changeSettings, editSettings, readSettings, tidySettings, type SettingsChange } from './settings-file.ts';
import { addVariables, type Variables, type WrittenVariables } from './otel-settings.ts';
import type { SettingsPlace } from './settings-places.ts';
import type { HookCommand } from './settings-parse.ts';
import { addHook, type SettingsEdit } from './settings.ts';

export interface InstallOptions {
  paths: Paths;
  /** The package to copy the program from. */
  package: { root: string; version: string };
  /** The node to start workers with. */
  node: string;
  /** The settings that get the hook; none where that is left to the user, or to the organisation. */
  places: readonly SettingsPlace[];
  /** Puts what is installed into the configuration, as it is found at that moment. */
  configure: (before: Config) => Config;
  /** Variables to set in `env` of the settings. */
  telemetry?: Variables | undefined;
  now: Date;
}

export interface InstalledSettings {
  path: string;
  /** It was not where the hook was there already. */
  changed: boolean;
  /** The copy of it from before. */
  backup?: string;
}

export interface InstallReport {
  settings: InstalledSettings[];
  launcher: string;
  config: string;
}

/**
 * Installs, or brings an installation up to date; of several processes that do so at once, one after the other.
 * Settings that cannot be edited are refused before anything is written; they are changed last, so that they never name
 * a launcher that is not there yet.
 *
 * @throws SettingsRefusedError with the snippet to add by hand
 */
export function install(options: InstallOptions): InstallReport {
  const { paths, places } = options;
  previewSettings(options);
  for (const path of [paths.dataDirectory, paths.stateDirectory]) ensurePrivateDirectory(path);
  return exclusively(`${paths.installation}.lock`, () => {
    installProgram(options);
    changeConfig(paths.config, options.configure);
    const settings = withSnippet(paths, () => places.map((place) => patchSettings(place, options)));
    return { settings, launcher: paths.launcher, config: paths.config };
  });
}

export interface SettingsPreview {
  path: string;
  before: string;
  after: string;
}

/** Settings before and after, without writing them. Throws a SettingsRefusedError where they cannot be edited. */
export function previewSettings(options: Pick<InstallOptions, 'places' | 'paths' | 'telemetry'>): SettingsPreview[] {
  const { paths, places } = options;
  return withSnippet(paths, () =>
    places.map(({ path }) => {
      const file = readSettings(path);
      return { path, before: file.text, after: editSettings(file, (text) => addOurs(text, options, {})).text };
    }),
  );
}

/** The hook, and the variables where they were asked for. */
function addOurs(
  text: string,
  { paths, telemetry }: Pick<InstallOptions, 'paths' | 'telemetry'>,
  earlier: WrittenVariables,
): SettingsEdit & { variables: WrittenVariables } {
  const hooked = addHook(text, hookCommand(paths.launcher), isOurs);
  if (telemetry === undefined) return { ...hooked, variables: earlier };
  const added = addVariables(hooked.text, telemetry, earlier);
  return { text: added.text, created: [...hooked.created, ...added.created], variables: added.written };
}

/** What is to be added to the settings by hand, as text. */
export function settingsSnippet(hook: HookCommand): string {
  return JSON.stringify({ hooks: { Stop: [{ hooks: [hook] }] } }, undefined, 2);
}

function withSnippet<Value>({ launcher }: Pick<Paths, 'launcher'>, edit: () => Value): Value {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof SettingsRefusedError)) throw error;
    const snippet = settingsSnippet(hookCommand(launcher));
    throw new SettingsRefusedError(error.message, `${error.hint} Or add this by hand:\n${snippet}`);
  }
}

function installProgram({ paths, package: from, node }: InstallOptions): void {
  for (const path of [paths.launcher, paths.installation]) removeTemporaries(path);
  const program = copyProgram(from, paths.dataDirectory);
  const base = {
    XDG_CONFIG_HOME: dirname(paths.configDirectory),
    XDG_STATE_HOME: dirname(paths.stateDirectory),
    XDG_DATA_HOME: dirname(paths.dataDirectory),
  };
  const script = launcherScript(paths.launcher, { node, program, wake: paths.wake, log: paths.log, base });
  writeFileAtomically(paths.launcher, script, { mode: 0o700 });
  removeOtherCopies(paths, from.version);
}

function patchSettings(place: SettingsPlace, options: InstallOptions): InstalledSettings {
  const { path, project } = place;
  const { paths, now } = options;
  tidySettings(path);
  const known = readInstallation(paths.installation);
  const others = known.filter((one) => one.path !== path);
  const earlier = known.find((one) => one.path === path && !one.isBare);
  const record = (change: Omit<PatchedSettings, 'path'>): void =>
    writeInstallation(paths.installation, [...others, { path, ...(project !== undefined && { project }), ...change }]);
  let variables = earlier?.variables ?? {};
  const edit = (text: string): SettingsEdit => {
    const edited = addOurs(text, options, earlier?.variables ?? {});
    variables = edited.variables;
    // Before the change as well, so that it can be taken back where this process is killed after it.
    if (earlier === undefined) record({ ...planned(path, edited), variables });
    else if (text !== edited.text) record({ ...earlier, variables });
    return edited;
  };
  const change = changeSettings({ path, edit, now });
  if (change.changed || earlier === undefined) record({ ...patched(change, earlier), variables });
  return { path, changed: change.changed, ...(change.backup !== undefined && { backup: change.backup }) };
}

function planned(path: string, { text, created }: SettingsEdit): Omit<PatchedSettings, 'path'> {
  return { sha256: sha256(text), created, ...(!existsSync(path) && { wasMissing: true }) };
}

/** The record of a change. One of a file that is still as an earlier installation left it goes back to the original. */
function patched(change: SettingsChange, earlier: PatchedSettings | undefined): Omit<PatchedSettings, 'path'> {
  const hash = sha256(change.after);
  if (earlier !== undefined && change.before !== undefined && sha256(change.before) === earlier.sha256) {
    return { ...earlier, sha256: hash };
  }
  return {
    sha256: hash,
    created: [...new Set([...(earlier?.created ?? []), ...change.created])],
    ...(change.backup !== undefined && { backup: change.backup }),
    ...(change.before === undefined && { wasMissing: true }),
    ...(change.madeDirectory && { madeDirectory: true }),
  };
}
