/** Changes and restores Claude Code's settings.json as a file: nothing of it is lost, whatever goes wrong. */
import { accessSync, constants, lstatSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf, SettingsRefusedError, UserError } from '../errors.ts';
import { syncDirectory, writeFileAtomically } from '../lib/atomic-write.ts';
import { sha256 } from '../lib/hash.ts';
import { pruneBackups, writeBackup } from './backup.ts';
import { readSettings, refused, reported, type SettingsFile } from './settings-read.ts';
import type { Created, SettingsEdit } from './settings.ts';

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
    const { text, created } = edited(file, edit);
    const change = { created, before: file.bytes, after: Buffer.from(text) };
    if (text === file.text) return { ...change, changed: false, backup: undefined, madeDirectory };
    madeDirectory = reported(path, () => makeDirectoryOf(file)) || madeDirectory;
    const replaced = reported(path, () => replaceAfterBackup(file, change.after, now));
    if (replaced !== undefined) return { ...change, ...replaced, changed: true, madeDirectory };
  }
  throw new UserError(`${path} was left as it is, because another program kept changing it; try again later.`);
}

/**
 * Puts earlier bytes back, or none: `to` undefined removes the file. Only a file that is still as `ifSha256` says is
 * touched. It makes no backup: what goes is a file that this program wrote, with nothing in it but the bytes put back
 * and the hook.
 *
 * @returns whether it did
 * @throws as `changeSettings` does
 */
export function restoreSettings(options: { path: string; ifSha256: string; to: Buffer | undefined }): boolean {
  const { path, ifSha256, to } = options;
  return reported(path, () => {
    const file = readSettings(path);
    if (file.bytes === undefined || sha256(file.bytes) !== ifSha256) return false;
    return to === undefined ? remove(file) : replace(file, to);
  });
}

/** The edit, with the file's path in front of what it refuses. */
function edited({ path, text }: SettingsFile, edit: (text: string) => SettingsEdit): SettingsEdit {
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
function replaceAfterBackup(file: SettingsFile, data: Buffer, now: Date): { backup: string | undefined } | undefined {
  refuseReadOnly(file);
  const { target, bytes, mode, owner } = file;
  const backup = bytes && writeBackup({ target, bytes, mode, owner, now });
  let done = false;
  try {
    done = swap(file, data);
  } finally {
    if (!done && backup !== undefined) rmSync(backup, { force: true });
  }
  if (!done) return undefined;
  verify(file, data, backup);
  if (backup !== undefined) pruneBackups(target, backup);
  return { backup };
}

function replace(file: SettingsFile, data: Buffer): boolean {
  refuseReadOnly(file);
  if (!swap(file, data)) return false;
  verify(file, data, undefined);
  return true;
}

function remove(file: SettingsFile): boolean {
  refuseReadOnly(file);
  // Somebody has moved the file and left a link in its place, which would then lead nowhere.
  if (lstatSync(file.path).isSymbolicLink()) return false;
  rmSync(file.target);
  syncDirectory(dirname(file.target));
  return true;
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
  const { target, mode } = file;
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
