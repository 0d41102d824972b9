/** uninstall: the hook out of the settings first, then what is stopwire's own: the program, or everything. */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../lib/hash.ts';
import { waitForLock } from '../state/lock.ts';
import type { Paths } from '../state/paths.ts';
import { backupsOf } from './backup.ts';
import { readInstallation, writeInstallation, type PatchedSettings } from './installation.ts';
import { isOurs } from './launcher.ts';
import { removeVariables } from './otel-settings.ts';
import { changeSettings, editSettings, readSettings, restoreSettings, tidySettings } from './settings-file.ts';
import { settingsPath } from './settings-places.ts';
import { findHooks, removeHook, type SettingsEdit } from './settings.ts';

export interface UninstallOptions {
  paths: Paths;
  /** Configuration roots to look into even where the installation's record is lost. */
  claudeDirectories: readonly string[];
  /** Removes the records, the configuration and the state as well, and the backups of the settings. */
  purge: boolean;
  now: Date;
}

export interface UninstalledSettings {
  path: string;
  outcome: 'restored' | 'edited' | 'untouched';
  /** The copy of it from before. */
  backup?: string;
}

export interface UninstallReport {
  /** What became of each settings file. */
  settings: UninstalledSettings[];
  removed: string[];
  /** What is stopwire's own and still there. */
  kept: string[];
}

/** A worker that is under way gets this long to end; one that does not loses its folders and ends then. */
const WORKER_PATIENCE_MS = 5_000;

/** Takes everything back. Settings that are not as the client has them are refused before anything is changed. */
export async function uninstall({ paths, claudeDirectories, purge, now }: UninstallOptions): Promise<UninstallReport> {
  const patched = withRoots(readInstallation(paths.installation), claudeDirectories);
  for (const one of patched.filter(isThere)) editSettings(readSettings(one.path), (text) => withoutOurs(text, one));
  const settings = patched.map((one) => takeBack(one, now));
  const withBackups = patched.filter((one) => hasBackups(one, purge));
  for (const { path } of patched.filter(({ madeDirectory }) => madeDirectory)) removeIfEmpty(dirname(path));
  const removed = await removeOwn(paths, purge);
  if (!purge && withBackups.length > 0) writeInstallation(paths.installation, withBackups.map(bare));
  const own = [paths.configDirectory, paths.stateDirectory, paths.dataDirectory];
  for (const path of own) removeEmptyFrom(path, paths.home);
  return { settings: purge ? settings.map(withoutBackup) : settings, removed, kept: own.filter(existsSync) };
}

function withRoots(patched: readonly PatchedSettings[], claudeDirectories: readonly string[]): PatchedSettings[] {
  const roots = [...new Set(claudeDirectories.map(settingsPath))];
  const unknown = roots.filter((path) => !patched.some((one) => one.path === path));
  return [...patched, ...unknown.map((path) => ({ path, created: [], sha256: '' }))];
}

function isThere({ path }: PatchedSettings): boolean {
  return existsSync(path);
}

function withoutOurs(text: string, { created, variables = {} }: PatchedSettings): SettingsEdit {
  return removeHook(removeVariables(text, variables, created), isOurs, created);
}

function takeBack(patched: PatchedSettings, now: Date): UninstalledSettings {
  const { path, sha256: ifSha256 } = patched;
  if (!isThere(patched)) return { path, outcome: 'untouched' };
  const original = originalOf(patched);
  const restored = original === 'unknown' ? undefined : restoreSettings({ path, ifSha256, to: original, now });
  const { backup } = restored ?? changeSettings({ path, edit: (text) => withoutOurs(text, patched), now });
  if (restored === undefined && backup === undefined) return { path, outcome: 'untouched' };
  const outcome = restored === undefined ? 'edited' : 'restored';
  return { path, outcome, ...(backup !== undefined && { backup }) };
}

/** The bytes from before; undefined where there was no file. A backup with something of ours is not from before. */
function originalOf({ backup, wasMissing, created, variables = {} }: PatchedSettings): Buffer | undefined | 'unknown' {
  if (wasMissing) return undefined;
  if (backup === undefined || !existsSync(backup)) return 'unknown';
  const bytes = readFileSync(backup);
  const text = bytes.toString('utf8');
  const hasOurs = findHooks(text, isOurs).length > 0 || removeVariables(text, variables, created) !== text;
  return hasOurs ? 'unknown' : bytes;
}

/** Whether backups are left, after those have gone that say the same as the file, or, with `purge`, all of them. */
function hasBackups({ path }: PatchedSettings, purge: boolean): boolean {
  if (!existsSync(dirname(path))) return false;
  tidySettings(path);
  const { target, bytes } = readSettings(path);
  const current = bytes && sha256(bytes);
  const backups = backupsOf(target);
  const needless = backups.filter((backup) => purge || sha256(readFileSync(backup)) === current);
  for (const backup of needless) rmSync(backup);
  return needless.length < backups.length;
}

function withoutBackup({ path, outcome }: UninstalledSettings): UninstalledSettings {
  return { path, outcome };
}

/** The record of a file in which there is no hook any more. */
function bare({ path, project }: PatchedSettings): PatchedSettings {
  return { path, created: [], sha256: '', isBare: true, ...(project !== undefined && { project }) };
}

/** While no worker is at work. */
async function removeOwn(paths: Paths, purge: boolean): Promise<string[]> {
  const lock = existsSync(paths.stateDirectory) ? await waitForLock(paths.lock, WORKER_PATIENCE_MS) : undefined;
  const everything = [paths.configDirectory, paths.stateDirectory, paths.dataDirectory].filter(existsSync);
  const removed = purge ? everything : programFiles(paths);
  for (const path of removed) rmSync(path, { recursive: true, force: true });
  lock?.release();
  return removed;
}

/** What is in the data directory besides the records and the prices that they were given. */
function programFiles({ dataDirectory, store, updatedPrices }: Paths): string[] {
  if (!existsSync(dataDirectory)) return [];
  return readdirSync(dataDirectory)
    .map((name) => join(dataDirectory, name))
    .filter((path) => !path.startsWith(store) && path !== updatedPrices);
}

/** The directory and `~/.local/state` and its like, where nothing is in them; never HOME itself, nor what is outside. */
function removeEmptyFrom(path: string, home: string): void {
  for (let empty = path; empty.startsWith(`${home}/`); empty = dirname(empty)) removeIfEmpty(empty);
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // It is not there, or something else is in it.
  }
}
