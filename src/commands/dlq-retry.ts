/** `stopwire dlq retry`: sends dead letters again; what is taken now goes, what is refused again stays. */
import { lazyDestination } from '../destinations/index.ts';
import { reasonOf, UserError } from '../errors.ts';
import { exclusionOf } from '../exclusion.ts';
import { REDACTED } from '../privacy/levels.ts';
import { redactionOf } from '../redaction.ts';
import type { DeadLetter } from '../state/dead-letter.ts';
import { readDeadLetters, reviseDeadLetters } from '../state/dead-letters.ts';
import { pathsFrom } from '../state/paths.ts';
import { formatCount, paintFor, type Terminal } from '../ui.ts';
import { changingLetters, chosenLetters, lettersOf, type LetterFlags } from './dlq-letters.ts';
import { resend, type Resent } from './dlq-resend.ts';
import { foregroundCode, inForeground, type Foreground } from './foreground.ts';

export interface RetryFlags extends LetterFlags {
  json: boolean;
}

interface Retried {
  destination: string;
  delivered: number;
  refused: number;
  /** Letters that are still there, of those that were asked for. */
  left: number;
  reason?: string;
}

/**
 * Exit code 1 where some are left. No worker delivers meanwhile.
 *
 * @throws a UserError where an id is that of no letter; nothing has been sent then
 */
export async function retryLetters(flags: RetryFlags, terminal: Terminal): Promise<number> {
  const paths = pathsFrom(terminal.env);
  const names = lettersOf(paths, flags.destination);
  const isWanted = chosenLetters(paths, flags);
  const { retried, code } =
    names.length === 0
      ? { retried: [], code: 0 }
      : await inForeground({ terminal }, async (foreground) => {
          const reports: Retried[] = [];
          for (const name of names) reports.push(await retryAt(name, isWanted, foreground));
          const isDone = reports.every(({ left }) => left === 0);
          return {
            retried: reports.filter(({ delivered, left }) => delivered + left > 0),
            code: foregroundCode(isDone, foreground.options),
          };
        });
  if (flags.json) terminal.out(JSON.stringify({ destinations: retried }));
  else sayRetried(retried, terminal);
  return code;
}

async function retryAt(
  destination: string,
  isWanted: (letter: DeadLetter) => boolean,
  foreground: Foreground,
): Promise<Retried> {
  const { paths, config, options } = foreground;
  const isExcluded = exclusionOf(config, options.machine);
  const letters = Array.from(readDeadLetters(paths.deadLetters, destination))
    .filter(isWanted)
    .filter(({ record }) => isHashed(record.project) || !isExcluded(record));
  const { delivered, refused, reason } = await send(letters, destination, foreground);
  if (delivered.length + refused.length > 0) {
    const what = `What ${destination} has taken now`;
    changingLetters(paths, what, () => settle(paths.deadLetters, destination, { delivered, refused }));
  }
  return {
    destination,
    delivered: delivered.length,
    refused: refused.length,
    left: letters.length - delivered.length,
    ...(reason !== undefined && { reason }),
  };
}

/** Then nobody can say any more where it was. */
function isHashed(project: string | undefined): boolean {
  return project?.startsWith('hmac:') === true || project === REDACTED;
}

/** Never throws: the trouble of one destination is its own. */
async function send(
  letters: readonly DeadLetter[],
  name: string,
  { config, options: { machine, signal } }: Foreground,
): Promise<Resent> {
  const configured = config.destinations.find((one) => one.name === name);
  const nothing = { delivered: [], refused: [] };
  if (configured === undefined) return { ...nothing, reason: 'it is not configured any more' };
  if (config.paused || configured.paused) return { ...nothing, reason: 'it is paused' };
  const destination = lazyDestination(configured, machine.surroundings);
  try {
    const redact = await redactionOf(configured, { config, machine })();
    return await resend(letters, { destination: name, redact, open: destination.open, signal });
  } catch (error) {
    return { ...nothing, reason: error instanceof UserError ? error.message : `unexpected: ${reasonOf(error)}` };
  } finally {
    await destination.close();
  }
}

/** A letter that has come anew meanwhile is another one, and stays. */
function settle(directory: string, destination: string, { delivered, refused }: Resent): void {
  const at = new Date().toISOString();
  const gone = new Set(delivered.map(keyOf));
  const reasons = new Map(refused.map(({ letter, reason }) => [keyOf(letter), reason]));
  reviseDeadLetters(directory, destination, (letter) => {
    const reason = reasons.get(keyOf(letter));
    if (reason !== undefined) return { ...letter, at, reason };
    return gone.has(keyOf(letter)) ? undefined : letter;
  });
}

function keyOf({ at, record }: DeadLetter): string {
  return `${at} ${record.id}`;
}

function sayRetried(retried: readonly Retried[], terminal: Terminal): void {
  const paint = paintFor('stderr', terminal.env);
  if (retried.length === 0) return terminal.say('There are no dead letters to send again.');
  for (const { destination, delivered, refused, left, reason } of retried) {
    const word = left === 0 ? paint.done('done') : paint.warning('left');
    const counts = [`${formatCount(delivered)} delivered`];
    if (refused > 0) counts.push(`${formatCount(refused)} refused again`);
    if (left > refused) counts.push(`${formatCount(left - refused)} not sent: ${reason}`);
    terminal.say(`${word}  ${destination}: ${counts.join(', ')}`);
  }
}
