/** `preview`, `exclude` and `include`: what leaves, and what never does. */
import type { Argv } from 'yargs';
import type { CommandLine } from './command-line.ts';
import { JSON_FLAG } from './flags.ts';

export function privacyCommands(command: Argv, { terminal, exit }: CommandLine): Argv {
  return command
    .command('preview', 'Show what would leave for a destination; nothing is sent', previewFlags, async (flags) =>
      exit(await (await import('../commands/preview.ts')).preview(flags, terminal)),
    )
    .command('exclude', 'Keep projects, branches or entrypoints out of everything', (one) =>
      patternCommands(one.epilogue(PATTERNS), 'exclude', { terminal, exit }),
    )
    .command('include', 'Take nothing but the projects that are named', (one) =>
      patternCommands(one.epilogue(PATTERNS), 'include', { terminal, exit }),
    );
}

function previewFlags(command: Argv) {
  return command
    .options({
      last: { type: 'boolean', describe: 'The newest turn, which is the default' },
      session: { type: 'string', nargs: 1, describe: 'All of this session, by its id' },
      destination: {
        type: 'string',
        nargs: 1,
        describe: 'As this destination would get it, by its name (default: the first that is not on this machine)',
      },
      json: { ...JSON_FLAG, describe: 'Print one record a line, byte for byte as in a request' },
    })
    .conflicts('last', 'session')
    .example('$0 preview', 'the newest turn')
    .example('$0 preview --json | head -1', 'one record, byte for byte');
}

function patternCommands(command: Argv, list: 'include' | 'exclude', { terminal, exit }: CommandLine): Argv {
  const isBranching = list === 'exclude';
  const examples = isBranching ? EXCLUDE_EXAMPLES : INCLUDE_EXAMPLES;
  const flags = (one: Argv) =>
    one
      .positional('glob', GLOB)
      .options({ ...(isBranching && { branch: BRANCH, entrypoint: ENTRYPOINT }), json: JSON_FLAG });
  return command
    .command(
      'add <glob>',
      'Add a pattern',
      (one) => flags(one.example(...examples.add)),
      async (given) => exit((await import('../commands/patterns.ts')).addPattern(patternOf(list, given), terminal)),
    )
    .command(
      'remove <glob>',
      'Take a pattern out',
      (one) => flags(one.example(...examples.remove)),
      async (given) => exit((await import('../commands/patterns.ts')).removePattern(patternOf(list, given), terminal)),
    )
    .command(
      'list',
      'List the patterns',
      (one) => one.options({ json: JSON_FLAG }).example(...examples.list),
      async ({ json }) => exit((await import('../commands/patterns.ts')).listPatterns({ list, json }, terminal)),
    )
    .demandCommand(1, 'Say what to do: add, remove or list.');
}

/** `include` has neither of the two flags. */
function patternOf(
  list: 'include' | 'exclude',
  { glob, branch, entrypoint, json }: { glob: string; branch?: unknown; entrypoint?: unknown; json: boolean },
) {
  return { list, glob, branch: branch === true, entrypoint: entrypoint === true, json };
}

const GLOB = { type: 'string', demandOption: true, describe: 'In quotes, or the shell will fill it in' } as const;
const BRANCH = {
  type: 'boolean',
  describe: 'The pattern is one for the git branch of a line',
  conflicts: 'entrypoint',
} as const;
const ENTRYPOINT = {
  type: 'boolean',
  describe: 'It is one for how the client was started, for instance sdk-cli',
} as const;

type Examples = { readonly [action in 'add' | 'remove' | 'list']: readonly [line: string, about: string] };
const EXCLUDE_EXAMPLES: Examples = {
  add: ["$0 exclude add '~/clients/*'", 'no project below that folder'],
  remove: ["$0 exclude remove '~/clients/*'", 'from now on, they count again'],
  list: ['$0 exclude list', 'all patterns that leave something out'],
};
const INCLUDE_EXAMPLES: Examples = {
  add: ["$0 include add '~/code/*'", 'projects below that folder, and no others'],
  remove: ["$0 include remove '~/code/*'", 'without patterns, every project counts'],
  list: ['$0 include list', 'all patterns of projects that count'],
};

const PATTERNS = `A pattern is a path, where ~ is the home directory, with * and ? within a part and ** for any number of parts; without a slash or ~ before it, it matches at any depth. It counts for all below what it matches. A project opts out by itself with a file .stopwire-ignore in its folder or in one above it. What is left out is passed over for good: it does not come when the pattern is removed.`;
