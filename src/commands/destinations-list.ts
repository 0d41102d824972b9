/** `stopwire destinations list`: what is configured, without a key. */
import type { Config, ConfiguredDestination } from '../config.ts';
import { readConfig } from '../config.ts';
import { reasonOf, UserError } from '../errors.ts';
import { readJournal } from '../state/journal.ts';
import type { Rest } from '../state/facts.ts';
import { pathsFrom, type Paths } from '../state/paths.ts';
import { columnsOf, hanging, headed, homely, paintFor, printable, table, type Terminal } from '../ui.ts';
import { declarationsOf, whereOf, type Declarations } from './destination-place.ts';

export async function listDestinations({ json }: { json: boolean }, terminal: Terminal): Promise<number> {
  const paths = pathsFrom(terminal.env);
  const { destinations = [], paused = false } = readConfig(paths.config) ?? {};
  const rests = restsOf(destinations, paths, terminal);
  const known = await declarationsOf(destinations);
  const listed = destinations.map((one) => listedAs(one, { known, paths, rest: rests.get(one.name) }));
  if (json) terminal.out(JSON.stringify({ paused, destinations: listed }));
  else sayList(listed, { isPaused: paused, home: paths.home }, terminal);
  return 0;
}

interface Listed {
  name: string;
  kind: string;
  where: string;
  redaction: string;
  /** ISO 8601; left out where all history goes there. */
  since?: string;
  paused: boolean;
  resting?: { reason: string; until: string };
}

function listedAs(
  destination: ConfiguredDestination,
  { known, paths, rest }: { known: Declarations; paths: Paths; rest: Rest | undefined },
): Listed {
  const { name, kind, redaction, since, paused = false } = destination;
  return {
    name,
    kind,
    where: whereOf(destination, known, { storePath: paths.store }),
    redaction,
    ...(since !== undefined && { since }),
    paused,
    ...(rest !== undefined && { resting: { reason: rest.reason, until: new Date(rest.until).toISOString() } }),
  };
}

/** A journal that cannot be read must not hide what is configured. */
function restsOf(
  destinations: Config['destinations'],
  paths: Paths,
  terminal: Terminal,
): ReadonlyMap<string, Rest | undefined> {
  try {
    const journal = readJournal(paths.journal);
    return new Map(destinations.map(({ name }) => [name, journal.rest(name)]));
  } catch (error) {
    const reason = error instanceof UserError ? error.message : `${paths.journal} cannot be read (${reasonOf(error)}).`;
    terminal.say(`${paintFor('stderr', terminal.env).warning('!')} ${printable(reason)}`);
    return new Map();
  }
}

function sayList(
  destinations: readonly Listed[],
  { isPaused, home }: { isPaused: boolean; home: string },
  terminal: Terminal,
): void {
  if (destinations.length === 0) {
    terminal.say('There is no destination. Add one: npx stopwire destinations add <type>');
    return;
  }
  const head = ['name', 'type', 'redaction', 'history', 'state', 'where'];
  const rows = destinations.map((one) => [
    one.name,
    one.kind,
    one.redaction,
    one.since === undefined ? 'all' : `from ${one.since.slice(0, 10)}`,
    stateWords(one, isPaused),
    homely(one.where, home),
  ]);
  const columns = columnsOf(terminal.env);
  const shown = table(
    [head, ...rows].map((row) => row.map(printable)),
    [],
    { within: columns, shorten: [0, 5] },
  );
  terminal.out(headed(shown, paintFor('stdout', terminal.env)));
  for (const { name, resting } of destinations) {
    if (resting === undefined) continue;
    terminal.out(hanging('', printable(`\n${name} rests until ${resting.until}: ${resting.reason}.`), columns));
  }
  if (isPaused) terminal.say('Nothing is delivered anywhere until: npx stopwire resume');
}

function stateWords({ paused, resting }: Listed, isPaused: boolean): string {
  if (paused || isPaused) return 'paused';
  return resting === undefined ? 'on' : 'rests';
}
