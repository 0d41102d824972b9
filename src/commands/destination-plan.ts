/** From the flags of `destinations add` to a destination that can be opened. */
import type { ConfiguredDestination } from '../config.ts';
import type { Surroundings } from '../destinations/destination.ts';
import { destinationKinds } from '../destinations/index.ts';
import { UserError } from '../errors.ts';
import { nearest } from '../lib/nearest.ts';
import { redactionLevels, type RedactionLevel } from '../privacy/levels.ts';
import type { Terminal } from '../ui.ts';
import { checkName, kindNamed } from './destination-names.ts';
import { declaredOption, optionsFrom } from './destination-options.ts';
import { parted, readSecrets, secretPlaces } from './destination-secrets.ts';
import { redactionChoice, refuseVoid, type RedactionFlags } from './redaction-flags.ts';
import { startFrom } from './since.ts';

export interface DestinationFlags extends RedactionFlags {
  kind: string;
  name?: string | undefined;
  /** `option=value` each. */
  set?: readonly string[] | undefined;
  /** `-`: the key is on standard input. */
  apiKey?: string | undefined;
  /** `option=file` each; `-` is standard input, and a reference (`env:`, `file:`, `command:`) is kept as one. */
  secret?: readonly string[] | undefined;
  redaction?: string | undefined;
  since?: string | undefined;
}

/**
 * The destination that the flags describe, under its kind's name where they give none. A remote one begins now and
 * hides content unless the flags say otherwise; one on this machine takes everything.
 * Throws a UserError where a flag or an option cannot be used.
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
  refuseVoid(flags, [redaction]);
  const start = startFrom(flags.since ?? (kind.isRemote ? 'now' : 'all'), Date.now(), '--since');
  const places = secretPlaces(flags);
  for (const name of places.keys()) declaredOption(name, kindName, kind.options);
  const { references, read } = parted(places);
  const secrets = await readSecrets(read, terminal);
  const texts = optionsFrom({ kind: kindName, declared: kind.options, set: flags.set ?? [], secrets });
  const options = { ...texts, ...references };
  // What only the kind itself can check, such as plain http to another machine; nothing is sent or made by that.
  await (await kind.open(options, surroundings)).close();
  return { name: flags.name ?? kindName, kind: kindName, ...redactionChoice(redaction, flags), ...start, options };
}

function redactionFrom(given: string): RedactionLevel {
  const level = redactionLevels.find((known) => known === given);
  if (level !== undefined) return level;
  const meant = nearest(given, redactionLevels);
  throw new UserError(`There is no redaction level ${JSON.stringify(given)}.`, {
    hint: meant === undefined ? `There are ${redactionLevels.join(', ')}.` : `Did you mean ${meant}?`,
    exitCode: 2,
  });
}
