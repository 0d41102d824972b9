/** What is checked out: HEAD and the refs it leads to, each a file of one line or packed with others. */
import { join } from 'node:path';
import { readRegularFile } from './read-file.ts';

/** HEAD and single refs are one line. */
const MAX_LINE_BYTES = 65_536;
const MAX_PACKED_REFS_BYTES = 16_777_216;
/** As many refs git follows from one to the next. */
const MAX_SYMBOLIC_REFS = 5;

/** The line in HEAD; undefined where it is none that git would take: a ref or a commit. */
export function readHead(directory: string): string | undefined {
  const line = readLine(join(directory, 'HEAD'));
  const isHead = targetOf(line)?.startsWith('refs/') ?? commitOf(line) !== undefined;
  return isHead ? line : undefined;
}

/** The branch that HEAD names; undefined where it is detached, and where refs are kept in a reftable. */
export function branchOf(head: string): string | undefined {
  const ref = targetOf(head);
  return ref !== undefined && isRefName(ref) ? /^refs\/heads\/(.+)$/s.exec(ref)?.[1] : undefined;
}

/** The commit that HEAD names, whichever refs lie between; undefined before the first one. */
export function commitAt(head: string, directory: string): string | undefined {
  let line: string | undefined = head;
  for (let hops = 0; hops < MAX_SYMBOLIC_REFS; hops += 1) {
    const ref = targetOf(line);
    if (ref === undefined) return commitOf(line);
    if (!isRefName(ref)) return undefined;
    line = readLine(join(directory, ref)) ?? packedRef(directory, ref);
  }
  return undefined;
}

/** The ref that a line names instead of a commit. */
function targetOf(line: string | undefined): string | undefined {
  return line === undefined ? undefined : /^ref:\s*(.+)$/s.exec(line)?.[1];
}

/** SHA-1, or SHA-256 in repositories of that format. */
function commitOf(line: string | undefined): string | undefined {
  return line === undefined ? undefined : /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.exec(line)?.[0];
}

/**
 * By the rules of git-check-ref-format(1), as far as they keep a name inside the folder of refs. The branch of a
 * repository with a reftable fails here: its HEAD names `refs/heads/.invalid`.
 */
function isRefName(ref: string): boolean {
  return /^refs\/[^\p{Cc} ~^:?*[\\]+$/u.test(ref) && !/\/\.|\.\.|\/\/|\/$|\.$|@\{|\.lock(?:\/|$)/.test(ref);
}

/** Lines of `packed-refs` are a commit, a blank and a ref. */
function packedRef(directory: string, ref: string): string | undefined {
  const refs = readRegularFile(join(directory, 'packed-refs'), MAX_PACKED_REFS_BYTES);
  if (refs === undefined) return undefined;
  const end = `${refs}\n`.indexOf(` ${ref}\n`);
  return end === -1 ? undefined : refs.slice(refs.lastIndexOf('\n', end) + 1, end);
}

function readLine(path: string): string | undefined {
  return readRegularFile(path, MAX_LINE_BYTES)?.trimEnd();
}
