/** What commands declare, as data, for which yargs is not loaded: the help, completion, corrections and the reference. */
import type { Argv, Options, PositionalOptions } from 'yargs';
import type { CommandLine, Section } from './command-line.ts';

export interface Command {
  /** The words that call it, after `stopwire`; none for the program itself. */
  path: readonly string[];
  about: string;
  /** The heading that it stands under; commands of commands have none. */
  section: string | undefined;
  positionals: Positional[];
  flags: Map<string, Options>;
  commands: Command[];
  examples: { line: string; about: string }[];
  /** What is said below everything else. */
  notes: string;
  /** Undefined where one of its commands has to be named. */
  run: Run | undefined;
}

type Run = (flags: { readonly [name: string]: unknown }) => unknown;

export interface Positional {
  name: string;
  /** As a usage line shows it: `<id>`, `[ids..]`. */
  shown: string;
  isRequired: boolean;
  about: string;
}

/** The whole program: its commands, and theirs. No handler is called. */
export function declaredProgram(about: string, sections: readonly Section[], commandLine: CommandLine): Command {
  const program = newCommand([], about);
  for (const { title, groups } of sections) {
    const already = program.commands.length;
    for (const group of groups) group(recorder(program), commandLine);
    for (const command of program.commands.slice(already)) command.section = title;
  }
  return program;
}

/** The command that a command line names, as far as its words are known. */
export function commandNamed(program: Command, argv: readonly string[]): Command {
  let command = program;
  for (const word of argv.filter((one) => !one.startsWith('-'))) {
    const next = command.commands.find(({ path }) => path.at(-1) === word);
    if (next === undefined) break;
    command = next;
  }
  return command;
}

/**
 * What a command line of nothing but a command's words calls, where that command takes no argument and needs no flag;
 * undefined where there is something to parse.
 */
export function bareCall(program: Command, argv: readonly string[]): (() => unknown) | undefined {
  const { path, positionals, flags, run } = commandNamed(program, argv);
  const isWhole = path.length === argv.length && path.every((word, index) => word === argv[index]);
  const isBare = positionals.length === 0 && Array.from(flags.values()).every(({ demandOption }) => !demandOption);
  if (run === undefined || !isWhole || !isBare) return undefined;
  const given = Array.from(flags).filter(([, flag]) => flag.default !== undefined);
  const defaults = given.map(([name, flag]) => [camelCase(name), flag.default]);
  return () => run(Object.fromEntries(defaults));
}

/** As yargs hands flags to a command. */
function camelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The command and all below it. */
export function withAllBelow(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withAllBelow)];
}

/** `stopwire destinations add`. */
export function callOf({ path }: Command): string {
  return ['stopwire', ...path].join(' ');
}

function newCommand(path: readonly string[], about: string): Command {
  const positionals: Positional[] = [];
  return {
    path,
    about,
    section: undefined,
    positionals,
    flags: new Map(),
    commands: [],
    examples: [],
    notes: '',
    run: undefined,
  };
}

type Build = (command: Argv) => unknown;

/** Stands in for yargs: takes note of what is declared, by those of its methods that commands are declared with. */
function recorder(command: Command): Argv {
  const methods = {
    command(usage: string, about: string, build?: Build, run?: Run) {
      const [word = '', ...positionals] = usage.split(' ');
      const one = newCommand([...command.path, word], about);
      one.positionals.push(...positionals.map(positionalFrom));
      one.run = run;
      build?.(recorder(one));
      command.commands.push(one);
      return methods;
    },
    positional(name: string, { describe = '' }: PositionalOptions) {
      const positional = command.positionals.find((one) => one.name === name);
      if (positional !== undefined) positional.about = describe;
      return methods;
    },
    options(flags: { [name: string]: Options }) {
      for (const [name, flag] of Object.entries(flags)) command.flags.set(name, flag);
      return methods;
    },
    example(line: string, about: string) {
      command.examples.push({ line: line.replace('$0', 'stopwire'), about });
      return methods;
    },
    epilogue(notes: string) {
      command.notes = notes;
      return methods;
    },
    demandCommand: () => methods,
    conflicts: () => methods,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a command that uses another method fails every test of the help
  return methods as unknown as Argv;
}

function positionalFrom(shown: string): Positional {
  return { name: shown.replaceAll(/[<>[\].]/g, ''), shown, isRequired: shown.startsWith('<'), about: '' };
}
