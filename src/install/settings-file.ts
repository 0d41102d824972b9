/** Changes and restores Claude Code's settings.json as a file: nothing of it is lost, whatever goes wrong. */
import { accessSync, constants, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf, SettingsRefusedError, UserError } from '../errors.ts';
import { removeTemporaries, syncDirectory, writeFileAtomically } from '../lib/atomic-write.ts';
import { sha256 } from '../lib/hash.ts';
import { pruneBackups, writeBackup } from './backup.ts';
import { overwrite } from './settings-overwrite.ts';
import { readSettings, refused, reported, type SettingsFile } from './settings-read.ts';
import type { Created } from './settings-parse.ts';
import type { SettingsEdit } from './settings.ts';

export { readSettings, type SettingsFile } from './settings-read.ts';

export interface SettingsChange {
  changed: boolean;
  created: readonly Created[];
  /** The copy of the file from before; undefined where nothing was changed or there was no file. */
  backup: string | undefined;
  before: Buffer | undefined;
  /** The file's bytes now; none where there is still no file. */
  after: Buffer;
  /** The file's directory was missing. */
  madeDirectory: boolean;
}

/** What a change leaves behind. */
interface Replaced {
  /** The copy of the file from before; undefined where there was none. */
  backup: string | undefined;
}

const MAX_TRIES = 8;

/**
 * Changes a settings file, after a backup and in one step. Where another program has changed the file in the meantime
 * it starts again from what that one wrote, so `edit` may be called more than once.
 *
 * @throws SettingsRefusedError where the file is read-only, or `edit` or `readSettings` refuses it
 * @throws UserError where the file cannot be written, or keeps changing
 */
export function changeSettings(options: {
  path: string;
  edit: (text: string) => SettingsEdit;
  now: Date;
}): SettingsChange {
  const { path, edit, now } = options;
  let madeDirectory = false;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const file = readSettings(path);
    const { text, created } = editSettings(file, edit);
    const change = { created, before: file.bytes, after: Buffer.from(text) };
    if (text === file.text) return { ...change, changed: false, backup: undefined, madeDirectory };
    madeDirectory = reported(path, () => makeDirectoryOf(file)) || madeDirectory;
    const replaced = reported(path, () => replaceAfterBackup(file, change.after, now));
    if (replaced !== undefined) return { ...change, ...replaced, changed: true, madeDirectory };
  }
  throw new UserError(`${path} was left as it is, because another program kept changing it; try again later.`);
}

/**
 * Puts earlier bytes back, after a backup, or none: `to` undefined removes the file, in which nothing was but the hook.
 * Only a file that is still as `ifSha256` says is touched.
 *
 * @returns the backup, where there is one; undefined where the file is another by now
 * @throws as `changeSettings` does
 */
export function restoreSettings(options: {
  path: string;
  ifSha256: string;
  to: Buffer | undefined;
  now: Date;
}): Replaced | undefined {
  const { path, ifSha256, to, now } = options;
  return reported(path, () => {
    const file = readSettings(path);
    if (file.bytes === undefined || sha256(file.bytes) !== ifSha256) return undefined;
    return to === undefined ? remove(file) : replaceAfterBackup(file, to, now);
  });
}

/** Removes what a process left beside the file that was killed; call it where none is at work. */
export function tidySettings(path: string): void {
  const { target } = readSettings(path);
  reported(path, () => existsSync(dirname(target)) && removeTemporaries(target));
}

/** The edit, with the file's path in front of what it refuses. */
export function editSettings({ path, text }: SettingsFile, edit: (text: string) => SettingsEdit): SettingsEdit {
  try {
    return edit(text);
  } catch (error) {
    if (!(error instanceof SettingsRefusedError)) throw error;
    throw new SettingsRefusedError(`${path} was left as it is. ${error.message}`, error.hint ?? '');
  }
}

/** The client's own directory has no business with other users of the machine. */
function makeDirectoryOf({ target }: SettingsFile): boolean {
  return mkdirSync(dirname(target), { recursive: true, mode: 0o700 }) !== undefined;
}

/** Undefined where the file has changed since it was read; then there is no backup of it either. */
function replaceAfterBackup(file: SettingsFile, data: Buffer, now: Date): Replaced | undefined {
  refuseReadOnly(file);
  const { target, bytes, mode, owner } = file;
  const backup = bytes && writeBackup({ target, bytes, mode, owner, now });
  if (!swapOrWithout(backup, file, data)) return undefined;
  verify(file, data, backup);
  if (backup !== undefined) pruneBackups(target, backup);
  return { backup };
}

/** A backup of a file that was not changed goes again. */
function swapOrWithout(backup: string | undefined, file: SettingsFile, data: Buffer): boolean {
  try {
    const isReplaced = swap(file, data);
    if (!isReplaced && backup !== undefined) rmSync(backup, { force: true });
    return isReplaced;
  } catch (error) {
    const { path, target, bytes, names } = file;
    if (names > 1 && bytes !== undefined && !holds(target, bytes)) throw halfWritten(path, backup, error);
    if (backup !== undefined) rmSync(backup, { force: true });
    throw error;
  }
}

function halfWritten(path: string, backup: string | undefined, cause: unknown): UserError {
  return new UserError(`${path} could not be written whole (${reasonOf(cause)}).`, {
    hint: `Its bytes from before are in ${backup}.`,
    cause,
  });
}

function remove(file: SettingsFile): Replaced | undefined {
  refuseReadOnly(file);
  // Somebody has moved the file and left a link in its place, which would then lead nowhere.
  if (lstatSync(file.path).isSymbolicLink()) return undefined;
  rmSync(file.target);
  syncDirectory(dirname(file.target));
  return { backup: undefined };
}

/** A rename would get past a read-only file, and root past any; but whoever made it read-only meant it. */
function refuseReadOnly({ path, target, bytes, mode }: SettingsFile): void {
  const hint = 'Make it writable and try again.';
  const isLocked = bytes !== undefined && ((mode & 0o200) === 0 || !isWritable(target));
  if (isLocked) throw refused(path, 'is read-only', hint);
  if (!isWritable(dirname(target))) throw refused(path, 'is in a read-only directory', hint);
}

/** What is gone by now is for the comparison before the swap to notice. */
function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch (error) {
    return !['EACCES', 'EPERM', 'EROFS'].includes(reasonOf(error));
  }
}

/** Compare and swap: replaces the file unless it is no longer what was read. */
function swap(file: SettingsFile, data: Buffer): boolean {
  const { target, bytes, mode, names } = file;
  if (bytes !== undefined && names > 1) return isUnchanged(file) && overwrite(target, bytes, data);
  const owner = file.owner ?? statSync(dirname(target));
  return writeFileAtomically(target, data, { mode, owner, onlyIf: () => isUnchanged(file) });
}

function isUnchanged({ path, target, bytes }: SettingsFile): boolean {
  const now = readSettings(path);
  if (now.target !== target) return false;
  return now.bytes === undefined || bytes === undefined ? now.bytes === bytes : now.bytes.equals(bytes);
}

function verify({ path, target }: SettingsFile, data: Buffer, backup: string | undefined): void {
  if (holds(target, data)) return;
  const hint = backup === undefined ? {} : { hint: `The file from before is in ${backup}.` };
  throw new UserError(`${path} was replaced, but does not hold what was written to it; look into it.`, hint);
}

function holds(path: string, data: Buffer): boolean {
  try {
    return readFileSync(path).equals(data);
  } catch {
    return false;
  }
}
