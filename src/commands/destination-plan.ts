/** From flags, those of `destinations add` and of `install`, to a destination that can be opened. */
import type { ConfiguredDestination } from '../config.ts';
import type { Surroundings, UncheckedKind } from '../destinations/destination.ts';
import { destinationKinds } from '../destinations/index.ts';
import { UserError } from '../errors.ts';
import { nearest } from '../lib/nearest.ts';
import { redactionLevels, type RedactionLevel } from '../privacy/levels.ts';
import type { Terminal } from '../ui.ts';
import type { DestinationFlags } from './destination-flags.ts';
import { checkName, kindNamed } from './destination-names.ts';
import { declaredOption, optionsFrom, pairOf } from './destination-options.ts';
import { parted, readSecrets, secretPlaces } from './destination-secrets.ts';
import { redactionChoice } from './redaction-flags.ts';
import { startFrom } from './since.ts';

/**
 * The destination that the flags describe, under its kind's name where they give none. A remote one begins now and
 * hides content unless the flags say otherwise; one on this machine takes everything.
 * Throws a UserError where a flag or an option cannot be used; `refuseVoid` is left to the caller.
 */
export async function destinationFrom(
  flags: DestinationFlags,
  surroundings: Surroundings,
  terminal: Terminal,
): Promise<ConfiguredDestination> {
  const kindName = kindNamed(flags.kind);
  const kind = await destinationKinds[kindName]();
  if (flags.name !== undefined) checkName(flags.name);
  const redaction = redactionFrom(flags.redaction ?? (kind.isRemote ? 'content' : 'none'));
  const start = startFrom(flags.since ?? (kind.isRemote ? 'now' : 'all'), Date.now(), '--since');
  const places = secretPlaces(flags);
  const { references, read } = parted(places);
  for (const name of [...places.keys(), ...(flags.typed?.keys() ?? [])]) declaredOption(name, kindName, kind.options);
  const given = new Map([...(flags.typed ?? []), ...(await readSecrets(read, terminal))]);
  const secrets = new Map([...environmentOf(kind, [...places.keys(), ...given.keys()], flags, terminal), ...given]);
  const options = optionsFrom({ kind: kindName, declared: kind.options, set: flags.set ?? [], secrets, references });
  // What only the kind itself can check, such as plain http to another machine; nothing is sent or made by that.
  await (await kind.open(options, surroundings)).close();
  const choice = { ...redactionChoice(redaction, flags), ...start, ...onlyOf(flags) };
  return { name: flags.name ?? kindName, kind: kindName, ...choice, options };
}

/** What the environment says of options that the flags leave open. */
function environmentOf(
  kind: UncheckedKind,
  secrets: readonly string[],
  { set = [] }: DestinationFlags,
  terminal: Terminal,
): [option: string, text: string][] {
  const given = new Set([...secrets, ...set.map((pair) => pairOf(pair)[0])]);
  const found = Array.from(kind.fromEnvironment?.(terminal.env) ?? []).filter(([name]) => !given.has(name));
  if (found.length > 0) terminal.say(`Taken from the environment: ${found.map(([name]) => name).join(', ')}.`);
  return found;
}

function onlyOf({ onlyTypes: types, onlyProjects: projects }: DestinationFlags): Pick<ConfiguredDestination, 'only'> {
  if (types === undefined && projects === undefined) return {};
  return { only: { ...(types !== undefined && { types }), ...(projects !== undefined && { projects }) } };
}

/** The level of that name. Throws a UserError with exit code 2 where there is none. */
export function redactionFrom(given: string): RedactionLevel {
  const level = redactionLevels.find((known) => known === given);
  if (level !== undefined) return level;
  const meant = nearest(given, redactionLevels);
  throw new UserError(`There is no redaction level ${JSON.stringify(given)}.`, {
    hint: meant === undefined ? `There are ${redactionLevels.join(', ')}.` : `Did you mean ${meant}?`,
    exitCode: 2,
  });
}
