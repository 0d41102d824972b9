/** Puts a destination into the configuration, under a name whose cursors are its own. */
import { changeConfig, type Config, type ConfiguredDestination } from '../config.ts';
import { UserError } from '../errors.ts';
import { readJournal, type Journal } from '../state/journal.ts';
import type { Paths } from '../state/paths.ts';
import type { Terminal } from '../ui.ts';
import { freeName } from './destination-names.ts';
import { isSamePlace, withPlaced, type Declarations } from './destination-place.ts';
import { notIdle, whileIdle } from './idle.ts';

export interface Naming {
  name?: string | undefined;
  /** Takes the place of the destination of that name. */
  replace: boolean;
}

interface Saving extends Naming {
  known: Declarations;
  paths: Paths;
  terminal: Terminal;
}

/** Throws a UserError with exit code 2 where the name that was asked for is not free. */
export function refuseTaken(config: Config | undefined, { name, replace }: Naming): void {
  if (name === undefined || replace || !has(config, name)) return;
  throw new UserError(`There is a destination ${JSON.stringify(name)} already.`, {
    hint: 'Give another name, or --replace to put this one into its place.',
    exitCode: 2,
  });
}

/**
 * Throws a UserError with exit code 2 where nobody asked for a second name and one has the same address already:
 * everything would go there twice.
 */
export function refuseSamePlace(
  planned: ConfiguredDestination,
  config: Config | undefined,
  { name, replace, known }: Naming & { known: Declarations },
): void {
  const same = config?.destinations.find((one) => isSamePlace(one, planned, known));
  if (name !== undefined || replace || same === undefined) return;
  throw new UserError(`The destination ${JSON.stringify(same.name)} has the same address already.`, {
    hint: `To change it: destinations add ${same.name} --type ${planned.kind} --replace. To have both: another name, and --type ${planned.kind}.`,
    exitCode: 2,
  });
}

/**
 * Saves it under the name that was asked for, else under its kind's or the first with a number that is free at that
 * moment. What is remembered under a name for another place would count as delivered to this one, so it is given up,
 * while no worker can move it.
 *
 * @returns the destination as it stands in the configuration
 */
export async function save(planned: ConfiguredDestination, saving: Saving): Promise<ConfiguredDestination> {
  const { replace, paths, terminal } = saving;
  const isRemembered = isRememberedIn(readJournal(paths.journal));
  const name = saving.name ?? (replace ? planned.kind : undefined);
  if (name === undefined) return place(planned, saving, { isUsed: isRemembered });
  if (!replace && !isRemembered(name)) return place(planned, saving, { name });
  let placed: ConfiguredDestination | undefined;
  await whileIdle(paths, terminal, (journal) => {
    placed = place(planned, saving, { name, forget: (one) => journal.forget(one) });
  });
  if (placed === undefined) throw notIdle(`${name} was not added`);
  return placed;
}

function isRememberedIn(journal: Pick<Journal, 'tally' | 'rest'>): (name: string) => boolean {
  return (name) => journal.tally(name) !== undefined || journal.rest(name) !== undefined;
}

interface Name {
  /** Without one, the first that is free. */
  name?: string;
  /** Whether a name is not free although the configuration does not have it. */
  isUsed?: (name: string) => boolean;
  /** Gives up what is remembered under a name. */
  forget?: (name: string) => void;
}

function place(
  planned: ConfiguredDestination,
  { replace, known, paths }: Saving,
  { name, isUsed, forget }: Name,
): ConfiguredDestination {
  let added = planned;
  const { destinations } = changeConfig(paths.config, (before) => {
    const free = (): string => freeName(planned.kind, (one) => has(before, one) || isUsed?.(one) === true);
    added = { ...planned, name: name ?? free() };
    refuseTaken(before, { name: added.name, replace });
    const old = before.destinations.find((one) => one.name === added.name);
    if (old === undefined || !isSamePlace(old, added, known)) forget?.(added.name);
    return withPlaced(before, added, known);
  });
  return destinations.find((one) => one.name === added.name) ?? added;
}

function has(config: Config | undefined, name: string): boolean {
  return config?.destinations.some((one) => one.name === name) ?? false;
}
