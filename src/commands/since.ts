/** The moment at which what a destination gets begins: how it is given, and how it is said. */
import { UserError } from '../errors.ts';
import { momentOf } from '../lib/time-span.ts';

/** As a destination has it: without `since`, it gets all history. */
export interface Start {
  since?: string;
}

/**
 * The start that a text names: `all`, `now`, a span back from now or a date.
 *
 * @param now epoch milliseconds
 * @param flag what the text was given for, for the message
 * @throws a UserError with exit code 2 where the text names no moment, or one that is still to come
 */
export function startFrom(text: string, now: number, flag: string): Start {
  if (text === 'all') return {};
  if (text === 'now') return { since: new Date(now).toISOString() };
  const moment = pastMoment(text, now, flag);
  if (moment > now) {
    throw new UserError(`${flag} ${text} has not come yet: until then, nothing would be delivered.`, {
      hint: 'To hold a destination back for a while: npx stopwire destinations pause <name>',
      exitCode: 2,
    });
  }
  return { since: new Date(moment).toISOString() };
}

function pastMoment(text: string, now: number, flag: string): number {
  try {
    return momentOf(text, now, flag);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const hint = 'Give all, now, a span back from now (12h, 30d, 2w), or a date (2026-05-01, 2026-05-01T08:30Z).';
    throw new UserError(error.message, { hint, exitCode: 2, cause: error });
  }
}

/** For people, within a sentence. */
export function startWords({ since }: Start): string {
  return since === undefined ? 'all history' : `lines from ${since} on`;
}
