/** `export`, `cost`, `fields` and `anonymise`: what records hold, and what they say. */
import type { Argv } from 'yargs';
import type { CommandLine } from './command-line.ts';
import {
  CONFIG_DIR_FLAG,
  FORCE_FLAG,
  JSON_FLAG,
  OUTPUT_FLAG,
  PROJECT_FLAG,
  SESSION_FLAG,
  SINCE_FLAG,
  UNTIL_FLAG,
} from './flags.ts';

export function recordsCommands(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command
    .command('export', 'Write the records of the embedded store, all or some', exportFlags, async (flags) =>
      exit(await (await import('../commands/export.ts')).exportRecords(flags, terminal)),
    )
    .command('cost', 'Show what responses cost, and how far the client agrees', costFlags, async (flags) =>
      exit(await (await import('../commands/cost.ts')).cost(flags, terminal)),
    )
    .command(
      'fields',
      'List the fields of a record: type, unit, privacy class, source',
      (one) =>
        one
          .options({
            json: JSON_FLAG,
            markdown: { type: 'boolean', default: false, describe: 'Print docs/fields.md of this version' },
          })
          .example('$0 fields --json', 'for a program'),
      async (flags) => exit(await (await import('../commands/fields.ts')).fields(flags, terminal)),
    )
    .command(
      'anonymise <transcript>',
      'Write a transcript without its content, for a bug report',
      (one) =>
        one
          .positional('transcript', { type: 'string', demandOption: true, describe: 'The .jsonl file' })
          .options({ output: OUTPUT_FLAG, force: FORCE_FLAG })
          .example('$0 anonymise session.jsonl --output report.jsonl', 'to send along with a bug report'),
      async (flags) => exit(await (await import('../commands/anonymise.ts')).anonymise(flags, terminal)),
    );
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
    .example('$0 cost --since 30d --by day', 'the last month, day by day')
    .example('$0 cost --by model --json', 'for a program')
    .epilogue(COST_NOTE);
}

const COST_NOTE = `In --json, each amount is there as …Usd, a number, and exact as …PicoUsd, whole 10⁻¹² USD as a text; it is null where no response has a price. client = attributed + carried + residual: what a fork repeats of the session that it was forked from is carried.`;

function exportFlags(command: Argv) {
  return command
    .example('$0 export --since 7d --output week.ndjson', 'a week of records')
    .example('$0 export --format csv --fields timestamp,model,cost_usd', 'some columns, for a spreadsheet')
    .options({
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
