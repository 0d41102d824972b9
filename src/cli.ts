/** Every command and flag, by groups. A command's code is loaded when it runs. */
import yargs, { type Argv } from 'yargs';
import { deliveryCommands } from './cli/delivery.ts';
import { destinationsCommands } from './cli/destinations.ts';
import { doctorCommands } from './cli/doctor.ts';
import { keepingCommands } from './cli/keeping.ts';
import { pausingCommands } from './cli/pausing.ts';
import { pricesCommands } from './cli/prices.ts';
import { privacyCommands } from './cli/privacy.ts';
import { recordsCommands } from './cli/records.ts';
import { setupCommands } from './cli/setup.ts';
import { reasonOf, UserError } from './errors.ts';
import { programVersion } from './program.ts';
import { processTerminal, sayError, type Terminal } from './ui.ts';

const GROUPS = [
  setupCommands,
  doctorCommands,
  deliveryCommands,
  destinationsCommands,
  pausingCommands,
  privacyCommands,
  keepingCommands,
  recordsCommands,
  pricesCommands,
];

/** Runs the command line; sets the exit code. The only place above the line that catches. */
export async function main(argv: readonly string[]): Promise<void> {
  const terminal = processTerminal();
  // What a callback throws passes the line below by, and Node would print it with its stack.
  process.once('uncaughtException', (error) => process.exit(isReaderGone(error) ? 0 : sayError(error, terminal)));
  try {
    await commandLine(terminal).parseAsync(argv);
  } catch (error) {
    process.exitCode = sayError(error, terminal);
  }
}

/** `stopwire status | head -1`: the reader has what it wanted. */
function isReaderGone(error: unknown): boolean {
  return reasonOf(error) === 'EPIPE';
}

/** The whole command line, also for the reference. */
function commandLine(terminal: Terminal): Argv {
  const exit = (code: number): void => {
    process.exitCode = code;
  };
  const empty = yargs()
    .scriptName('stopwire')
    .usage('$0 <command>\n\nOne Claude Code Stop hook that delivers every transcript line as a record.');
  return GROUPS.reduce((command, group) => group(command, { terminal, exit }), empty)
    .demandCommand(1, 'Name a command.')
    .strict()
    .version(programVersion())
    .help()
    .wrap(100)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UserError(message, { hint: 'stopwire --help lists every command and flag.', exitCode: 2 });
    });
}
