/** A file with a secret in it, which its owner alone may read. */
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { isAbsolute } from 'node:path';
import { reasonOf } from '../errors.ts';
import type { SecretText } from './secret-text.ts';

/** A certificate chain is long; no key is longer. */
const MAX_BYTES = 65_536;
/** Without waiting, where the path is a pipe. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** Refuses one that is another user's or that others can read, as ssh does. What is checked is what is read. */
export function textFromPrivateFile(path: string): SecretText {
  // The worker runs in the folder of the session, where anything may lie.
  if (!isAbsolute(path)) return { why: `the path ${path} is not absolute`, hint: 'Write the whole path, from / on.' };
  try {
    const file = openSync(path, FLAGS);
    try {
      return refusal(path, fstatSync(file)) ?? { text: readFileSync(file, 'utf8') };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return { why: `${path} cannot be read (${reasonOf(error)})`, hint: 'Check the path, and who may read the file.' };
  }
}

function refusal(path: string, stats: Stats): SecretText | undefined {
  if (!stats.isFile()) return { why: `${path} is not a file`, hint: 'Check the path.' };
  if (stats.size > MAX_BYTES) return { why: `${path} is far too long for a secret`, hint: 'Check the path.' };
  // Windows has neither such users nor such modes.
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  if (stats.uid !== user) {
    return { why: `${path} belongs to another user`, hint: `Make it yours: chown "$(id -un)" ${quoted(path)}` };
  }
  if ((stats.mode & 0o077) === 0) return undefined;
  return { why: `others can read ${path}`, hint: `Close it to them: chmod 600 ${quoted(path)}` };
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
