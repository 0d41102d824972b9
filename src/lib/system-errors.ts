/** What a disk or the system refuses, in words for people. */
import { UserError } from '../errors.ts';

/** Why, by the system's own code. */
const REASONS: { readonly [code: string]: string } = {
  EACCES: 'its permissions forbid it',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk reports an input/output error',
  EISDIR: 'it is a folder',
  EMFILE: 'this process may not have more files open',
  ENFILE: 'this machine may not have more files open',
  ENOENT: 'its folder does not exist',
  ENOSPC: 'the disk is full',
  EPERM: 'the system does not allow it',
  EROFS: 'the file system is read-only',
};

/** What to do about those that can stop any command. */
const HINTS: { readonly [code: string]: string } = {
  EACCES: 'See who may read and write there, and run the command as that user.',
  EDQUOT: 'Free some of it, and run the same command again.',
  EIO: 'See what the system says of the disk (dmesg), and keep a copy of what is on it.',
  EMFILE: 'Allow more (ulimit -n), and run the same command again.',
  ENFILE: 'End programs that are not needed, and run the same command again.',
  ENOSPC: 'Make room, and run the same command again.',
  EPERM: 'See who owns it, whether it is immutable (lsattr), and what a sandbox allows.',
  EROFS: 'Make it writable, or point XDG_STATE_HOME and its sisters elsewhere.',
};

/** Calls of Node's file functions, by what they would have done; every other one goes on. */
const DONE: { readonly [syscall: string]: string } = {
  access: 'read',
  fstat: 'read',
  lstat: 'read',
  open: 'opened',
  opendir: 'read',
  read: 'read',
  readlink: 'read',
  realpath: 'read',
  scandir: 'read',
  stat: 'read',
};
const WRITES =
  /^(?:write|create|mkdir|rmdir|rename|unlink|rm|link|symlink|copyfile|cp|f?truncate|f?chmod|f?chown|[fl]?utimes?|fsync|fdatasync|mkdtemp)$/;

/** Why, in a few words, for a code that is known. */
export function systemReason(code: string): string | undefined {
  return REASONS[code];
}

/** The error of a file function as a sentence, where the system itself has refused; undefined for every other error. */
export function systemRefusal(error: unknown): UserError | undefined {
  const { code, syscall, path } = partsOf(error);
  const hint = HINTS[code];
  const done = DONE[syscall] ?? (WRITES.test(syscall) ? 'written' : undefined);
  if (hint === undefined || done === undefined) return undefined;
  return new UserError(`${path} could not be ${done}: ${REASONS[code]} (${code}).`, { hint, cause: error });
}

/** By shape and not by class: an error may come from another realm. */
function partsOf(error: unknown): { code: string; syscall: string; path: string } {
  const fields: { readonly [name: string]: unknown } = typeof error === 'object' && error !== null ? { ...error } : {};
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  // A call on an open file says nothing of its path.
  return { code: text('code'), syscall: text('syscall'), path: text('path') || 'A file' };
}
