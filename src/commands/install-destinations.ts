/** What an installation does to the destinations of the configuration. */
import { emptyConfig, readConfig, type Config, type ConfiguredDestination } from '../config.ts';
import { thisMachine } from '../machine.ts';
import type { Paths } from '../state/paths.ts';
import type { Terminal } from '../ui.ts';
import { declarationsOf, isSamePlace, withPlaced } from './destination-place.ts';
import type { InstallFlags } from './install-flags.ts';
import { plannedFrom, type Decision } from './install-plan.ts';

export interface DestinationsPlan {
  existing: Config;
  /** Puts the destinations into the configuration. */
  place: (before: Config) => Config;
  /** Names that another place has now, or none: what has been delivered under them is forgotten. */
  forgotten: readonly string[];
}

/** Plans it from the flags; where somebody is there to ask, with their answers. Nothing is written. */
export async function planDestinations(
  flags: InstallFlags,
  { paths, terminal, isAsking }: { paths: Paths; terminal: Terminal; isAsking: boolean },
): Promise<DestinationsPlan> {
  const existing = readConfig(paths.config);
  const scene = { existing, surroundings: thisMachine(paths, terminal.env).surroundings, terminal };
  const decision: Decision = isAsking
    ? await (await import('./wizard-destinations.ts')).askDestinations(flags, scene)
    : { destinations: await plannedFrom(flags, scene), keepsOthers: flags.keep !== false };
  return planOf(decision, existing ?? emptyConfig());
}

async function planOf({ destinations, keepsOthers }: Decision, existing: Config): Promise<DestinationsPlan> {
  const known = await declarationsOf([...existing.destinations, ...destinations]);
  const isNamed = ({ name }: ConfiguredDestination): boolean => destinations.some((one) => one.name === name);
  const stays = (old: ConfiguredDestination): boolean => keepsOthers || isNamed(old);
  const isMoved = (old: ConfiguredDestination): boolean =>
    destinations.some((one) => one.name === old.name && !isSamePlace(old, one, known));
  return {
    existing,
    place(before) {
      const kept: Config = { ...before, destinations: before.destinations.filter(stays) };
      return destinations.reduce<Config>((config, added) => withPlaced(config, added, known), kept);
    },
    forgotten: existing.destinations.filter((old) => !stays(old) || isMoved(old)).map(({ name }) => name),
  };
}
