/** Which settings files the hook stands in, and which it is to be put into. */
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { Paths } from '../state/paths.ts';
import { readInstallation } from './installation.ts';
import { isOurs, startsLauncher } from './launcher.ts';
import { registrations, type Registration } from './registrations.ts';
import { managedSettingsDirectory, readLevels } from './settings-levels.ts';
import { readSettings } from './settings-read.ts';
import { findHooks } from './settings.ts';

/** Whose sessions a settings file counts for: all of the user's, or those that are started in one folder. */
export type Scope = 'user' | 'project' | 'local';

/** A file that can hold the hook. */
export interface SettingsPlace {
  path: string;
  /** The folder whose sessions it counts for; undefined where it counts for all. */
  project?: string;
  /** It is the organisation's or a plugin's, and not ours to change. */
  isForeign?: true;
}

export interface SettingsSurroundings {
  paths: Pick<Paths, 'installation' | 'launcher' | 'home'>;
  /** Claude Code's configuration roots. */
  claudeDirectories: readonly string[];
  /** The folder that a session would be started in. */
  project: string;
  managedDirectory?: string;
}

export function settingsPath(claudeDirectory: string): string {
  return join(claudeDirectory, 'settings.json');
}

/** The files of a scope. The client takes those of the folder that a session is started in, and of none above it. */
export function placesOf(scope: Scope, { claudeDirectories, project }: SettingsSurroundings): SettingsPlace[] {
  const users = claudeDirectories.map((directory) => ({ path: settingsPath(directory) }));
  if (scope === 'user') return users;
  const path = join(project, '.claude', scope === 'local' ? 'settings.local.json' : 'settings.json');
  // In the home directory, the project's file is the user's.
  return [users.some((user) => user.path === path) ? { path } : { path, project }];
}

/**
 * The files with our hook in them: those that count for sessions of the folder, and those elsewhere that an
 * installation has changed.
 */
export function registeredPlaces(around: SettingsSurroundings): SettingsPlace[] {
  const { paths, claudeDirectories, project, managedDirectory = managedSettingsDirectory() } = around;
  const here = claudeDirectories.flatMap((claudeDirectory) => {
    const levels = readLevels({ claudeDirectory, project, managedDirectory });
    const found = registrations(levels, claudeDirectory);
    return found.filter((one) => one.level !== 'managed' || startsLauncher(one.command, paths));
  });
  const all = [...here.map((one) => placeOf(one, project)), ...recordedPlaces(paths).filter(({ hasHook }) => hasHook)];
  return all.filter(({ path }, index) => all.findIndex((one) => one.path === path) === index);
}

/** Files that an installation has put the hook into, and whether it still is there. */
export function recordedPlaces({
  installation,
}: Pick<Paths, 'installation'>): (SettingsPlace & { hasHook: boolean })[] {
  return readInstallation(installation)
    .filter(({ isBare }) => !isBare)
    .map(({ path, project }) => ({ path, ...(project !== undefined && { project }), hasHook: holdsHook(path) }));
}

/**
 * Where an installation puts the hook. Without a scope: where it stands already and counts for sessions of the folder,
 * else into the user's settings.
 *
 * @throws UserError where the scope is another than that of a hook which counts as well: the client would have it twice
 */
export function chosenPlaces(scope: Scope | undefined, around: SettingsSurroundings): SettingsPlace[] {
  const registered = registeredPlaces(around);
  const countsHere = ({ project }: SettingsPlace): boolean => project === undefined || project === around.project;
  if (scope === undefined) {
    const here = registered.filter(countsHere);
    return here.every(isUsers) ? placesOf('user', around) : here.filter(({ isForeign }) => !isForeign);
  }
  const wanted = placesOf(scope, around);
  const others = registered.filter(({ path }) => !wanted.some((place) => place.path === path));
  const twin = others.find(scope === 'user' ? (place) => !isUsers(place) : countsHere);
  if (twin !== undefined) throw twice(twin, scope);
  return wanted;
}

/** Of some root: each root has settings of its own. */
function isUsers({ project, isForeign }: SettingsPlace): boolean {
  return project === undefined && !isForeign;
}

function placeOf({ level, path }: Registration, project: string): SettingsPlace {
  if (level === 'managed' || level === 'plugin') return { path, isForeign: true };
  return level === 'user' ? { path } : { path, project };
}

/** Not where the client cannot read the file either. */
function holdsHook(path: string): boolean {
  try {
    return findHooks(readSettings(path).text, isOurs).length > 0;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

function twice({ path, isForeign }: SettingsPlace, scope: Scope): UserError {
  const message = `The hook is in ${path} already; with the scope ${scope} Claude Code would have it twice, so nothing was changed.`;
  const move = isForeign ? '' : ' To move it, take it out first: npx stopwire uninstall';
  return new UserError(message, { hint: `To change anything else, leave --scope out.${move}` });
}
