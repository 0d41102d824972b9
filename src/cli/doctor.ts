/** `doctor`: what is wrong, and the command that mends it. */
import type { Argv } from 'yargs';
import type { CommandLine } from './command-line.ts';
import { CONFIG_DIR_FLAG, JSON_FLAG } from './flags.ts';

export function doctorCommands(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command.command(
    'doctor',
    'Check what delivery rests on, and name what mends it',
    (one) =>
      one
        .options({
          offline: {
            type: 'boolean',
            default: false,
            describe: 'Connect to nothing: no endpoint is tried, and the hook is not fired',
          },
          json: JSON_FLAG,
          'config-dir': CONFIG_DIR_FLAG,
        })
        .example('$0 doctor', 'every check')
        .example('$0 doctor --offline --json', 'without a connection, for a script')
        .epilogue(DOCTOR_NOTE),
    async (flags) => exit(await (await import('../commands/doctor.ts')).doctor(flags, terminal)),
  );
}

const DOCTOR_NOTE = 'Exit code 1 where a check has found an error; a warning is none.';
