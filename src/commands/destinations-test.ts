/** `stopwire destinations test`: whether destinations take records. */
import type { ConfiguredDestination } from '../config.ts';
import { UserError } from '../errors.ts';
import { thisMachine } from '../machine.ts';
import { readJournal } from '../state/journal.ts';
import { pathsFrom, type Paths } from '../state/paths.ts';
import { paintFor, printable, type Terminal } from '../ui.ts';
import { checkOf, type Check } from './destination-check.ts';
import { configured, neededConfig } from './destination-names.ts';

export interface DestinationsTestFlags {
  name?: string | undefined;
  /** Sends a record, too, to those that are not on this machine. */
  canary: boolean;
  json: boolean;
}

/** Exit code 1 where one of them fails. */
export async function testDestinations(
  { name, canary, json }: DestinationsTestFlags,
  terminal: Terminal,
): Promise<number> {
  const paths = pathsFrom(terminal.env);
  const config = neededConfig(paths);
  const { surroundings } = thisMachine(paths, terminal.env);
  const asked = name === undefined ? config.destinations : [configured(config, name)];
  if (asked.length === 0) {
    throw new UserError('There is no destination to try.', { hint: 'Add one: npx stopwire destinations add <type>' });
  }
  const checks = await Promise.all(
    asked.map(async (destination) => ({ destination, check: await checkOf(destination, surroundings, { canary }) })),
  );
  if (json) terminal.out(JSON.stringify({ destinations: checks.map(published) }));
  else for (const { destination, check } of checks) sayCheck(destination, check, paths, terminal);
  return checks.some(({ check }) => check.state === 'failed') ? 1 : 0;
}

function published({ destination: { name, kind }, check }: { destination: ConfiguredDestination; check: Check }) {
  return { name, kind, ...check };
}

function sayCheck({ name, paused }: ConfiguredDestination, check: Check, paths: Paths, terminal: Terminal): void {
  const paint = paintFor('stderr', terminal.env);
  const command = (words: string): string => paint.place(`npx stopwire ${words}`);
  const { state, reason = '', hint, canary, ms } = check;
  if (state === 'failed') {
    terminal.say(`${paint.error('fails')} ${name}: ${printable(reason)}.`);
    if (hint !== undefined) terminal.say(`      ${printable(hint)}`);
    terminal.say(`      Mend it, and look again: ${command(`destinations test ${name}`)}`);
    return;
  }
  if (state === 'unsure') terminal.say(`${paint.warning('!')}     ${name}: ${printable(reason)}.`);
  else if (canary === undefined) terminal.say(`${paint.done('done')}  ${name} takes records (${ms} ms).`);
  else terminal.say(`${paint.done('done')}  ${name} took the record ${paint.place(canary)} (${ms} ms).`);
  if (paused) terminal.say(`      It is paused: ${command(`destinations resume ${name}`)}`);
  else if (readJournal(paths.journal).rest(name)) terminal.say(`      It rests; to try now: ${command('run')}`);
}
