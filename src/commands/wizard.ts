/** The questions that commands ask, on standard error: standard output is for data. */
import { confirm, input, password, select } from '@inquirer/prompts';
import { UserError } from '../errors.ts';
import type { RedactionLevel } from '../privacy/levels.ts';

export interface Choice<Value> {
  value: Value;
  name: string;
  /** What stays on the screen as the answer; the name, unless it is given. */
  short?: string;
  /** Shown while the choice is the one that Enter would take. */
  description?: string;
}

/**
 * Asks for one of the choices; Enter takes `proposed`, or the first. It throws a UserError on Ctrl-C, as do all of
 * these: nothing may have been written by then.
 */
export function askChoice<Value>(message: string, choices: readonly Choice<Value>[], proposed?: Value): Promise<Value> {
  return orCancelled((context) =>
    select({ message, choices, pageSize: 12, ...(proposed !== undefined && { default: proposed }) }, context),
  );
}

export interface TextQuestion {
  message: string;
  /** What Enter alone takes; shown, so never a secret. */
  proposed?: string | undefined;
  isSecret: boolean;
  /** Says what is wrong with an answer. */
  problem: (answer: string) => string | undefined;
}

/** Asks for a text; of a secret, what is typed is not shown. */
export function askText({ message, proposed, isSecret, problem }: TextQuestion): Promise<string> {
  const validate = (answer: string): string | true => problem(answer) ?? true;
  return orCancelled((context) =>
    isSecret
      ? password({ message, mask: true, validate }, context)
      : input({ message, validate, ...(proposed !== undefined && { default: proposed }) }, context),
  );
}

/** Asks for a secret on its own; undefined where none was typed. */
export async function askSecret(message: string): Promise<string | undefined> {
  const secret = await askText({ message, isSecret: true, problem: () => undefined });
  return secret === '' ? undefined : secret;
}

/** Asks before what loses or risks something; no is the answer that does not. */
export function askWhetherTo(message: string): Promise<boolean> {
  return orCancelled((context) => confirm({ message, default: false }, context));
}

/** Asks whether settings.json may be changed as shown. */
export function askConfirmation(): Promise<boolean> {
  return orCancelled((context) => confirm({ message: 'Change settings.json?', default: true }, context));
}

export function askHistory(): Promise<string> {
  return askChoice('Which history should be imported?', [
    { value: 'all', name: 'All of it', description: 'Every transcript that is still on this machine.' },
    { value: '30d', name: 'The last 30 days', description: 'Lines that are older stay where they are.' },
    { value: 'now', name: 'None', description: 'Only what is written from now on.' },
  ]);
}

export function askRedaction(proposed: string): Promise<RedactionLevel> {
  const choices: Choice<RedactionLevel>[] = [
    {
      value: 'content',
      name: 'Everything but what was written',
      description: 'Prompts, answers, thinking, tool input and output become REDACTED; counts, cost and names stay.',
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
  ];
  return askChoice('What may leave this machine?', choices, choices.find(({ value }) => value === proposed)?.value);
}

interface Context {
  output: NodeJS.WritableStream;
  signal: AbortSignal;
}

/**
 * Asks, and gives the terminal back as it was, whatever ends the question: Ctrl-C, SIGTERM, or Ctrl-D, after which
 * nothing would ever answer it.
 */
async function orCancelled<Answer>(ask: (context: Context) => Promise<Answer>): Promise<Answer> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  // Not `once`: a package of the prompts ends the process where it finds that nobody but itself listens.
  process.on('SIGTERM', end).on('beforeExit', end);
  try {
    return await ask({ output: process.stderr, signal: ending.signal });
  } catch (error) {
    if (!(error instanceof Error) || !['ExitPromptError', 'AbortPromptError'].includes(error.name)) throw error;
    throw new UserError('Cancelled; nothing was changed.', { exitCode: 130, cause: error });
  } finally {
    process.off('SIGTERM', end).off('beforeExit', end);
  }
}
