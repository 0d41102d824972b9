/** From the flags of `destinations add` to a destination that can be opened. */
import { readFileSync } from 'node:fs';
import type { ConfiguredDestination } from '../config.ts';
import type { Surroundings } from '../destinations/destination.ts';
import { destinationKinds } from '../destinations/index.ts';
import { reasonOf, UserError } from '../errors.ts';
import { nearest } from '../lib/nearest.ts';
import { redactionLevels, type RedactionLevel } from '../privacy/levels.ts';
import type { Terminal } from '../ui.ts';
import { checkName, kindNamed } from './destination-names.ts';
import { declaredOption, optionsFrom, pairOf } from './destination-options.ts';
import { startFrom } from './since.ts';

export interface DestinationFlags {
  kind: string;
  name?: string | undefined;
  /** `option=value` each. */
  set?: readonly string[] | undefined;
  /** `-`: the key is on standard input. */
  apiKey?: string | undefined;
  /** `option=file` each; `-` is standard input. */
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
  const start = startFrom(flags.since ?? (kind.isRemote ? 'now' : 'all'), Date.now(), '--since');
  const places = secretPlaces(flags);
  for (const name of places.keys()) declaredOption(name, kindName, kind.options);
  const secrets = await readSecrets(places, terminal);
  const options = optionsFrom({ kind: kindName, declared: kind.options, set: flags.set ?? [], secrets });
  // What only the kind itself can check, such as plain http to another machine; nothing is sent or made by that.
  await (await kind.open(options, surroundings)).close();
  return { name: flags.name ?? kindName, kind: kindName, redaction, ...start, options };
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

/** The file of each secret; `--api-key -` is short for `--secret apiKey=-`. */
function secretPlaces({ apiKey, secret = [] }: DestinationFlags): ReadonlyMap<string, string> {
  if (apiKey !== undefined && apiKey !== '-') {
    throw new UserError('--api-key takes nothing but -: the key is read from standard input.', {
      hint: 'Every process on this machine can read arguments. Give it so: … --api-key - < file',
      exitCode: 2,
    });
  }
  const places = new Map(secret.map(pairOf));
  if (apiKey !== undefined) places.set('apiKey', '-');
  if (Array.from(places.values()).filter((place) => place === '-').length <= 1) return places;
  throw new UserError('Standard input can hold one secret.', {
    hint: 'Put the others into files, and name those: --secret option=file',
    exitCode: 2,
  });
}

async function readSecrets(
  places: ReadonlyMap<string, string>,
  terminal: Terminal,
): Promise<ReadonlyMap<string, string>> {
  const secrets = new Map<string, string>();
  for (const [name, place] of places) {
    const text = place === '-' ? await fromInput(terminal) : readSecretFile(name, place);
    if (text === '') throw new UserError(`There was nothing to read for the option ${name}.`, { exitCode: 2 });
    secrets.set(name, text);
  }
  return secrets;
}

/** From standard input, or typed unseen where somebody sits there. */
async function fromInput(terminal: Terminal): Promise<string> {
  if (!terminal.isInteractive) return terminal.readInput();
  const { askKey } = await import('./wizard.ts');
  return (await askKey()) ?? '';
}

function readSecretFile(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    // Not its name: it may be the secret itself, put where the file's name belongs.
    throw new UserError(`The file with the option ${name} cannot be read (${reasonOf(error)}).`, {
      hint: `Give it so: --secret ${name}=<file>, or --secret ${name}=- for standard input.`,
      exitCode: 2,
    });
  }
}
