/** `pause` and `resume`, of everything. */
import type { Argv } from 'yargs';
import type { CommandLine } from './command-line.ts';
import { JSON_FLAG } from './flags.ts';

/** Of every `resume`. */
export const SKIP_FLAG = {
  type: 'boolean',
  default: false,
  describe: 'Begin now: what has waited is not delivered',
} as const;

export function pausingCommands(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command
    .command(
      'pause',
      'Deliver nothing for now; what is new waits in the transcripts',
      (one) => one.options({ json: JSON_FLAG }).example('$0 pause', 'everything'),
      async (flags) => exit(await (await import('../commands/pausing.ts')).pause(flags, terminal)),
    )
    .command(
      'resume',
      'Deliver again, with all that has waited',
      (one) =>
        one
          .options({ skip: SKIP_FLAG, json: JSON_FLAG })
          .example('$0 resume', 'with all that has waited')
          .example('$0 resume --skip', 'without it'),
      async (flags) => exit(await (await import('../commands/pausing.ts')).resume(flags, terminal)),
    );
}
