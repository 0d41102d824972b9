/** The secrets of `destinations add`: each stands in a file or on standard input, or stays a reference. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { reasonOf, UserError } from '../errors.ts';
import { isObject } from '../lib/json.ts';
import type { Terminal } from '../ui.ts';
import { pairOf } from './destination-options.ts';
import type { DestinationFlags } from './destination-flags.ts';

/** The file of each secret; `--api-key -` is short for `--secret apiKey=-`. */
export function secretPlaces({
  apiKey,
  secret = [],
}: Pick<DestinationFlags, 'apiKey' | 'secret'>): ReadonlyMap<string, string> {
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

interface GivenSecrets {
  /** Options that the configuration shall only point at. */
  references: { readonly [option: string]: { readonly [kind: string]: string } };
  /** Where the texts of the others are. */
  read: ReadonlyMap<string, string>;
}

const REFERENCE = /^(env|file|command):(.+)$/s;

/** What stays a reference, apart from what is read now. */
export function parted(places: ReadonlyMap<string, string>): GivenSecrets {
  const references: { [option: string]: { [kind: string]: string } } = {};
  const read = new Map<string, string>();
  for (const [name, place] of places) {
    const [, kind, target = ''] = REFERENCE.exec(place) ?? [];
    if (kind === undefined) read.set(name, place);
    else references[name] = { [kind]: kind === 'file' ? resolve(target) : target };
  }
  return { references, read };
}

/** The options that are looked up in a variable: the hook hands none of those to its worker. */
export function inVariables(options: { readonly [name: string]: unknown }): string[] {
  return Object.keys(options).filter((name) => {
    const value = options[name];
    return isObject(value) && Object.hasOwn(value, 'env');
  });
}

export async function readSecrets(
  places: ReadonlyMap<string, string>,
  terminal: Terminal,
): Promise<ReadonlyMap<string, string>> {
  const secrets = new Map<string, string>();
  for (const [name, place] of places) {
    const text = place === '-' ? await fromInput(name, terminal) : readSecretFile(name, place);
    if (text === '') throw new UserError(`There was nothing to read for the option ${name}.`, { exitCode: 2 });
    secrets.set(name, text);
  }
  return secrets;
}

/** From standard input, or typed unseen where somebody sits there. */
export async function fromInput(name: string, terminal: Terminal): Promise<string> {
  if (!terminal.isInteractive) return terminal.readInput();
  const { askSecret } = await import('./wizard.ts');
  return (await askSecret(name)) ?? '';
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
