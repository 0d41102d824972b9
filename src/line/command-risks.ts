/** What in a command deserves a second look. Said by its words alone; nothing is expanded or run. */
import { homeOf } from '../lib/lexical-path.ts';
import type { Invocation } from './programs.ts';
import { insideOf, type Folders } from './project-paths.ts';
import { isSensitivePath, isSystemPath } from './sensitive-paths.ts';

export const commandRisks = ['destructive', 'privilege', 'network', 'sensitive_file', 'system_file'] as const;
export type CommandRisk = (typeof commandRisks)[number];

/** In the order of the list above, each once. */
export function commandRisksOf(invocations: readonly Invocation[]): readonly CommandRisk[] {
  return commandRisks.filter((risk) => invocations.some((invocation) => CHECKS[risk](invocation)));
}

const CHECKS: { readonly [Risk in CommandRisk]: (invocation: Invocation) => boolean } = {
  destructive: isDestructive,
  privilege: ({ program, through }) => PRIVILEGED.has(program) || through.some((name) => PRIVILEGED.has(name)),
  network: ({ program, args }) => NETWORK.has(program) || (program === 'git' && args.includes('clone')),
  sensitive_file: ({ args }) => args.some((arg) => !/\s/.test(arg) && isSensitivePath(placeIn(arg))),
  system_file: ({ args }) => args.some((arg) => isSystemPath(placeIn(arg))),
};

const PRIVILEGED: ReadonlySet<string> = new Set('sudo su doas chmod chown usermod passwd'.split(' '));
const NETWORK: ReadonlySet<string> = new Set('curl wget nc netcat ssh scp sftp ftp telnet rsync'.split(' '));
const DESTROYING = /^(?:dd|shred|wipefs|mkfs(?:\..+)?)$/;
/** Devices that only swallow or show what is written to them. */
const HARMLESS_DEVICE = /^\/dev\/(?:null|std(?:in|out|err)|tty|fd\/)/;

function isDestructive({ program, args }: Invocation): boolean {
  if (DESTROYING.test(program)) return true;
  if (program === 'chmod' && args.some((arg) => /^0?777$/.test(arg))) return true;
  if (program === 'rm' && hasFlag(args, 'r', 'recursive') && hasFlag(args, 'f', 'force')) return true;
  return args.some((arg) => arg.startsWith('>/dev/') && !HARMLESS_DEVICE.test(arg.slice(1)));
}

function hasFlag(args: readonly string[], letter: string, name: string): boolean {
  return args.some((arg) => arg === `--${name}` || (/^-[A-Za-z]+$/.test(arg) && arg.toLowerCase().includes(letter)));
}

/** The place that a word names: behind a redirection or the equals sign of an option. */
function placeIn(word: string): string {
  return word.replace(/^(?:&?[<>]+|-[\w-]*=)/, '');
}

/** Programs whose words that look like paths are addresses, or places in a container. */
const WITHOUT_PATHS: ReadonlySet<string> = new Set(
  'aws curl docker echo gh glab http kubectl podman printf wget'.split(' '),
);
/** Programs whose first word is a pattern or a program of their own. */
const WITH_PATTERN: ReadonlySet<string> = new Set('awk grep jq perl rg sed'.split(' '));
const PATH = /^(?:\/[^/\s]|~\/|\.\.(?:\/|$)|[A-Za-z]:\\)/;
const MAX_PATHS = 20;

/** Paths in the words of a command that are neither in the project nor in the working directory, each once. */
export function outsidePaths(invocations: readonly Invocation[], folders: Folders): readonly string[] {
  const { project } = folders;
  if (project === undefined) return [];
  const paths = invocations.flatMap(namedPaths).filter((path) => isOutside(path, folders, homeOf(project)));
  return [...new Set(paths)].slice(0, MAX_PATHS);
}

function namedPaths({ program, args }: Invocation): string[] {
  if (WITHOUT_PATHS.has(program)) return args.filter((arg) => arg.startsWith('>')).flatMap(pathIn);
  const pattern = WITH_PATTERN.has(program) ? args.findIndex((arg) => !arg.startsWith('-')) : -1;
  return args.filter((_, index) => index !== pattern).flatMap(pathIn);
}

function pathIn(word: string): string[] {
  const place = placeIn(word);
  return PATH.test(place) && !HARMLESS_DEVICE.test(place) ? [place] : [];
}

function isOutside(path: string, folders: Folders, home: string | undefined): boolean {
  if (!path.startsWith('~/')) return insideOf(path, folders) === undefined;
  return home === undefined || insideOf(home + path.slice(1), folders) === undefined;
}
