/** Directories that only their owner may look into. */
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { reasonOf, UserError } from '../errors.ts';

/**
 * Makes sure that a directory is there, is ours and is closed to everyone else (0700).
 * Throws a UserError where it cannot be made, and where it is a symbolic link or another user's: whoever owns it
 * could read or swap our files.
 */
export function ensurePrivateDirectory(path: string): void {
  make(path);
  const stats = lstatSync(path);
  if (!stats.isDirectory()) {
    throw new UserError(`${path} is a symbolic link, and stopwire keeps private files in it.`, {
      hint: 'Replace the link by a directory of your own.',
    });
  }
  const user = process.getuid?.();
  if (user !== undefined && stats.uid !== user) {
    throw new UserError(`${path} belongs to another user, and stopwire keeps private files in it.`, {
      hint: 'Run stopwire as the owner of the directory, or point XDG_STATE_HOME and its sisters elsewhere.',
    });
  }
  if ((stats.mode & 0o077) !== 0) chmodSync(path, 0o700);
}

function make(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UserError(`The directory ${path} cannot be made (${reasonOf(error)}).`, {
      hint: 'See what stands in its place and who may write there, or point XDG_STATE_HOME and its sisters elsewhere.',
      cause: error,
    });
  }
}
