/** `stopwire dlq purge`: removes dead letters for good. */
import { momentOf } from '../lib/time-span.ts';
import type { DeadLetter } from '../state/dead-letter.ts';
import { readDeadLetters, removeDeadLetters, reviseDeadLetters } from '../state/dead-letters.ts';
import { pathsFrom, type Paths } from '../state/paths.ts';
import { formatCount, paintFor, type Terminal } from '../ui.ts';
import { changingLetters, chosenLetters, lettersOf, type LetterFlags } from './dlq-letters.ts';
import { notIdle, whileIdle } from './idle.ts';
import { mayRemove } from './removal.ts';

export interface PurgeLettersFlags extends LetterFlags {
  /** Only letters that were refused last before this moment. */
  before?: string | undefined;
  yes: boolean;
  json: boolean;
}

type Wanted = (letter: DeadLetter) => boolean;

export interface RemovedLetters {
  destination: string;
  removed: number;
}

/** Throws a UserError where an id is that of no letter, or nobody has agreed; nothing has been removed then. */
export async function purgeLetters(flags: PurgeLettersFlags, terminal: Terminal): Promise<number> {
  const paths = pathsFrom(terminal.env);
  const names = lettersOf(paths, flags.destination);
  const wanted = wantedLetters(flags, paths);
  const count = total(countLetters(paths, names, wanted));
  const question = `Remove ${formatCount(count)} dead letters? They cannot be sent again then.`;
  if (count > 0 && !(await mayRemove(flags, question, terminal))) return 0;
  let destinations: RemovedLetters[] = [];
  const work = (): void => void (destinations = removeLetters(paths, names, wanted));
  if (names.length > 0 && !(await whileIdle(paths, terminal, work))) throw notIdle('Nothing was removed');
  const removed = total(destinations);
  if (flags.json) terminal.out(JSON.stringify({ removed, destinations }));
  else terminal.say(`${paintFor('stderr', terminal.env).done('done')}  ${formatCount(removed)} dead letters removed`);
  return 0;
}

/** How many letters of these destinations are wanted; of all where nothing is said. */
export function countLetters({ deadLetters }: Paths, names: readonly string[], wanted?: Wanted): RemovedLetters[] {
  return names.map((destination) => {
    const letters = Array.from(readDeadLetters(deadLetters, destination), (letter) => wanted?.(letter) ?? true);
    return { destination, removed: letters.filter(Boolean).length };
  });
}

/** Removes the wanted letters; of all, with what else there is of the destination. No worker may deliver meanwhile. */
export function removeLetters(paths: Paths, names: readonly string[], wanted?: Wanted): RemovedLetters[] {
  const counts = countLetters(paths, names, wanted);
  changingLetters(paths, 'Dead letters', () => {
    for (const { destination, removed } of counts) {
      if (wanted === undefined) removeDeadLetters(paths.deadLetters, destination);
      else if (removed > 0) {
        reviseDeadLetters(paths.deadLetters, destination, (letter) => (wanted(letter) ? undefined : letter));
      }
    }
  });
  return counts;
}

export function total(counts: readonly RemovedLetters[]): number {
  return counts.reduce((sum, { removed }) => sum + removed, 0);
}

/** Undefined where all are. */
function wantedLetters(flags: PurgeLettersFlags, paths: Paths): Wanted | undefined {
  const { ids = [], before } = flags;
  if (ids.length === 0 && before === undefined) return undefined;
  const isChosen = chosenLetters(paths, flags);
  const end = before === undefined ? Infinity : momentOf(before, Date.now(), '--before');
  return (letter) => isChosen(letter) && Date.parse(letter.at) < end;
}
