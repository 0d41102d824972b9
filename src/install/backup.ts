/** Copies of a settings file from before each change: `settings.json.20261121T034512.123Z.bak` beside it. */
import { linkSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { reasonOf } from '../errors.ts';
import { syncDirectory, temporaryFor, writeNewFile, type NewFileOptions } from '../lib/atomic-write.ts';

export interface Backup extends NewFileOptions {
  /** The file, its symlinks resolved: the copy stands beside it. */
  target: string;
  bytes: Uint8Array;
  now: Date;
}

const KEPT = 5;

/** What follows the file's name: the time in UTC, and a number where two backups fall on one millisecond. */
const SUFFIX = /^\.\d{8}T\d{6}\.\d{3}Z(-\d+)?\.bak$/;

/** Writes a copy that nobody can read who cannot read the file; answers its path. What bears that name is whole. */
export function writeBackup(backup: Backup): string {
  const temporary = temporaryFor(backup.target);
  writeNewFile(temporary, backup.bytes, backup);
  try {
    const path = publish(temporary, backup);
    syncDirectory(dirname(path));
    return path;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Removes all but the newest five, of which `latest` is one whatever the clock says. */
export function pruneBackups(target: string, latest: string): void {
  try {
    const others = backupsOf(target).filter((path) => path !== latest);
    for (const path of others.slice(0, 1 - KEPT)) rmSync(path, { force: true });
  } catch {
    // A backup too many is no reason to call the change a failure.
  }
}

/** The backups beside a file, oldest first. */
export function backupsOf(target: string): string[] {
  const directory = dirname(target);
  const names = readdirSync(directory).filter((name) => isBackupOf(target, name));
  return names.toSorted().map((name) => join(directory, name));
}

/** Gives the written file the first name that is free. */
function publish(temporary: string, backup: Backup): string {
  const stamp = backup.now.toISOString().replaceAll(/[-:]/g, '');
  for (let number = 0; ; number += 1) {
    const path = `${backup.target}.${stamp}${number === 0 ? '' : `-${number}`}.bak`;
    try {
      place(temporary, path, backup);
      return path;
    } catch (error) {
      if (reasonOf(error) !== 'EEXIST') throw error;
    }
  }
}

/** By link(2), which takes no name that is taken, and, on a file system without hard links, by writing it again. */
function place(temporary: string, path: string, backup: Backup): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (reasonOf(error) === 'EEXIST') throw error;
    writeNewFile(path, backup.bytes, backup);
  }
}

/** Whether a file of this name is a backup of the file at `path`. */
function isBackupOf(path: string, name: string): boolean {
  const own = basename(path);
  return name.startsWith(own) && SUFFIX.test(name.slice(own.length));
}
