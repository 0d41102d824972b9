/** uninstall: the hook out of settings.json first, then everything that is stopwire's own. */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../lib/hash.ts';
import type { Paths } from '../state/paths.ts';
import { readInstallation, type PatchedSettings } from './installation.ts';
import { isOurs } from './launcher.ts';
import { isBackupOf } from './backup.ts';
import { waitForLock } from '../state/lock.ts';
import { settingsPath } from './install.ts';
import { changeSettings, readSettings, restoreSettings } from './settings-file.ts';
import { findHooks, removeHook } from './settings.ts';

export interface UninstallOptions {
  paths: Paths;
  /** A configuration root to look into even where the installation's record is lost. */
  claudeDirectory: string;
  /** Leaves the embedded store where it is. */
  keepRecords: boolean;
  now: Date;
}

export interface UninstallReport {
  /** What became of each settings file. */
  settings: { path: string; outcome: 'restored' | 'edited' | 'untouched'; backup?: string }[];
  removed: string[];
}

/** A worker that is under way gets this long to end; one that does not loses its folders and ends then. */
const WORKER_PATIENCE_MS = 5_000;

/** Takes everything back. A settings file that cannot be edited is refused before anything is removed. */
export async function uninstall(options: UninstallOptions): Promise<UninstallReport> {
  const { paths, claudeDirectory, keepRecords, now } = options;
  const patched = readInstallation(paths.installation);
  const path = settingsPath(claudeDirectory);
  if (!patched.some((one) => one.path === path)) patched.push({ path, created: [], sha256: '' });
  const settings = patched.map((one) => takeBack(one, now));
  if (existsSync(paths.stateDirectory)) await waitForLock(paths.lock, WORKER_PATIENCE_MS);
  const removed = [paths.configDirectory, paths.stateDirectory, ...ownData(paths, keepRecords)].filter(existsSync);
  for (const own of removed) {
    rmSync(own, { recursive: true, force: true });
    removeEmptyParents(own, paths.home);
  }
  return { settings, removed };
}

function takeBack(patched: PatchedSettings, now: Date): UninstallReport['settings'][number] {
  const { path } = patched;
  if (!existsSync(path)) return { path, outcome: 'untouched' };
  const original = originalOf(patched);
  if (original !== 'unknown' && restoreSettings({ path, ifSha256: patched.sha256, to: original })) {
    if (patched.madeDirectory) removeIfEmpty(dirname(path));
    removeNeedlessBackups(path);
    return { path, outcome: 'restored' };
  }
  const change = changeSettings({ path, edit: (text) => removeHook(text, isOurs, patched.created), now });
  removeNeedlessBackups(path);
  if (!change.changed) return { path, outcome: 'untouched' };
  return { path, outcome: 'edited', ...(change.backup !== undefined && { backup: change.backup }) };
}

/** The bytes from before; undefined where there was no file. A backup with an older hook of ours is not from before. */
function originalOf({ backup, wasMissing }: PatchedSettings): Buffer | undefined | 'unknown' {
  if (wasMissing) return undefined;
  if (backup === undefined || !existsSync(backup)) return 'unknown';
  const bytes = readFileSync(backup);
  return findHooks(bytes.toString('utf8'), isOurs).length > 0 ? 'unknown' : bytes;
}

/** A backup that says the same as the file is a trace, not a help. */
function removeNeedlessBackups(path: string): void {
  if (!existsSync(path)) return;
  const { target } = readSettings(path);
  const directory = dirname(target);
  const current = sha256(readFileSync(target));
  for (const name of readdirSync(directory).filter((one) => isBackupOf(target, one))) {
    const backup = join(directory, name);
    if (sha256(readFileSync(backup)) === current) rmSync(backup);
  }
}

function ownData({ dataDirectory, store }: Paths, keepRecords: boolean): string[] {
  if (!keepRecords || !existsSync(dataDirectory)) return [dataDirectory];
  return readdirSync(dataDirectory)
    .map((name) => join(dataDirectory, name))
    .filter((path) => !path.startsWith(store));
}

/** `~/.local/state` and its like, where nothing else is in them; never HOME itself, nor anything outside of it. */
function removeEmptyParents(path: string, home: string): void {
  for (let parent = dirname(path); parent.startsWith(`${home}/`); parent = dirname(parent)) removeIfEmpty(parent);
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Somebody else has put something in it since.
  }
}
