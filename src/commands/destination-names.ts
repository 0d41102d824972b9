/** Destinations by their names. */
import { readConfig, type Config, type ConfiguredDestination } from '../config.ts';
import { destinationKinds, isDestinationKind, type DestinationKindName } from '../destinations/index.ts';
import { UserError } from '../errors.ts';
import { nearest } from '../lib/nearest.ts';
import type { Paths } from '../state/paths.ts';

/** The configuration, which must be there. Throws a UserError where it is not. */
export function neededConfig(paths: Paths): Config {
  const config = readConfig(paths.config);
  if (config !== undefined) return config;
  throw new UserError(`There is no configuration at ${paths.config}.`, { hint: 'Make one: npx stopwire install' });
}

/** The destination of that name. Throws a UserError with exit code 2 where there is none. */
export function configured({ destinations }: Config, name: string): ConfiguredDestination {
  const found = destinations.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new UserError(`There is no destination ${JSON.stringify(name)}.`, {
    hint:
      meant(
        name,
        destinations.map((one) => one.name),
      ) ?? 'Add one: npx stopwire destinations add <type>',
    exitCode: 2,
  });
}

/** The kind of that name. Throws a UserError with exit code 2 where there is none. */
export function kindNamed(name: string): DestinationKindName {
  if (isDestinationKind(name)) return name;
  const hint = meant(name, Object.keys(destinationKinds)) ?? '';
  throw new UserError(`There is no type of destination ${JSON.stringify(name)}.`, { hint, exitCode: 2 });
}

/** The kind, or with a number behind it: the first name that is free. */
export function freeName(kind: string, isTaken: (name: string) => boolean): string {
  let name = kind;
  for (let number = 2; isTaken(name); number += 1) name = `${kind}-${number}`;
  return name;
}

const NAME = /^[a-z\d][\w.-]{0,63}$/i;

/** Throws a UserError with exit code 2 where the name could be taken for a flag, or breaks a table or a file's name. */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new UserError(`${JSON.stringify(name)} cannot be the name of a destination.`, {
    hint: 'Use up to 64 letters, digits, dots, hyphens and underscores, and begin with a letter or a digit.',
    exitCode: 2,
  });
}

function meant(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const similar = nearest(name, known);
  if (similar !== undefined) return `Did you mean ${similar}?`;
  return `There ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}.`;
}
