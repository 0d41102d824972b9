/** What could stand at the end of a command line: commands, flags, and the names that some of them take. */
import type { Options } from 'yargs';
import { readConfig } from '../config.ts';
import { destinationKinds } from '../destinations/index.ts';
import { pathsFrom } from '../state/paths.ts';
import { commandNamed, type Command } from './declared.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';

type Names = (env: NodeJS.ProcessEnv) => readonly string[] | Promise<readonly string[]>;

const destinations: Names = (env) => (readConfig(pathsFrom(env).config)?.destinations ?? []).map(({ name }) => name);
const types: Names = () => Object.keys(destinationKinds);
const keys: Names = async () => Object.keys((await import('../commands/config-keys.ts')).configKeys);

/** Names that are not declared, by the flag or the argument that takes them: of one command, else of any. */
const NAMES: { readonly [taker: string]: Names } = {
  'destinations add --type': types,
  'destinations add <name>': types,
  'install --destination': types,
  '[type]': types,
  '--destination': destinations,
  '<name>': destinations,
  '[name]': destinations,
  '<key>': keys,
  '[key]': keys,
  '[shell]': () => ['bash', 'zsh', 'fish'],
};

/** Anything else in a name would be for the shell to interpret. */
const PLAIN = /^[\w.:@/-]+$/;

interface Line {
  /** All words after `stopwire`, but for the one that is being typed. */
  before: readonly string[];
  command: Command;
  flags: ReadonlyMap<string, Options>;
  env: NodeJS.ProcessEnv;
}

/** The words that begin as the last one of the line does. */
export async function completions(
  program: Command,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const [before, current] = [words.slice(0, -1), words.at(-1) ?? ''];
  const command = commandNamed(program, before);
  const flags = new Map([...command.flags, ...Object.entries(GLOBAL_FLAGS)]);
  const found = await candidates({ before, command, flags, env }, current);
  return found.filter((word) => word.startsWith(current) && PLAIN.test(word));
}

async function candidates(line: Line, current: string): Promise<readonly string[]> {
  const { before, command, flags } = line;
  const flag = valueFlag(before.at(-1), flags);
  if (flag !== undefined) return flags.get(flag)?.choices?.map(String) ?? namesFor(`--${flag}`, line);
  if (current.startsWith('-')) return [...flags].flatMap(([name, one]) => written(name, one));
  const place = argumentsIn(before, flags) - command.path.length;
  if (command.commands.length > 0) return place > 0 ? [] : command.commands.map(({ path }) => path.at(-1) ?? '');
  const positional = command.positionals[place];
  return positional === undefined ? [] : namesFor(positional.shown, line);
}

async function namesFor(taker: string, { command, env }: Line): Promise<readonly string[]> {
  const names = NAMES[`${command.path.join(' ')} ${taker}`] ?? NAMES[taker];
  return (await names?.(env)) ?? [];
}

/** The flag that waits for its value. */
function valueFlag(word: string | undefined, flags: ReadonlyMap<string, Options>): string | undefined {
  const name = word?.startsWith('--') ? word.slice(2) : undefined;
  return name !== undefined && flags.get(name)?.type !== 'boolean' && flags.has(name) ? name : undefined;
}

function written(name: string, { type, default: value }: Options): string[] {
  const isNegated = type === 'boolean' && (value === true || name === 'color');
  return isNegated ? [`--no-${name}`, `--${name}`] : [`--${name}`];
}

/** How many words are neither flags nor their values. */
function argumentsIn(words: readonly string[], flags: ReadonlyMap<string, Options>): number {
  return words.filter((word, index) => !word.startsWith('-') && valueFlag(words[index - 1], flags) === undefined)
    .length;
}
