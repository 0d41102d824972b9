/** `run`: what delivers without the hook. */
import type { Argv } from 'yargs';
import type { CommandLine } from './command-line.ts';
import { JSON_FLAG } from './flags.ts';

export function deliveryCommands(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command.command(
    'run',
    'Deliver everything that is new, now and in the foreground',
    (one) => one.options({ json: JSON_FLAG }),
    async (flags) => exit(await (await import('../commands/run.ts')).runNow(flags, terminal)),
  );
}
