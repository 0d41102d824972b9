/** `stopwire destinations add`: one more place for records, tried before it is saved. */
import { existsSync } from 'node:fs';
import { readConfig, type ConfiguredDestination } from '../config.ts';
import type { Surroundings } from '../destinations/destination.ts';
import { UserError } from '../errors.ts';
import { thisMachine } from '../machine.ts';
import { pathsFrom, type Paths } from '../state/paths.ts';
import { paintFor, printable, sayBehind, type Terminal } from '../ui.ts';
import { checkOf, type Check } from './destination-check.ts';
import { declarationsOf, whereOf, type Declarations } from './destination-place.ts';
import { inVariables } from './destination-secrets.ts';
import type { DestinationFlags } from './destination-flags.ts';
import { destinationFrom } from './destination-plan.ts';
import { refuseSamePlace, refuseTaken, save } from './destination-save.ts';
import { historyWords } from './history.ts';
import { refuseVoid } from './redaction-flags.ts';

export interface DestinationsAddFlags extends DestinationFlags {
  /** Takes the place of the destination of that name. */
  replace: boolean;
  /** Without it, the destination is saved untried. */
  test: boolean;
  /** Saves it also where the test fails. */
  force: boolean;
  json: boolean;
}

/** Exit code 1 where it was not added. */
export async function addDestination(flags: DestinationsAddFlags, terminal: Terminal): Promise<number> {
  const paths = pathsFrom(terminal.env);
  const { surroundings } = thisMachine(paths, terminal.env);
  const before = readConfig(paths.config);
  refuseTaken(before, flags);
  const planned = await destinationFrom(flags, surroundings, terminal);
  refuseVoid(flags, [planned.redaction]);
  const known = await declarationsOf([planned, ...(before?.destinations ?? [])]);
  refuseSamePlace(planned, before, { ...flags, known });
  const check = flags.test ? await checkOf(planned, surroundings) : undefined;
  const place = `${planned.kind} at ${whereOf(planned, known, surroundings)}`;
  if (check?.state === 'failed' && !(await isAccepted(check, place, flags, terminal))) {
    terminal.say('Nothing was changed.');
    return 1;
  }
  const added = await save(planned, { ...flags, known, paths, terminal });
  if (flags.json) terminal.out(JSON.stringify(published(added, { check, known, surroundings })));
  else sayAdded(added, { check, known, paths, surroundings, terminal });
  return 0;
}

const ANYWAY = 'Mend it and try again; to add it as it is: --force.';

/** A failing test is a warning: the collector may be one that is started tomorrow. */
async function isAccepted(
  { reason = '', hint }: Check,
  place: string,
  { force, json }: DestinationsAddFlags,
  terminal: Terminal,
): Promise<boolean> {
  const message = `${place} was tried, and it fails: ${reason}.`;
  if (!force && !(terminal.isInteractive && !json)) {
    throw new UserError(message, { hint: [...(hint === undefined ? [] : [hint]), ANYWAY].join(' ') });
  }
  terminal.say(`${paintFor('stderr', terminal.env).warning('!')}     ${printable(message)}`);
  if (hint !== undefined) terminal.say(`      ${printable(hint)}`);
  if (force) return true;
  const { askWhetherTo } = await import('./wizard.ts');
  return askWhetherTo('Add it all the same?');
}

interface Told {
  check: Check | undefined;
  known: Declarations;
  surroundings: Surroundings;
}

function published(added: ConfiguredDestination, { check, known, surroundings }: Told): object {
  const { name, kind, redaction, since, paused = false } = added;
  return {
    name,
    kind,
    where: whereOf(added, known, surroundings),
    redaction,
    ...(since !== undefined && { since }),
    paused,
    ...(check !== undefined && { test: check }),
  };
}

function sayAdded(
  added: ConfiguredDestination,
  { check, known, paths, surroundings, terminal }: Told & { paths: Paths; terminal: Terminal },
): void {
  const { name, redaction, paused } = added;
  const paint = paintFor('stderr', terminal.env);
  if (check?.state === 'unsure') terminal.say(`${paint.warning('!')}     ${name}: ${printable(check.reason ?? '')}.`);
  const where = whereOf(added, known, surroundings);
  terminal.say(`${paint.done('done')}  ${name} was added: ${paint.place(printable(where))}, redaction: ${redaction}`);
  const config = readConfig(paths.config);
  terminal.say(`      ${historyWords(added, config, { paths, env: terminal.env })}`);
  const next = (words: string, command: string): void => terminal.say(`      ${words}: ${paint.place(command)}`);
  if (config?.paused) next('Everything is paused; to deliver', 'npx stopwire resume');
  else if (paused) next('It is paused; to deliver', `npx stopwire destinations resume ${name}`);
  else if (existsSync(paths.launcher) && inVariables(added.options).length > 0) sayUnreachable(added, terminal);
  else if (existsSync(paths.launcher)) next('The end of the next turn delivers; to do so now', 'npx stopwire run');
  else next('The hook is not installed yet', 'npx stopwire install');
}

function sayUnreachable({ options }: ConfiguredDestination, terminal: Terminal): void {
  const words = `The hook hands no variable to its worker, and so delivers nothing there: ${inVariables(options).join(', ')} stands in one. Deliver with npx stopwire run, or give the secret as file: or command:.`;
  sayBehind(`${paintFor('stderr', terminal.env).warning('!')}     `, words, terminal);
}
