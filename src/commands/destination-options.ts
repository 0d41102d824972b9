/** From `--set option=value` and secrets to a kind's options, checked against what the kind declares. */
import { resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { nearest } from '../lib/nearest.ts';
import { checkOptions, type Option, type Options } from '../lib/options.ts';
import { own } from '../lib/json.ts';

export interface GivenOptions {
  kind: string;
  declared: Options;
  /** As they were given: `option=value` each. */
  set: readonly string[];
  /** Texts by option, that were not given as arguments. */
  secrets: ReadonlyMap<string, string>;
  /** Secrets that the configuration only points at. */
  references?: { readonly [name: string]: unknown };
}

/**
 * The options as they stand in the configuration. A value is never part of a message: it may be a key that was put
 * in the wrong place.
 *
 * @throws a UserError with exit code 2 that names each option that is wrong
 */
export function optionsFrom({ kind, declared, set, secrets, references = {} }: GivenOptions): {
  [name: string]: unknown;
} {
  const texts = new Map<string, string[]>();
  for (const [name, text] of set.map(pairOf)) {
    const option = declaredOption(name, kind, declared);
    if (option.secret) throw wrong(`${name} is a secret, and is not taken as an argument.`, secretHint(name));
    const before = texts.get(name) ?? [];
    if (before.length > 0 && option.kind !== 'list') throw wrong(`--set ${name} was given twice.`);
    texts.set(name, [...before, text]);
  }
  for (const [name, text] of secrets) texts.set(name, text.split('\n'));
  const values = Array.from(texts, ([name, lines]) => [name, valueOf(declaredOption(name, kind, declared), lines)]);
  const given: { [name: string]: unknown } = Object.fromEntries(values);
  const isLookedUp = (name: string, { secret }: Option): boolean => secret === true && Object.hasOwn(references, name);
  const present = Object.entries(declared).filter(([name, option]) => !isLookedUp(name, option));
  const { problems } = checkOptions(Object.fromEntries(present), given);
  if (problems.length > 0) {
    const missing = neededFlags(Object.fromEntries(present), given);
    throw wrong(`The options of ${kind} are wrong: ${problems.join('; ')}.`, setHint(kind, missing));
  }
  return { ...given, ...references };
}

/** The declared option of that name. Throws where the kind has none, and names the one that was probably meant. */
export function declaredOption(name: string, kind: string, declared: Options): Option {
  const option = own(declared, name);
  if (option !== undefined) return option;
  const known = Object.keys(declared);
  const meant = nearest(name, known);
  const hint = meant === undefined ? `There are ${known.join(', ')}.` : `Did you mean ${meant}?`;
  throw wrong(`A destination of the type ${kind} has no option ${JSON.stringify(name)}.`, hint);
}

/** What is wrong with a text as the value of an option, as a sentence; undefined where nothing is. */
export function problemOf(name: string, option: Option, text: string): string | undefined {
  try {
    return checkOptions({ [name]: option }, { [name]: valueOf(option, text.split('\n')) }).problems[0];
  } catch (error) {
    return error instanceof UserError ? error.message : 'That cannot be used.';
  }
}

/** The two sides of `option=value`. Throws where it is none. */
export function pairOf(pair: string): [name: string, text: string] {
  const at = pair.indexOf('=');
  if (at <= 0) throw wrong('An option was given without its value.', setHint('<type>'));
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** How the options are given that a kind cannot do without, but for those that are there already; empty without any. */
export function neededFlags(declared: Options, given: { readonly [name: string]: unknown } = {}): string {
  return Object.entries(declared)
    .filter(([name, { required }]) => required && !Object.hasOwn(given, name))
    .map(([name, { secret }]) => (secret ? secretFlag(name) : `--set ${name}=…`))
    .join(' ');
}

function secretHint(name: string): string {
  return `Every process on this machine can read arguments. Give it on standard input: … ${secretFlag(name)}`;
}

function secretFlag(name: string): string {
  return `${name === 'apiKey' ? '--api-key -' : `--secret ${name}=-`} < file`;
}

function setHint(kind: string, missing = ''): string {
  const how = missing === '' ? 'Options are given as --set option=value' : `Give ${missing}`;
  return `${how}; to see them all: npx stopwire destinations types ${kind}`;
}

function wrong(message: string, hint?: string): UserError {
  return new UserError(message, { exitCode: 2, ...(hint !== undefined && { hint }) });
}

/** What cannot be read as the option's kind stays a text, which the check refuses by name. */
function valueOf({ kind }: Option, lines: readonly string[]): unknown {
  const text = lines.join('\n');
  switch (kind) {
    case 'list':
      return lines.filter((line) => line !== '');
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' || (text === 'false' ? false : text);
    case 'path':
      return absolute(text);
    default:
      return text;
  }
}

/** The hook runs in the session's directory, not in this one. */
function absolute(path: string): string {
  if (path === '-') {
    throw wrong('A hook has no standard output to write records to.', 'Give the path of a file: --set path=<file>');
  }
  return path === '' ? path : resolve(path);
}
