/** `prices` and `reprice`. */
import type { Argv } from 'yargs';
import type { CommandLine } from './command-line.ts';
import { JSON_FLAG } from './flags.ts';

export function pricesCommands(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command
    .command('prices', 'Show the price table, set prices of your own, update it', (prices) =>
      actions(prices, { terminal, exit }),
    )
    .command(
      'reprice',
      'Price the records of the embedded store anew',
      (reprice) =>
        reprice.example('$0 reprice --dry-run', 'what would change').options({
          'dry-run': { type: 'boolean', default: false, describe: 'Show what would change, and change nothing' },
          json: JSON_FLAG,
        }),
      async (flags) => exit(await (await import('../commands/reprice.ts')).reprice(flags, terminal)),
    );
}

function actions(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command
    .command(
      'list',
      'List the prices in force, or every price that a model ever had',
      (list) =>
        list
          .options({ model: { type: 'string', nargs: 1, describe: 'By any of its ids' }, json: JSON_FLAG })
          .example('$0 prices list', 'those in force')
          .example('$0 prices list --model claude-sonnet-4-5', 'every price that it ever had'),
      async (flags) => exit(await (await import('../commands/prices-list.ts')).listPrices(flags, terminal)),
    )
    .command(
      'set <model>',
      'Give a model a price of your own, in USD per million tokens',
      (set) =>
        set
          .positional('model', { type: 'string', demandOption: true, describe: 'As records name it' })
          .options({
            ...PRICE_FLAGS,
            from: { type: 'string', nargs: 1, describe: 'The first day of the price, in UTC (default: today)' },
            remove: { type: 'boolean', default: false, describe: 'Take every price of your own off the model' },
            json: JSON_FLAG,
          })
          .example('$0 prices set acme-1 --input 3 --output 15', 'what was agreed on')
          .example('$0 prices set acme-1 --remove', 'the list price again'),
      async (flags) => exit(await (await import('../commands/prices-set.ts')).setPrice(flags, terminal)),
    )
    .command(
      'check [file]',
      'Check a price file, or all that are in use',
      (check) =>
        check
          .positional('file', { type: 'string', describe: 'A JSON file' })
          .options({ json: JSON_FLAG })
          .example('$0 prices check', 'all that are in use'),
      async (flags) => exit(await (await import('../commands/prices-check.ts')).checkPrices(flags, terminal)),
    )
    .command(
      'update',
      'Take a newer price table from a file or an https address; nothing is ever fetched unasked',
      (update) =>
        update.example('$0 prices update --from prices.json', 'a file, with prices.json.sha256 beside it').options({
          from: { type: 'string', nargs: 1, demandOption: true, describe: 'A file or an https address' },
          sha256: {
            type: 'string',
            nargs: 1,
            describe: 'What its SHA-256 must be (default: the one in the file of that name with .sha256 behind it)',
          },
          json: JSON_FLAG,
        }),
      async (flags) => exit(await (await import('../commands/prices-update.ts')).updatePrices(flags, terminal)),
    )
    .demandCommand(1, 'Say what to do: list, set, check or update.');
}

const PRICE_FLAGS = {
  input: { type: 'string', nargs: 1, describe: 'Prompt tokens that are neither read from nor written to the cache' },
  output: { type: 'string', nargs: 1, describe: 'Tokens of the answer' },
  'cache-write-5m': { type: 'string', nargs: 1, describe: 'Cache writes that live five minutes' },
  'cache-write-1h': { type: 'string', nargs: 1, describe: 'Cache writes that live an hour' },
  'cache-read': { type: 'string', nargs: 1, describe: 'Prompt tokens read from the cache' },
} as const;
