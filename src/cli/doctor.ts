/** `doctor`: what is wrong, and the command that mends it. */
import type { Argv } from 'yargs';
import type { CommandLine } from './command-line.ts';
import { CONFIG_DIR_FLAG, JSON_FLAG } from './flags.ts';

export function doctorCommands(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command.command(
    'doctor',
    'Check everything that delivery rests on, and name the command that mends what is wrong',
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
        .epilogue(DOCTOR_JSON),
    async (flags) => exit(await (await import('../commands/doctor.ts')).doctor(flags, terminal)),
  );
}

/** The shape of `doctor --json`, which scripts rest on. */
const DOCTOR_JSON = `--json prints {"checks":[{"name","status","detail","remedy"}]}; status is ok, warning, error or
skipped, and of a destination the name is destination:<its name>, endpoint:…, lag:…, dead-letters:…
Exit code 1 where any status is error.`;
