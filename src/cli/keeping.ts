/** `dlq` and `purge`: what is kept on this machine, and how it goes. */
import type { Argv } from 'yargs';
import type { CommandLine } from './command-line.ts';
import { JSON_FLAG, PROJECT_FLAG, SESSION_FLAG, YES_FLAG } from './flags.ts';

const DESTINATION_FLAG = { type: 'string', nargs: 1, describe: 'Only of this destination, by its name' } as const;
const IDS = {
  type: 'string',
  array: true,
  describe: 'Dead letters, by the ids that dlq list shows (default: all)',
} as const;

export function keepingCommands(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command
    .command('dlq', 'Show, resend or remove records that a destination refused', (dlq) =>
      dlqActions(dlq, { terminal, exit }),
    )
    .command('purge', "Remove what is kept of people's work on this machine", purgeFlags, async (flags) =>
      exit(await (await import('../commands/purge.ts')).purge(flags, terminal)),
    );
}

function dlqActions(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command
    .command(
      'list',
      'List dead letters: when, by which destination and why they were refused',
      (list) =>
        list
          .options({ destination: DESTINATION_FLAG, json: JSON_FLAG })
          .example('$0 dlq list', 'those of all destinations'),
      async (flags) => exit((await import('../commands/dlq-list.ts')).listLetters(flags, terminal)),
    )
    .command(
      'show <id>',
      'Show a dead letter with its record, as it was sent',
      (show) =>
        show
          .positional('id', { type: 'string', demandOption: true, describe: 'As dlq list shows it' })
          .options({ json: JSON_FLAG })
          .example('$0 dlq show 3f9c1ab2', 'one of them'),
      async (flags) => exit((await import('../commands/dlq-show.ts')).showLetter(flags, terminal)),
    )
    .command(
      'retry [ids..]',
      'Send dead letters again; what the destination takes now goes from the list',
      (retry) =>
        retry
          .positional('ids', IDS)
          .options({ destination: DESTINATION_FLAG, json: JSON_FLAG })
          .example('$0 dlq retry', 'all of them'),
      async (flags) => exit(await (await import('../commands/dlq-retry.ts')).retryLetters(flags, terminal)),
    )
    .command(
      'purge [ids..]',
      'Remove dead letters for good',
      (purge) =>
        purge
          .positional('ids', IDS)
          .example('$0 dlq purge --before 90d --yes', 'those of long ago')
          .options({
            destination: DESTINATION_FLAG,
            before: {
              type: 'string',
              nargs: 1,
              describe: 'Only those refused before this moment: 90m, 12h, 30d, 2w before now, or a date',
            },
            yes: YES_FLAG,
            json: JSON_FLAG,
          }),
      async (flags) => exit(await (await import('../commands/dlq-purge.ts')).purgeLetters(flags, terminal)),
    )
    .demandCommand(1, 'Say what to do: list, show, retry or purge.');
}

function purgeFlags(command: Argv) {
  return command
    .options({
      before: {
        type: 'string',
        nargs: 1,
        describe: 'Only what was written before this moment: 90m, 12h, 30d, 2w before now, or a date',
      },
      session: SESSION_FLAG,
      project: PROJECT_FLAG,
      all: {
        type: 'boolean',
        default: false,
        describe: 'Everything, with the run log, the list of unreadable lines and the reconciliations',
      },
      'dry-run': { type: 'boolean', default: false, describe: 'Say how much would be removed, and remove nothing' },
      yes: YES_FLAG,
      json: JSON_FLAG,
    })
    .example('$0 purge --before 90d --dry-run', 'how much is older than three months')
    .example('$0 purge --project ~/clients/acme --yes', 'all of one project')
    .epilogue(PURGE_NOTE);
}

const PURGE_NOTE = `Records of the embedded store and dead letters are removed; without a filter, all of them. The place that was reached in each transcript is kept, so that nothing of it is read again; a session that goes on brings new records. The transcripts themselves, what was delivered elsewhere, and files that a destination writes stay.`;
