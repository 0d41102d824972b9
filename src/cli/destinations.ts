/** `destinations`: adding, removing, listing, testing and pausing the places records go. */
import type { Argv } from 'yargs';
import type { CommandLine } from './command-line.ts';
import { HASH_FLAG, JSON_FLAG, MASK_SECRETS_FLAG, YES_FLAG } from './flags.ts';
import { SKIP_FLAG } from './pausing.ts';

export function destinationsCommands(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command.command('destinations', 'Add, remove, list, test and pause the places records go', (destinations) =>
    pausingOne(changing(destinations, { terminal, exit }), { terminal, exit }).demandCommand(
      1,
      'Say what to do: add, remove, list, types, test, pause or resume.',
    ),
  );
}

function changing(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command
    .command('add <name>', 'Add a destination, and try it before it is saved', addFlags, async (flags) =>
      exit(
        await (await import('../commands/destinations-add.ts')).addDestination({ ...flags, ...named(flags) }, terminal),
      ),
    )
    .command(
      'types [type]',
      'List the types of destinations that there are, or the options of one',
      (one) =>
        one
          .positional('type', { type: 'string', describe: 'Only this one, with its options' })
          .options({ json: JSON_FLAG })
          .example('$0 destinations types', 'what can be added')
          .example('$0 destinations types otlp', 'what can be set for one of them'),
      async (flags) => exit(await (await import('../commands/destinations-types.ts')).listTypes(flags, terminal)),
    )
    .command(
      'remove <name>',
      'Deliver nothing there any more, and forget how far it had got',
      (one) =>
        one
          .positional('name', NAME)
          .options({ yes: YES_FLAG, json: JSON_FLAG })
          .example('$0 destinations remove local --yes', 'without a question'),
      async (flags) =>
        exit(await (await import('../commands/destinations-remove.ts')).removeDestination(flags, terminal)),
    )
    .command(
      'list',
      'List the destinations: where they are, from when on, and whether they rest',
      (one) => one.options({ json: JSON_FLAG }).example('$0 destinations list', 'where records go'),
      async (flags) => exit(await (await import('../commands/destinations-list.ts')).listDestinations(flags, terminal)),
    )
    .command(
      'test [name]',
      'Try a destination, or all; one elsewhere is sent a record of the type canary',
      (one) =>
        one
          .positional('name', { type: 'string', describe: 'Without one, all of them' })
          .options({
            canary: { type: 'boolean', default: true, describe: 'Send a record; --no-canary sends none' },
            json: JSON_FLAG,
          })
          .example('$0 destinations test local', 'one of them'),
      async (flags) => exit(await (await import('../commands/destinations-test.ts')).testDestinations(flags, terminal)),
    );
}

function pausingOne(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command
    .command(
      'pause <name>',
      'Deliver nothing there for now; what is new waits in the transcripts',
      (one) =>
        one
          .positional('name', NAME)
          .options({ json: JSON_FLAG })
          .example('$0 destinations pause local', 'until it is resumed'),
      async (flags) => exit(await (await import('../commands/pausing.ts')).pause(flags, terminal)),
    )
    .command(
      'resume <name>',
      'Deliver there again, with all that has waited',
      (one) =>
        one
          .positional('name', NAME)
          .options({ skip: SKIP_FLAG, json: JSON_FLAG })
          .example('$0 destinations resume local', 'with all that has waited'),
      async (flags) => exit(await (await import('../commands/pausing.ts')).resume(flags, terminal)),
    );
}

const NAME = { type: 'string', demandOption: true, describe: 'As `destinations list` names it' } as const;

/** `add team --type http`, or `add http` for short. */
function named({ name, type }: { name: string; type?: string | undefined }) {
  return type === undefined ? { kind: name, name: undefined } : { kind: type, name };
}

function addFlags(command: Argv) {
  return command
    .positional('name', {
      type: 'string',
      demandOption: true,
      describe: 'What to call it; without --type, its type, which also names it',
    })
    .options({
      type: { type: 'string', nargs: 1, describe: 'What it is, as `destinations types` lists them' },
      set: {
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'An option of its type, as option=value; repeat it (`destinations types <type>` lists them)',
      },
      'api-key': {
        type: 'string',
        // So that the value may be a lone -.
        nargs: 1,
        describe: 'Its key: -, which reads it from standard input, and nothing else',
      },
      secret: {
        type: 'string',
        array: true,
        nargs: 1,
        describe:
          'Another secret option, as option=<file>, read now, or - for standard input; as option=file:<path>, env:<variable> or command:<for sh>, looked up at each delivery',
      },
      redaction: {
        type: 'string',
        nargs: 1,
        describe:
          'How much is hidden: none (the default on this machine), secrets, content (the default elsewhere), metadata',
      },
      'mask-secrets': MASK_SECRETS_FLAG,
      hash: HASH_FLAG,
      since: {
        type: 'string',
        nargs: 1,
        describe: 'Where it begins: all (the default on this machine), now (elsewhere), 12h, 30d, or a date in UTC',
      },
      'only-types': {
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'Only records of these types, such as assistant or turn; repeat it',
      },
      'only-projects': {
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'Only records of projects that one of these patterns matches; repeat it',
      },
      replace: { type: 'boolean', default: false, describe: 'Put it into the place of the one of its name' },
      test: { type: 'boolean', default: true, describe: 'Try it first; --no-test saves it untried' },
      force: { type: 'boolean', default: false, describe: 'Save it also where the test fails' },
      json: JSON_FLAG,
    })
    .example('$0 destinations add http --set endpoint=https://a.example/v1 --api-key - < key', 'an endpoint')
    .example(
      '$0 destinations add week --type file --set path=week.ndjson --only-types turn',
      'one of several, for some records',
    )
    .example('$0 destinations add file --set path=claude.ndjson --since 30d', 'a file, with a month of history');
}
