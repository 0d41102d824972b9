/** `stopwire exclude` and `include`: the patterns that say what is stored and sent at all. */
import { resolve } from 'node:path';
import { changeConfig, emptyConfig, patternLists, readConfig, type Config } from '../config.ts';
import { UserError } from '../errors.ts';
import { MARKER_FILE } from '../privacy/exclusion.ts';
import { pathsFrom } from '../state/paths.ts';
import { paintFor, printable, type Terminal } from '../ui.ts';

export interface PatternFlags {
  list: 'include' | 'exclude';
  glob: string;
  /** The pattern is one for branches, or for entrypoints, and not for projects. */
  branch?: boolean | undefined;
  entrypoint?: boolean | undefined;
  json: boolean;
}

type ListName = (typeof patternLists)[number];

export function addPattern(flags: PatternFlags, terminal: Terminal): number {
  const [name, glob] = [listOf(flags), patternFrom(flags)];
  change(flags, terminal, (before) => (before.includes(glob) ? before : [...before, glob]));
  if (flags.json) return 0;
  const paint = paintFor('stderr', terminal.env);
  const what = `${nounOf(name)} that ${paint.place(printable(glob))} matches`;
  if (name === 'include') {
    terminal.say(`${paint.done('done')}  ${what} are included; those that no such pattern matches are left out.`);
    return 0;
  }
  terminal.say(`${paint.done('done')}  Nothing more of ${what} is stored or sent.`);
  terminal.say(`      What is in the embedded store stays there; to remove it:`);
  terminal.say(`      ${paint.place('npx stopwire purge --project <folder>')}`);
  return 0;
}

/** Exit code 2 where there is no such pattern. */
export function removePattern(flags: PatternFlags, terminal: Terminal): number {
  const [name, glob] = [listOf(flags), patternFrom(flags)];
  change(flags, terminal, (before) => {
    if (before.includes(glob)) return before.filter((one) => one !== glob);
    throw new UserError(`There is no pattern ${JSON.stringify(glob)} in "${name}".`, {
      hint: `To see them: npx stopwire ${flags.list} list`,
      exitCode: 2,
    });
  });
  const paint = paintFor('stderr', terminal.env);
  if (!flags.json) terminal.say(`${paint.done('done')}  ${paint.place(printable(glob))} does not count any more.`);
  return 0;
}

/** One pattern a line, those of branches and entrypoints with what they are for before them. */
export function listPatterns({ list, json }: Pick<PatternFlags, 'list' | 'json'>, terminal: Terminal): number {
  const config = readConfig(pathsFrom(terminal.env).config) ?? emptyConfig();
  if (json) {
    terminal.out(JSON.stringify(published(config)));
    return 0;
  }
  const names = patternLists.filter((name) => name.startsWith(list));
  const lines = names.flatMap((name) => (config[name] ?? []).map((glob) => `${prefixOf(name)}${printable(glob)}`));
  for (const line of lines) terminal.out(line);
  if (lines.length > 0) return 0;
  terminal.say(
    list === 'include' ? 'No pattern: every project is included.' : 'No pattern: nothing is left out by one.',
  );
  if (list === 'exclude') terminal.say(`A project opts out by a file ${MARKER_FILE} in its folder or one above it.`);
  return 0;
}

/** What has been stored and sent is not touched. A list without patterns goes. */
function change(flags: PatternFlags, terminal: Terminal, edit: (before: readonly string[]) => readonly string[]): void {
  const name = listOf(flags);
  const config = changeConfig(pathsFrom(terminal.env).config, (before) => {
    const patterns = before[name] ?? [];
    const edited = edit(patterns);
    if (edited === patterns) return before;
    const after: Config = { ...before, [name]: edited };
    if (edited.length === 0) delete after[name];
    return after;
  });
  if (flags.json) terminal.out(JSON.stringify(published(config)));
}

function listOf({ list, branch, entrypoint }: PatternFlags): ListName {
  if (branch) return 'excludeBranches';
  return entrypoint ? 'excludeEntrypoints' : list;
}

/** A path from here becomes one from the root: the hook runs elsewhere. */
function patternFrom({ glob, branch, entrypoint }: PatternFlags): string {
  if (glob === '') throw new UserError('An empty pattern matches nothing.', { exitCode: 2 });
  const isFromHere = !branch && !entrypoint && /^\.{1,2}(?:[\\/]|$)/.test(glob);
  return isFromHere ? resolve(glob) : glob;
}

function published(config: Config): { [Name in ListName]?: readonly string[] } {
  return Object.fromEntries(patternLists.map((name) => [name, config[name] ?? []]));
}

function nounOf(name: ListName): string {
  if (name === 'excludeBranches') return 'lines on branches';
  return name === 'excludeEntrypoints' ? 'sessions with an entrypoint' : 'projects';
}

function prefixOf(name: ListName): string {
  if (name === 'excludeBranches') return 'branch ';
  return name === 'excludeEntrypoints' ? 'entrypoint ' : '';
}
