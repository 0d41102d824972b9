/** Every command and flag, by groups. A command's code is loaded when it runs, and yargs when there is one to parse. */
import type { CommandLine, Section } from './cli/command-line.ts';
import { bareCall, commandNamed, declaredProgram, type Command } from './cli/declared.ts';
import { deliveryCommands } from './cli/delivery.ts';
import { destinationsCommands } from './cli/destinations.ts';
import { doctorCommands } from './cli/doctor.ts';
import { GLOBAL_FLAGS, globalFlags, isGlobalFlag, type GlobalFlags } from './cli/global-flags.ts';
import { helpPage } from './cli/help.ts';
import { keepingCommands } from './cli/keeping.ts';
import { pausingCommands } from './cli/pausing.ts';
import { pricesCommands } from './cli/prices.ts';
import { privacyCommands } from './cli/privacy.ts';
import { programCommands } from './cli/program.ts';
import { recordsCommands } from './cli/records.ts';
import { setupCommands } from './cli/setup.ts';
import { reasonOf } from './errors.ts';
import { programVersion } from './program.ts';
import { paintFor, processTerminal, sayError, type Terminal } from './ui.ts';

const SECTIONS: readonly Section[] = [
  { title: 'Set up and check', groups: [setupCommands, doctorCommands] },
  { title: 'Deliver', groups: [deliveryCommands, destinationsCommands, pausingCommands] },
  { title: 'Look at records', groups: [recordsCommands, pricesCommands] },
  { title: 'Protect and keep', groups: [privacyCommands, keepingCommands] },
  { title: 'stopwire itself', groups: [programCommands] },
];

/** What the scripts of `completion` call; for nobody else. */
const COMPLETE = '__complete';

/** Runs the command line; sets the exit code. The only place above the line that catches. */
export async function main(argv: readonly string[]): Promise<void> {
  const flags = globalFlags(argv);
  const terminal = processTerminal(flags);
  const failed = (error: unknown): number => sayError(error, processTerminal({ color: flags.color }), flags);
  // What a callback throws passes the line below by, and Node would print it with its stack.
  process.once('uncaughtException', (error) => process.exit(isReaderGone(error) ? 0 : failed(error)));
  try {
    if (flags.verbose) (await import('./cli/narrate.ts')).narrate(terminal);
    await answer(argv, flags, terminal);
  } catch (error) {
    process.exitCode = failed(error);
  }
}

/** All commands with their flags, for the help and for the reference. */
export function declaredCommands(commandLine: CommandLine): Command {
  const about = 'One Claude Code Stop hook that delivers every transcript line as a record.';
  return declaredProgram(about, SECTIONS, commandLine);
}

async function answer(argv: readonly string[], flags: GlobalFlags, terminal: Terminal): Promise<void> {
  const commandLine = { terminal, exit };
  const program = declaredCommands(commandLine);
  const [first, ...others] = argv;
  if (first === COMPLETE) {
    const { completions } = await import('./cli/complete.ts');
    for (const word of await completions(program, others, terminal.env)) terminal.out(word);
  } else if (flags.help || first === 'help') {
    const named = commandNamed(program, first === 'help' ? others : argv);
    terminal.out(helpPage(named, paintFor('stdout', terminal.env)));
  } else if (flags.version) {
    terminal.out(programVersion());
  } else if (argv.every(isGlobalFlag)) {
    terminal.say(helpPage(program, paintFor('stderr', terminal.env)));
    exit(2);
  } else {
    // Half of what `stopwire status` takes beyond Node's own start would go into loading the parser.
    const bare = bareCall(program, argv);
    await (bare === undefined ? parse(argv, program, commandLine) : bare());
  }
}

function exit(code: number): void {
  process.exitCode = code;
}

/** Parses a command line, and runs its command. */
async function parse(argv: readonly string[], program: Command, commandLine: CommandLine): Promise<void> {
  const [{ default: yargs }, { wrongUsage }] = await Promise.all([import('yargs'), import('./cli/wrong-usage.ts')]);
  const empty = yargs().scriptName('stopwire').detectLocale(false).help(false).version(false).options(GLOBAL_FLAGS);
  await SECTIONS.flatMap(({ groups }) => groups)
    .reduce((command, group) => group(command, commandLine), empty)
    .strict()
    .exitProcess(false)
    .fail((message, error) => {
      // Some of what is wrong with a command line comes as an error of yargs's own.
      const isUsage = error === undefined || error === null || error.name === 'YError';
      throw isUsage ? wrongUsage(error?.message ?? message, argv, program) : error;
    })
    .parseAsync(argv);
}

/** `stopwire status | head -1`: the reader has what it wanted. */
function isReaderGone(error: unknown): boolean {
  return reasonOf(error) === 'EPIPE';
}
