/** `install`, `uninstall`, `status` and `demo`. */
import type { Argv } from 'yargs';
import type { CommandLine } from './command-line.ts';
import { CONFIG_DIR_FLAG, CONFIG_DIRS_FLAG, JSON_FLAG, YES_FLAG } from './flags.ts';
import { ANSWERS } from './install-flags.ts';

export function setupCommands(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command
    .command('install', 'Register the Stop hook and say where records go', installFlags, async (flags) =>
      exit(await (await import('../commands/install.ts')).install(flags, terminal)),
    )
    .command(
      'status',
      'Show whether the hook is there, and what was delivered where',
      (one) =>
        one
          .options({ json: JSON_FLAG, 'config-dir': CONFIG_DIR_FLAG })
          .example('$0 status', 'exit code 1 where something is wrong'),
      async (flags) => exit(await (await import('../commands/status.ts')).status(flags, terminal)),
    )
    .command(
      'uninstall',
      'Take the hook out of settings.json, and remove stopwire',
      (one) =>
        one
          .options({
            purge: {
              type: 'boolean',
              default: false,
              describe: 'Remove the records, the configuration and everything else of stopwire, too',
            },
            'keep-records': { type: 'boolean', default: false, describe: 'Keep the records, and do not ask' },
            yes: YES_FLAG,
            json: JSON_FLAG,
            'config-dir': CONFIG_DIRS_FLAG,
          })
          .example('$0 uninstall', 'records and configuration stay')
          .example('$0 uninstall --purge --yes', 'nothing stays, and nothing is asked'),
      async (flags) => exit(await (await import('../commands/uninstall.ts')).uninstall(flags, terminal)),
    )
    .command(
      'demo',
      'Try it all in a sandbox; nothing of yours is touched',
      (one) =>
        one
          .options({
            keep: { type: 'boolean', default: false, describe: 'Leave the sandbox where it is' },
            json: JSON_FLAG,
          })
          .example('$0 demo', 'install, a turn, and what was recorded'),
      async (flags) => exit(await (await import('../commands/demo.ts')).demo(flags, terminal)),
    );
}

function installFlags(command: Argv) {
  return command
    .options({
      ...ANSWERS,
      'auto-update': {
        type: 'boolean',
        default: true,
        describe: 'Write settings.json; with --no-auto-update only print what to add to it',
      },
      scope: {
        choices: ['user', 'project', 'local'] as const,
        describe:
          'Whose sessions the hook is for: user, all of yours; local, those started in this folder; project, the same in the file that is committed (default: as it is, else user)',
      },
      'print-managed': {
        type: 'boolean',
        default: false,
        describe: "Only print the fragment for an organisation's managed-settings.json",
      },
      'dry-run': { type: 'boolean', default: false, describe: 'Show what would be done, and do nothing' },
      json: JSON_FLAG,
      'config-dir': CONFIG_DIRS_FLAG,
    })
    .example('$0 install', 'asks where records go')
    .example('$0 install --yes', 'asks nothing; records stay on this machine')
    .example('$0 install --yes --endpoint https://a.example/v1 --api-key - < key', 'an endpoint');
}
