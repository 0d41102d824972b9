/** The questions of `stopwire install`. Each has a flag, and is not asked where the flag was given. */
import { confirm, input, password, select } from '@inquirer/prompts';
import { UserError } from '../errors.ts';
import { LOCAL_COLLECTOR, type InstallFlags } from './install-plan.ts';

/** On standard error: standard output is for data. */
const CONTEXT = { output: process.stderr };

/**
 * Asks what the flags leave open. Throws a UserError on Ctrl-C; nothing has been written then.
 *
 * @param isKnown whether a destination of that name is there already: where it began is not asked again
 */
export async function askInstall(flags: InstallFlags, isKnown: (name: string) => boolean): Promise<InstallFlags> {
  return orCancelled(async () => {
    const isRemote = flags.endpoint !== undefined || flags.apiKey !== undefined || (await askPlace()) === 'endpoint';
    const since = async (name: string): Promise<string | undefined> =>
      flags.since ?? (isKnown(name) ? undefined : await askHistory());
    if (!isRemote) return { ...flags, local: flags.local ?? true, since: await since('local') };
    const endpoint = flags.endpoint ?? (await askEndpoint());
    const apiKey = flags.apiKey ?? (await askKeyNow());
    const redaction = flags.redaction ?? (await askRedaction());
    return { ...flags, endpoint, apiKey, redaction, since: await since('http') };
  });
}

/** Asks for a key, which is not shown; undefined where none was typed. */
export async function askKey(): Promise<string | undefined> {
  return orCancelled(askKeyNow);
}

/** Asks whether to go on after a warning. */
export async function askAnyway(message: string): Promise<boolean> {
  return orCancelled(() => confirm({ message, default: false }, CONTEXT));
}

/** Asks whether settings.json may be changed as shown. */
export async function askConfirmation(): Promise<boolean> {
  return orCancelled(() => confirm({ message: 'Change settings.json?', default: true }, CONTEXT));
}

/** Asks before records are removed; no is the answer that loses nothing. */
export async function askRemoval(message: string): Promise<boolean> {
  return orCancelled(() => confirm({ message, default: false }, CONTEXT));
}

/** Asks whether to use what no hash vouches for. */
export async function askTrust(message: string): Promise<boolean> {
  return orCancelled(() => confirm({ message, default: false }, CONTEXT));
}

function askPlace(): Promise<'local' | 'endpoint'> {
  return select(
    {
      message: 'Where should the records go?',
      choices: [
        {
          value: 'local' as const,
          name: 'Stay on this machine',
          description: 'An embedded store; no account, no network.',
        },
        {
          value: 'endpoint' as const,
          name: 'To an HTTP endpoint',
          description: 'JSON batches to an address of yours.',
        },
      ],
    },
    CONTEXT,
  );
}

function askEndpoint(): Promise<string> {
  return input(
    {
      message: 'Address of the endpoint',
      default: LOCAL_COLLECTOR,
      validate: (value) =>
        /^https?:\/\//.test(value) && URL.canParse(value) ? true : 'An http or https address, please.',
    },
    CONTEXT,
  );
}

async function askKeyNow(): Promise<string | undefined> {
  const key = await password({ message: 'API key (empty for none)', mask: true }, CONTEXT);
  return key === '' ? undefined : key;
}

function askHistory(): Promise<string> {
  return select(
    {
      message: 'Which history should be imported?',
      choices: [
        { value: 'all', name: 'All of it', description: 'Every transcript that is still on this machine.' },
        { value: '30d', name: 'The last 30 days', description: 'Lines that are older stay where they are.' },
        { value: 'now', name: 'None', description: 'Only what is written from now on.' },
      ],
    },
    CONTEXT,
  );
}

function askRedaction(): Promise<string> {
  return select(
    {
      message: 'What may leave this machine?',
      choices: [
        {
          value: 'content',
          name: 'Everything but what was written',
          description:
            'Prompts, answers, thinking, tool input and output become REDACTED; counts, cost and names stay.',
        },
        {
          value: 'metadata',
          name: 'Neither what was written nor where',
          description: 'Directories, branches, hosts and people become keyed hashes as well.',
        },
        {
          value: 'secrets',
          name: 'Everything but secrets',
          description: 'Prompts, answers and tool output too; keys, tokens and passwords are masked.',
        },
        {
          value: 'none',
          name: 'Everything',
          description: 'The same; the masks alone can be taken off, with --no-mask-secrets.',
        },
      ],
    },
    CONTEXT,
  );
}

async function orCancelled<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') {
      throw new UserError('Cancelled; nothing was changed.', { exitCode: 130, cause: error });
    }
    throw error;
  }
}
