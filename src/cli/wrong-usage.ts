/** What yargs finds wrong with a command line, in words that name it, with what was probably meant. */
import { UserError } from '../errors.ts';
import { nearest } from '../lib/nearest.ts';
import { callOf, commandNamed, type Command } from './declared.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';

/** The error, with exit code 2, for a message of yargs. */
export function wrongUsage(message: string, argv: readonly string[], program: Command): UserError {
  const command = commandNamed(program, argv);
  const { words, meant } = explained(message, argv, command) ?? { words: message };
  const help = `To see how it is called: npx ${callOf(command)} --help`;
  return new UserError(words, { hint: meant === undefined ? help : `Did you mean ${meant}? ${help}`, exitCode: 2 });
}

interface Explained {
  words: string;
  meant?: string | undefined;
}

type Explain = (found: readonly string[], argv: readonly string[], command: Command) => Explained | undefined;

const EXPLANATIONS: readonly [RegExp, Explain][] = [
  [/^Unknown (?:argument|command)s?: (.+)$/, unknown],
  [/^Not enough non-option arguments: got (\d+)/, missingPositional],
  [/^Missing required arguments?: ([^,]+)/, missingFlag],
  [/^Not enough arguments following: (.+)$/, ([, flag = '']) => ({ words: `${dashed(flag)} needs a value.` })],
  [
    /^Arguments (.+) and (.+) are mutually exclusive$/,
    ([, one = '', other = '']) => ({ words: `${dashed(one)} and ${dashed(other)} cannot be used together.` }),
  ],
  [/Argument: (.+), Given: "(.*)", Choices: (.+)$/, wrongChoice],
];

function explained(message: string, argv: readonly string[], command: Command): Explained | undefined {
  for (const [pattern, explain] of EXPLANATIONS) {
    const found = pattern.exec(message);
    if (found !== null) return explain(found, argv, command);
  }
  return undefined;
}

/** yargs names a flag twice, as it was written and in camel case. */
function unknown([, names = '']: readonly string[], argv: readonly string[], command: Command): Explained | undefined {
  for (const name of names.split(', ')) {
    if (argv.includes(name)) return unknownWord(name, command);
    for (const flag of [name, `no-${name}`]) {
      if (argv.some((one) => one.split('=', 1)[0] === dashed(flag))) return unknownFlag(flag, command);
    }
  }
  return undefined;
}

function unknownWord(word: string, command: Command): Explained {
  const names = command.commands.map(({ path }) => path.at(-1) ?? '');
  if (names.length === 0) return { words: `${callOf(command)} takes no argument ${JSON.stringify(word)}.` };
  const meant = nearest(word, names);
  return { words: `There is no command ${JSON.stringify(`${callOf(command)} ${word}`)}.`, meant };
}

function unknownFlag(flag: string, command: Command): Explained {
  const flags = [...command.flags.keys(), ...Object.keys(GLOBAL_FLAGS)];
  const negated = flags.map((name) => `no-${name}`);
  const meant = nearest(flag, [...flags, ...negated]);
  return {
    words: `${callOf(command)} has no flag ${dashed(flag)}.`,
    meant: meant === undefined ? meant : dashed(meant),
  };
}

function missingPositional(
  [, got = '']: readonly string[],
  _: readonly string[],
  command: Command,
): Explained | undefined {
  const missing = command.positionals.filter(({ isRequired }) => isRequired)[Number(got)];
  return missing === undefined ? undefined : { words: `${callOf(command)} needs ${missing.shown}: ${missing.about}.` };
}

function missingFlag([, name = '']: readonly string[], _: readonly string[], command: Command): Explained {
  const about = command.flags.get(name)?.describe;
  return { words: `${callOf(command)} needs ${dashed(name)}${about === undefined ? '' : `: ${about}`}.` };
}

function wrongChoice([, name = '', given = '', choices = '']: readonly string[]): Explained {
  const known = Array.from(choices.matchAll(/"(.*?)"/g), ([, choice = '']) => choice);
  const words = `${dashed(name)} cannot be ${JSON.stringify(given)}; there are ${known.join(', ')}.`;
  return { words, meant: nearest(given, known) };
}

function dashed(flag: string): string {
  return flag.length === 1 ? `-${flag}` : `--${flag}`;
}
