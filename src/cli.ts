/** Every command and flag. A command's code is loaded when it runs. */
import yargs, { type Argv } from 'yargs';
import { UserError } from './errors.ts';
import { programVersion } from './program.ts';
import { processTerminal, sayError, type Terminal } from './ui.ts';

/** Runs the command line; sets the exit code. The only place above the line that catches. */
export async function main(argv: readonly string[]): Promise<void> {
  const terminal = processTerminal();
  try {
    await commandLine(terminal).parseAsync(argv);
  } catch (error) {
    process.exitCode = sayError(error, terminal);
  }
}

/** The whole command line, also for the reference. */
export function commandLine(terminal: Terminal): Argv {
  const exit = (code: number): void => {
    process.exitCode = code;
  };
  return yargs()
    .scriptName('stopwire')
    .usage('$0 <command>\n\nOne Claude Code Stop hook that delivers every transcript line as a record.')
    .command('install', 'Register the Stop hook and say where records go', installFlags, async (flags) =>
      exit(await (await import('./commands/install.ts')).install(flags, terminal)),
    )
    .command(
      'status',
      'Show whether the hook is there, and what has been delivered where',
      (command) => command.options({ json: JSON_FLAG, 'config-dir': CONFIG_DIR_FLAG }),
      async (flags) => exit(await (await import('./commands/status.ts')).status(flags, terminal)),
    )
    .command(
      'run',
      'Deliver everything that is new, now and in the foreground',
      (command) => command.options({ json: JSON_FLAG }),
      async (flags) => exit(await (await import('./commands/run.ts')).runNow(flags, terminal)),
    )
    .command('export', 'Write the records of the embedded store, all or some', exportFlags, async (flags) =>
      exit(await (await import('./commands/export.ts')).exportRecords(flags, terminal)),
    )
    .command('cost', 'Show what the recorded responses cost, and how far the client agrees', costFlags, async (flags) =>
      exit(await (await import('./commands/cost.ts')).cost(flags, terminal)),
    )
    .command(
      'anonymise <transcript>',
      'Write a transcript without its content, for a bug report',
      (command) =>
        command
          .positional('transcript', { type: 'string', demandOption: true, describe: 'The .jsonl file' })
          .options({ output: OUTPUT_FLAG, force: FORCE_FLAG }),
      async (flags) => exit(await (await import('./commands/anonymise.ts')).anonymise(flags, terminal)),
    )
    .command(
      'fields',
      'List every field of a record: type, unit, privacy class, source',
      (command) =>
        command.options({
          json: JSON_FLAG,
          markdown: { type: 'boolean', default: false, describe: 'Print docs/fields.md of this version' },
        }),
      async (flags) => exit(await (await import('./commands/fields.ts')).fields(flags, terminal)),
    )
    .command('prices', 'Show the price table, give a model a price of your own, take a newer table', (command) =>
      pricesCommands(command, terminal, exit),
    )
    .command(
      'reprice',
      'Price the records of the embedded store anew, with the prices now in force',
      (command) =>
        command.options({
          'dry-run': { type: 'boolean', default: false, describe: 'Show what would change, and change nothing' },
          json: JSON_FLAG,
        }),
      async (flags) => exit(await (await import('./commands/reprice.ts')).reprice(flags, terminal)),
    )
    .command(
      'demo',
      'Run the whole thing once in a sandbox, with sample transcripts; touches nothing of yours',
      (command) =>
        command.options({
          keep: { type: 'boolean', default: false, describe: 'Leave the sandbox where it is' },
          json: JSON_FLAG,
        }),
      async (flags) => exit(await (await import('./commands/demo.ts')).demo(flags, terminal)),
    )
    .command(
      'uninstall',
      'Take the hook out of settings.json and remove everything of stopwire',
      (command) =>
        command.options({
          'keep-records': { type: 'boolean', default: false, describe: 'Leave the embedded store where it is' },
          yes: YES_FLAG,
          json: JSON_FLAG,
          'config-dir': CONFIG_DIR_FLAG,
        }),
      async (flags) => exit(await (await import('./commands/uninstall.ts')).uninstall(flags, terminal)),
    )
    .demandCommand(1, 'Name a command.')
    .strict()
    .version(programVersion())
    .help()
    .wrap(100)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UserError(message, { hint: 'stopwire --help lists every command and flag.', exitCode: 2 });
    });
}

function pricesCommands(command: Argv, terminal: Terminal, exit: (code: number) => void) {
  return command
    .command(
      'list',
      'List the prices in force, or every price that a model ever had',
      (list) => list.options({ model: { type: 'string', nargs: 1, describe: 'By any of its ids' }, json: JSON_FLAG }),
      async (flags) => exit(await (await import('./commands/prices-list.ts')).listPrices(flags, terminal)),
    )
    .command(
      'set <model>',
      'Give a model a price of your own, in USD per million tokens',
      (set) =>
        set.positional('model', { type: 'string', demandOption: true, describe: 'As records name it' }).options({
          ...PRICE_FLAGS,
          from: { type: 'string', nargs: 1, describe: 'The first day of the price, in UTC (default: today)' },
          remove: { type: 'boolean', default: false, describe: 'Take every price of your own off the model' },
        }),
      async (flags) => exit(await (await import('./commands/prices-set.ts')).setPrice(flags, terminal)),
    )
    .command(
      'check [file]',
      'Check a price file, or all that are in use',
      (check) => check.positional('file', { type: 'string', describe: 'A JSON file' }).options({ json: JSON_FLAG }),
      async (flags) => exit(await (await import('./commands/prices-check.ts')).checkPrices(flags, terminal)),
    )
    .command(
      'update',
      'Take a newer price table from a file or an https address; nothing is ever fetched unasked',
      (update) =>
        update.options({
          from: { type: 'string', nargs: 1, demandOption: true, describe: 'A file or an https address' },
          sha256: {
            type: 'string',
            nargs: 1,
            describe: 'What its SHA-256 must be (default: the one in the file of that name with .sha256 behind it)',
          },
          json: JSON_FLAG,
        }),
      async (flags) => exit(await (await import('./commands/prices-update.ts')).updatePrices(flags, terminal)),
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

const JSON_FLAG = { type: 'boolean', default: false, describe: 'Print the result as JSON' } as const;
const YES_FLAG = { type: 'boolean', default: false, describe: 'Ask nothing' } as const;
const OUTPUT_FLAG = {
  type: 'string',
  // So that the value may be a lone -.
  nargs: 1,
  describe: 'Write to this file, which only you may read, and not to standard output',
} as const;
const FORCE_FLAG = { type: 'boolean', default: false, describe: 'Replace the file of --output' } as const;
const CONFIG_DIR_FLAG = {
  type: 'string',
  describe: "Claude Code's configuration directory (default: CLAUDE_CONFIG_DIR, else ~/.claude)",
} as const;
const SINCE_FLAG = {
  type: 'string',
  nargs: 1,
  describe: 'From this moment on: 90m, 12h, 30d, 2w before now, or a date; UTC without an offset',
} as const;
const UNTIL_FLAG = { type: 'string', nargs: 1, describe: 'Before this moment, given likewise' } as const;
const SESSION_FLAG = {
  type: 'string',
  array: true,
  nargs: 1,
  describe: 'Of these sessions, by id; repeat it or use commas',
} as const;
const PROJECT_FLAG = {
  type: 'string',
  nargs: 1,
  describe: 'Of this project: a directory with all below it, its name, or a pattern such as *api*',
} as const;

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
      describe: 'Hide everything that was written: none or content; without a value, content (STOPWIRE_REDACTION)',
    },
    file: { type: 'string', describe: 'Append records to this file, one JSON record a line' },
    local: {
      type: 'boolean',
      describe: 'Keep records in the embedded store on this machine; the default where nothing else is named',
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

function costFlags(command: Argv) {
  return command
    .options({
      by: {
        choices: ['session', 'project', 'branch', 'model', 'day', 'agent', 'repository', 'person'] as const,
        default: 'project' as const,
        describe: 'What to add up by',
      },
      since: SINCE_FLAG,
      until: UNTIL_FLAG,
      session: SESSION_FLAG,
      project: PROJECT_FLAG,
      timezone: {
        type: 'string',
        nargs: 1,
        describe: 'Whose days count, for instance UTC (default: that of this machine)',
      },
      verify: {
        type: 'boolean',
        default: false,
        describe: 'Compare with the other numbers on this machine: cost-state lines, .claude.json, ccusage',
      },
      json: JSON_FLAG,
      'config-dir': CONFIG_DIR_FLAG,
    })
    .epilogue(COST_JSON);
}

/** The shape of `cost --json`, which scripts rest on. */
const COST_JSON = `--json prints one object:
  by, timeZone, since, until   what was asked for
  groups[]         key, project (of a branch), responses, unpricedResponses, inputTokens,
                   outputTokens, cacheReadTokens, cacheCreationTokens, costUsd, costPicoUsd
  total            the same without key
  reconciliation   sessions, reasons[], clientCost…, attributedCost…, carriedCost…, residualCost…
  sessions[]       sessionId, project, timestamp, unpricedResponses, reasons[], the amounts above
                   and laterCost…, models[] with what the client has more of each
  checks[]         with --verify: source, sessionId, theirsUsd, oursUsd, differenceUsd, agrees, reasons[]
Each amount is there as …Usd, a number, and exact as …PicoUsd, whole 10⁻¹² USD as a text; it is null
where no response has a price. client = attributed + carried + residual: what a fork repeats of the
session that it was forked from is carried.`;

function exportFlags(command: Argv) {
  return command.options({
    format: {
      choices: ['ndjson', 'csv'] as const,
      default: 'ndjson' as const,
      describe: 'ndjson: one JSON record a line; csv: RFC 4180, with a header, lines end in CRLF',
    },
    since: SINCE_FLAG,
    until: UNTIL_FLAG,
    session: SESSION_FLAG,
    project: PROJECT_FLAG,
    type: { type: 'string', array: true, nargs: 1, describe: 'Of these types, for instance user,assistant' },
    fields: { type: 'string', nargs: 1, describe: 'Only these fields, in this order, with commas between them' },
    output: OUTPUT_FLAG,
    force: FORCE_FLAG,
  });
}
