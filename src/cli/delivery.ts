/** `run` and `backfill`: what delivers without the hook. */
import type { Argv } from 'yargs';
import type { CommandLine } from './command-line.ts';
import { JSON_FLAG } from './flags.ts';

export function deliveryCommands(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command
    .command(
      'run',
      'Deliver everything that is new, now and in the foreground',
      (one) =>
        one
          .options({
            once: { type: 'boolean', describe: 'Deliver once and end, which is the default' },
            watch: { type: 'boolean', describe: 'Go on until Ctrl-C, for machines without the hook' },
            since: {
              type: 'string',
              nargs: 1,
              describe: 'Only transcripts that have changed since then: 90m, 12h, 30d, 2w before now, or a date',
            },
            destination: DESTINATION_FLAG,
            'dry-run': {
              type: 'boolean',
              default: false,
              describe: 'Show how much would be delivered, and deliver nothing',
            },
            json: JSON_FLAG,
          })
          .conflicts('once', 'watch')
          .example('$0 run', 'all destinations')
          .example('$0 run --since 12h --dry-run', 'how much has come in the last twelve hours'),
      async (flags) => exit(await (await import('../commands/run.ts')).runNow(flags, terminal)),
    )
    .command(
      'backfill',
      'Deliver history from before the start of a destination',
      (one) =>
        one.example('$0 backfill --since 30d', 'a month of history, to all destinations').options({
          since: {
            type: 'string',
            nargs: 1,
            demandOption: true,
            describe: 'From this moment on: 12h, 30d, 2w before now, a date, or all',
          },
          destination: DESTINATION_FLAG,
          json: JSON_FLAG,
        }),
      async (flags) => exit(await (await import('../commands/backfill.ts')).backfill(flags, terminal)),
    );
}

const DESTINATION_FLAG = {
  type: 'string',
  array: true,
  nargs: 1,
  describe: 'Only to this destination, by name; can be repeated',
} as const;
