/** Which lines are left out: by the configuration's patterns, and by the marker file of a project. */
import { posix, win32 } from 'node:path';
import { compileGlob, matchesPart } from '../lib/glob.ts';

/** Put into a folder, nothing of what is done in it or below it is stored or sent. */
export const MARKER_FILE = '.stopwire-ignore';

/** What a line says of where it was written, under the names of the record. */
export interface LineFacts {
  /** A path, or the client's name for it where the transcript has named none yet. */
  project?: string | undefined;
  cwd?: string | undefined;
  git_branch?: string | undefined;
  entrypoint?: string | undefined;
}

/** As it stands in the configuration; patterns as in lib/glob.ts. */
export interface ExclusionConfig {
  /** Only projects that one of these matches. */
  include?: readonly string[] | undefined;
  exclude?: readonly string[] | undefined;
  excludeBranches?: readonly string[] | undefined;
  excludeEntrypoints?: readonly string[] | undefined;
}

export interface ExclusionRules {
  /** Undefined where all projects are in. */
  isIncluded: Matcher | undefined;
  isExcluded: Matcher;
  isExcludedBranch: Matcher;
  isExcludedEntrypoint: Matcher;
  /** Whether a project's folder, or one above it, has the marker file. */
  isOptedOut: (folder: string) => boolean;
}

type Matcher = (text: string) => boolean;

/** Compiles the patterns. Every answer is remembered, so that a folder is looked at once. */
export function exclusionRules(
  { include = [], exclude = [], excludeBranches = [], excludeEntrypoints = [] }: ExclusionConfig,
  { home, isOptedOut }: { home: string; isOptedOut: (folder: string) => boolean },
): ExclusionRules {
  const projects = (globs: readonly string[]): Matcher => anyOf(globs.map((glob) => projectMatcher(glob, home)));
  return {
    isIncluded: include.length === 0 ? undefined : projects(include),
    isExcluded: projects(exclude),
    isExcludedBranch: anyOf(excludeBranches.map(compileGlob)),
    isExcludedEntrypoint: anyOf(excludeEntrypoints.map(compileGlob)),
    isOptedOut: memoised(isOptedOut),
  };
}

/**
 * Whether nothing of a line may be stored or sent. Both the folder that the session was started in and the one that it
 * is in count: leaving a project does not take what was said in it along.
 */
export function isExcluded({ project, cwd, git_branch, entrypoint }: LineFacts, rules: ExclusionRules): boolean {
  const home = project ?? cwd;
  if (rules.isIncluded !== undefined && !(home !== undefined && rules.isIncluded(home))) return true;
  if (isOut(project, rules) || (cwd !== project && isOut(cwd, rules))) return true;
  return (
    (git_branch !== undefined && rules.isExcludedBranch(git_branch)) ||
    (entrypoint !== undefined && rules.isExcludedEntrypoint(entrypoint))
  );
}

function isOut(folder: string | undefined, { isExcluded: isNamed, isOptedOut }: ExclusionRules): boolean {
  return folder !== undefined && (isNamed(folder) || isOptedOut(folder));
}

function anyOf(matchers: readonly Matcher[]): Matcher {
  return matchers.length === 0 ? () => false : memoised((text) => matchers.some((matches) => matches(text)));
}

/** `~` is the home directory; a pattern that begins with neither that nor a slash matches at any depth. */
function projectMatcher(glob: string, home: string): Matcher {
  const whole = /^~(?=\/|$)/.test(glob) ? home + glob.slice(1) : glob;
  const pattern = isPath(whole) || whole.startsWith('**') ? whole : `**/${whole}`;
  const [matches, named] = [compileGlob(pattern), folderNames(pattern)];
  return (project) => (isPath(project) ? matches(normal(project)) : named(project));
}

function isPath(text: string): boolean {
  return posix.isAbsolute(text) || /^[A-Za-z]:[\\/]/.test(text);
}

function normal(path: string): string {
  return posix.isAbsolute(path) ? posix.normalize(path) : win32.normalize(path);
}

/** The client's names for the folders that a pattern matches: whatever is no letter and no digit is a hyphen there. */
function folderNames(pattern: string): Matcher {
  const parts = pattern.replace(/[\\/]+$/, '').replaceAll(/[^A-Za-z0-9*?]/g, '-');
  const name = parts.replaceAll(/-?\*\*-?/g, '*');
  return (folder) => matchesPart(name, folder) || matchesPart(`${name}-*`, folder);
}

/** Hostile transcripts can name any number of folders. */
const MAX_REMEMBERED = 10_000;

function memoised(ask: Matcher): Matcher {
  const known = new Map<string, boolean>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const answer = ask(text);
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(text, answer);
    return answer;
  };
}
