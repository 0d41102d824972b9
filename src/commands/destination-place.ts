/** Where a destination's records go: how it is shown, and whether two destinations go to the same place. */
import { withDestination, type Config, type ConfiguredDestination } from '../config.ts';
import { destinationKinds, isDestinationKind } from '../destinations/index.ts';
import type { Surroundings } from '../destinations/destination.ts';
import { own } from '../lib/json.ts';
import type { Options } from '../lib/options.ts';

/** The declared options of the kinds that a configuration may name. */
export type Declarations = ReadonlyMap<string, Options>;

export async function declarationsOf(destinations: readonly ConfiguredDestination[]): Promise<Declarations> {
  const declarations = new Map<string, Options>();
  for (const { kind } of destinations) {
    if (isDestinationKind(kind)) declarations.set(kind, (await destinationKinds[kind]()).options);
  }
  return declarations;
}

/** The address, without what may hold a key, or the path; empty where the kind is unknown or has neither. */
export function whereOf(
  { kind, options }: ConfiguredDestination,
  declarations: Declarations,
  { storePath }: Pick<Surroundings, 'storePath'>,
): string {
  const declared = declarations.get(kind) ?? {};
  const place = placeOption(declared);
  const value = place === undefined ? undefined : (own(options, place) ?? declared[place]?.default);
  if (typeof value !== 'string') return kind === 'local' ? storePath : '';
  return URL.canParse(value) && /^https?:/i.test(value) ? shownAddress(new URL(value)) : value;
}

/** Whether what one has got can count for the other: keys, limits and redaction do not matter. */
export function isSamePlace(one: ConfiguredDestination, other: ConfiguredDestination, known: Declarations): boolean {
  if (one.kind !== other.kind) return false;
  const declared = known.get(one.kind) ?? {};
  const place = placeOption(declared);
  const names = place === undefined ? Object.keys(declared).filter((name) => isPublicText(declared, name)) : [place];
  return names.every((name) => own(one.options, name) === own(other.options, name));
}

/**
 * The configuration with the destination in it. One of its name that is there for the same place keeps where it
 * began, whether it is paused, and what other versions have noted: its cursors go on, and lines that wait for it must
 * not be passed over.
 */
export function withPlaced(config: Config, added: ConfiguredDestination, known: Declarations): Config {
  const old = config.destinations.find(({ name }) => name === added.name);
  if (old === undefined || !isSamePlace(old, added, known)) return withDestination(config, added);
  const { name, kind, redaction, maskSecrets, hash, only, options } = added;
  const kept = { ...old };
  delete kept.maskSecrets;
  delete kept.hash;
  delete kept.only;
  return withDestination(config, {
    ...kept,
    name,
    kind,
    redaction,
    ...(maskSecrets !== undefined && { maskSecrets }),
    ...(hash !== undefined && { hash }),
    ...(only !== undefined && { only }),
    options,
  });
}

/** The first option that is an address or a path, and no secret. */
function placeOption(declared: Options): string | undefined {
  return Object.keys(declared).find((name) => {
    const { kind, secret } = declared[name] ?? {};
    return (kind === 'url' || kind === 'path') && !secret;
  });
}

function isPublicText(declared: Options, name: string): boolean {
  return declared[name]?.kind === 'string' && !declared[name].secret;
}

/** Without user, query and fragment: each can hold a key. */
export function shownAddress({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
