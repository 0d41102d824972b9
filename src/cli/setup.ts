/** `install`, `uninstall`, `status` and `demo`. */
import type { Argv } from 'yargs';
import type { CommandLine } from './command-line.ts';
import { CONFIG_DIR_FLAG, HASH_FLAG, JSON_FLAG, MASK_SECRETS_FLAG, YES_FLAG } from './flags.ts';

export function setupCommands(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command
    .command('install', 'Register the Stop hook and say where records go', installFlags, async (flags) =>
      exit(await (await import('../commands/install.ts')).install(flags, terminal)),
    )
    .command(
      'status',
      'Show whether the hook is there, and what has been delivered where',
      (one) => one.options({ json: JSON_FLAG, 'config-dir': CONFIG_DIR_FLAG }),
      async (flags) => exit(await (await import('../commands/status.ts')).status(flags, terminal)),
    )
    .command(
      'uninstall',
      'Take the hook out of settings.json and remove everything of stopwire',
      (one) =>
        one.options({
          'keep-records': { type: 'boolean', default: false, describe: 'Leave the embedded store where it is' },
          yes: YES_FLAG,
          json: JSON_FLAG,
          'config-dir': CONFIG_DIR_FLAG,
        }),
      async (flags) => exit(await (await import('../commands/uninstall.ts')).uninstall(flags, terminal)),
    )
    .command(
      'demo',
      'Run the whole thing once in a sandbox, with sample transcripts; touches nothing of yours',
      (one) =>
        one.options({
          keep: { type: 'boolean', default: false, describe: 'Leave the sandbox where it is' },
          json: JSON_FLAG,
        }),
      async (flags) => exit(await (await import('../commands/demo.ts')).demo(flags, terminal)),
    );
}

function installFlags(command: Argv) {
  return command.options({
    endpoint: { type: 'string', describe: 'Send records to this address by HTTP (STOPWIRE_ENDPOINT)' },
    'api-key': {
      type: 'string',
      // So that the value may be a lone -.
      nargs: 1,
      describe: 'Key for the endpoint; - reads it from standard input (STOPWIRE_API_KEY)',
    },
    redaction: {
      type: 'string',
      describe:
        'How much is hidden: none, secrets, content, metadata; without a value, content, the default for an endpoint (STOPWIRE_REDACTION)',
    },
    'mask-secrets': MASK_SECRETS_FLAG,
    hash: HASH_FLAG,
    file: { type: 'string', describe: 'Append records to this file, one JSON record a line' },
    local: {
      type: 'boolean',
      describe: 'Keep records in the embedded store on this machine; the default where nothing else is named',
    },
    since: {
      type: 'string',
      nargs: 1,
      describe:
        'History that new destinations get: all (the default), now, 12h, 30d, or a date in UTC (STOPWIRE_SINCE)',
    },
    account: {
      type: 'boolean',
      describe: "Name the client's account in every record: its e-mail address and ids",
    },
    'auto-update': {
      type: 'boolean',
      default: true,
      describe: 'Write settings.json; with --no-auto-update only print what to add to it',
    },
    'dry-run': { type: 'boolean', default: false, describe: 'Show what would be done, and do nothing' },
    yes: YES_FLAG,
    json: JSON_FLAG,
    'config-dir': CONFIG_DIR_FLAG,
  });
}
