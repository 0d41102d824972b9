/** `logs`, `config`, `completion` and `version`: stopwire itself. */
import type { Argv } from 'yargs';
import type { CommandLine } from './command-line.ts';
import { JSON_FLAG } from './flags.ts';

export function programCommands(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command
    .command('logs', 'Show what the hook has done: its last runs, one a line', logsFlags, async (flags) =>
      exit(await (await import('../commands/logs.ts')).logs(flags, terminal)),
    )
    .command('config', 'Show or change the configuration', (config) => configActions(config, { terminal, exit }))
    .command(
      'completion [shell]',
      'Print the script by which your shell completes commands',
      (one) =>
        one
          .positional('shell', { type: 'string', describe: 'bash, zsh or fish (default: the one in SHELL)' })
          .example('$0 completion bash >> ~/.bashrc', 'for bash, once')
          .example('$0 completion zsh > ~/.zsh/completions/_stopwire', 'for zsh, into a folder of its fpath')
          .example('$0 completion fish > ~/.config/fish/completions/stopwire.fish', 'for fish'),
      async (flags) => exit((await import('../commands/completion.ts')).completion(flags, terminal)),
    )
    .command(
      'version',
      'Show versions, and where things are kept',
      (one) => one.options({ json: JSON_FLAG }).example('$0 version --json', 'for a bug report'),
      async (flags) => exit((await import('../commands/version.ts')).version(flags, terminal)),
    );
}

function logsFlags(command: Argv) {
  return command
    .options({
      lines: { type: 'string', nargs: 1, default: '20', describe: 'How many of the last runs' },
      since: {
        type: 'string',
        nargs: 1,
        describe: 'All runs from this moment on: 90m, 12h, 30d, 2w before now, or a date',
      },
      follow: { type: 'boolean', default: false, describe: 'Go on with those that come, until Ctrl-C' },
      json: { ...JSON_FLAG, describe: 'Print each run as it stands in the log, one JSON object a line' },
    })
    .example('$0 logs --since 12h', 'all runs of the last twelve hours')
    .example('$0 logs --follow --lines 1', 'the last run, and those that come');
}

function configActions(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command
    .command(
      'get [key]',
      'Show a value, or all of them; secrets are masked',
      (one) =>
        one
          .positional('key', { type: 'string', describe: 'As `config list` names it (default: all)' })
          .options({ json: JSON_FLAG })
          .example('$0 config get secrets.entropy', 'one value')
          .example('$0 config get destinations --json', 'all destinations, their secrets masked'),
      async (flags) => exit(await (await import('../commands/config-get.ts')).getConfig(flags, terminal)),
    )
    .command(
      'set <key> <value>',
      'Change a value',
      (one) =>
        one
          .positional('key', { type: 'string', demandOption: true, describe: 'As `config list` names it' })
          .positional('value', { type: 'string', demandOption: true, describe: 'true, false, or a list as JSON' })
          .options({ json: JSON_FLAG })
          .example('$0 config set account true', "name the client's account in every record")
          .example(`$0 config set secrets.patterns '["acme_[A-Za-z0-9]{32}"]'`, 'mask what looks like this'),
      async (flags) => exit((await import('../commands/config-set.ts')).setConfig(flags, terminal)),
    )
    .command(
      'list',
      'List every key with its value and what it is for',
      (one) => one.options({ json: JSON_FLAG }).example('$0 config list', 'what there is'),
      async (flags) => exit(await (await import('../commands/config-get.ts')).listConfig(flags, terminal)),
    )
    .command(
      'path',
      'Show where the configuration is',
      (one) => one.options({ json: JSON_FLAG }).example('$0 config path', 'its path'),
      async (flags) => exit((await import('../commands/config-get.ts')).configPath(flags, terminal)),
    )
    .demandCommand(1, 'Say what to do: get, set, list or path.');
}
