/** Dead letters as a command line names them: by destination, by id, by age. */
import { reasonOf, UserError } from '../errors.ts';
import type { DeadLetter } from '../state/dead-letter.ts';
import { deadLetterDestinations, readDeadLetters } from '../state/dead-letters.ts';
import type { Paths } from '../state/paths.ts';
import { printable } from '../ui.ts';

export interface LetterFlags {
  destination?: string | undefined;
  ids?: readonly string[] | undefined;
}

const LIST_HINT = 'See which there are: npx stopwire dlq list';

/** The destinations that letters are asked of. Throws a UserError where the one that is named has none. */
export function lettersOf({ deadLetters }: Paths, destination: string | undefined): string[] {
  const names = deadLetterDestinations(deadLetters);
  if (destination === undefined) return names;
  if (names.includes(destination)) return [destination];
  throw new UserError(`The destination ${destination} has no dead letters.`, { hint: LIST_HINT });
}

/**
 * Whether a letter is one of those asked for: all of them where no ids are given.
 *
 * @throws a UserError where one of the ids is that of no letter: then nothing should be done to the others either
 */
export function chosenLetters(paths: Paths, { ids = [], destination }: LetterFlags): (letter: DeadLetter) => boolean {
  if (ids.length === 0) return () => true;
  const missing = new Set(ids);
  for (const name of lettersOf(paths, destination)) {
    for (const { id } of readDeadLetters(paths.deadLetters, name)) missing.delete(id);
  }
  const [first] = missing;
  if (first !== undefined) throw noSuchLetter(first);
  const wanted = new Set(ids);
  return ({ id }) => wanted.has(id);
}

export function noSuchLetter(id: string): UserError {
  return new UserError(`There is no dead letter ${id}.`, { hint: LIST_HINT });
}

/** Does what changes files of dead letters. Throws a UserError where the disk refuses; no letter is lost then. */
export function changingLetters({ deadLetters }: Paths, what: string, change: () => void): void {
  try {
    change();
  } catch (error) {
    throw new UserError(`${what} could not be taken out of ${deadLetters} (${reasonOf(error)}).`, {
      hint: 'They are all still there. See how full the disk is, and run the same command again.',
      cause: error,
    });
  }
}

/** A text of others on one line of a table, no longer than so many characters. */
export function cell(text: string, length = 100): string {
  const line = printable(text.replaceAll(/\s+/g, ' '));
  return line.length > length ? `${line.slice(0, length - 1).toWellFormed()}…` : line;
}

/** JSON that no terminal is steered by: its own rules leave some control characters as they are. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replaceAll(
    /[\u007F-\u009F\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
