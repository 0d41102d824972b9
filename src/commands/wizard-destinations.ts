/** The dialogue about where records go: what the flags of `install` leave open is asked, and tried before it is kept. */
import type { ConfiguredDestination } from '../config.ts';
import { destinationKinds, isRemoteKind } from '../destinations/index.ts';
import { redactionLevelOf } from '../pipeline/redact.ts';
import { columnsOf, paintFor, printable } from '../ui.ts';
import { freeName } from './destination-names.ts';
import { declarationsOf, isSamePlace, whereOf } from './destination-place.ts';
import type { DestinationFlags } from './destination-flags.ts';

import type { InstallFlags } from './install-flags.ts';
import { namesPlace, refuseVoidFlags, sharedOf, wishesFrom, type Decision, type Scene } from './install-plan.ts';
import { redactionChoice } from './redaction-flags.ts';
import { startFrom, startWords } from './since.ts';
import { askChoice, askHistory, askRedaction } from './wizard.ts';
import { askUntilItWorks } from './wizard-options.ts';

/** Throws a UserError with exit code 130 where the dialogue is cancelled; nothing has been written then. */
export async function askDestinations(flags: InstallFlags, scene: Scene): Promise<Decision> {
  const course = await courseOf(flags, scene);
  if (course === 'keep') return { destinations: [], keepsOthers: true };
  const isNamed = namesPlace(flags);
  const wishes: DestinationFlags[] = isNamed
    ? wishesFrom(flags, { isBareLocal: false })
    : [{ ...sharedOf(flags), kind: await askKind(scene) }];
  const destinations: ConfiguredDestination[] = [];
  for (const wish of wishes) {
    const planned = await askUntilItWorks(wish, flags, scene);
    const named = isNamed || course === 'anew' ? planned : { ...planned, name: await ownName(planned, scene) };
    destinations.push(await completed(named, flags, scene));
  }
  refuseVoidFlags(flags, destinations);
  return { destinations, keepsOthers: course !== 'anew' };
}

type Course = 'keep' | 'add' | 'anew';

/** What is to become of the destinations that are there. */
async function courseOf(flags: InstallFlags, scene: Scene): Promise<Course> {
  const { existing } = scene;
  if (flags.keep === false) return 'anew';
  if (existing === undefined || existing.destinations.length === 0 || namesPlace(flags)) return 'add';
  if (flags.keep) return 'keep';
  await sayConfigured(existing.destinations, scene);
  return askChoice<Course>('What about these destinations?', [
    { value: 'keep', name: 'Keep them as they are', description: 'The hook and the program are brought up to date.' },
    { value: 'add', name: 'Add another one' },
    {
      value: 'anew',
      name: 'Start over',
      description: 'Nothing is sent to these any more. What they have got stays there.',
    },
  ]);
}

async function sayConfigured(
  destinations: readonly ConfiguredDestination[],
  { surroundings, terminal }: Scene,
): Promise<void> {
  const known = await declarationsOf(destinations);
  const paint = paintFor('stderr', terminal.env);
  terminal.say('stopwire is installed here. Records go to');
  for (const one of destinations) {
    const where = paint.place(printable(whereOf(one, known, surroundings)));
    terminal.say(`  ${one.name}: ${where}`);
    terminal.say(`    redaction: ${printable(one.redaction)}, ${startWords(one)}${one.paused ? ', paused' : ''}`);
  }
}

/** For the mark before a choice, and one column that terminals keep free. */
const MARGIN = 3;

/** Of the kinds that the registry has; one a line, and what does not fit there is told below the list. */
async function askKind({ terminal }: Scene): Promise<string> {
  const width = Math.max(...Object.keys(destinationKinds).map((name) => name.length));
  const columns = columnsOf(terminal.env) - MARGIN;
  const choices = Object.entries(destinationKinds).map(async ([kind, load]) => {
    const { about } = await load();
    const row = `${kind.padEnd(width)}  ${about}`;
    if (row.length <= columns) return { value: kind, short: kind, name: row };
    return { value: kind, short: kind, name: `${row.slice(0, columns - 1)}…`, description: about };
  });
  return askChoice('Where should the records go?', await Promise.all(choices));
}

/** The name of the destination that goes to the same place, else the first that is free. */
async function ownName(planned: ConfiguredDestination, { existing }: Scene): Promise<string> {
  const before = existing?.destinations ?? [];
  const known = await declarationsOf([planned, ...before]);
  const same = before.find((one) => isSamePlace(one, planned, known));
  return same?.name ?? freeName(planned.kind, (name) => before.some((one) => one.name === name));
}

/** With what may leave the machine, and from when on. */
async function completed(
  planned: ConfiguredDestination,
  flags: InstallFlags,
  { existing }: Scene,
): Promise<ConfiguredDestination> {
  const { name, kind, options } = planned;
  const isOpen = flags.redaction === undefined && (await isRemoteKind(planned.kind));
  const level = isOpen ? await askRedaction(planned.redaction) : redactionLevelOf(planned);
  const isKnown = existing?.destinations.some((one) => one.name === name) === true;
  const since = flags.since ?? (isKnown ? 'all' : await askHistory());
  return { name, kind, ...redactionChoice(level, flags), ...startFrom(since, Date.now(), '--since'), options };
}
