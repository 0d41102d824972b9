/** The configuration: where records go, at which redaction level, and whose transcripts are read. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf, UserError } from './errors.ts';
import { writeFileAtomically } from './lib/atomic-write.ts';
import { asArray, asObject, asString, isObject } from './lib/json.ts';
import { ensurePrivateDirectory } from './lib/private-directory.ts';

const CONFIG_VERSION = 1;

export interface ConfiguredDestination {
  /** Unique; names the cursor, so a renamed destination starts from the beginning. */
  name: string;
  kind: string;
  redaction: string;
  /** Lines from before this moment are not delivered (ISO 8601, UTC); without it, all history is. */
  since?: string;
  /** Nothing is delivered for now; the transcripts keep it. */
  paused?: true;
  /** The kind's own options, checked by the kind when it is opened. */
  options: { readonly [name: string]: unknown };
}

export interface Config {
  version: typeof CONFIG_VERSION;
  /** Claude Code's configuration roots. */
  claudeDirectories: readonly string[];
  destinations: readonly ConfiguredDestination[];
  /** Records name the client's account: its e-mail address and ids. */
  account?: boolean;
  /** Nothing is delivered anywhere for now; the transcripts keep it. */
  paused?: true;
}

/** Reads the configuration; undefined where there is none. Throws a UserError where it cannot be understood. */
export function readConfig(path: string): Config | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  const value = parse(path, text);
  if (value['version'] !== CONFIG_VERSION) {
    throw broken(path, `its version is ${JSON.stringify(value['version'])}, and this stopwire knows ${CONFIG_VERSION}`);
  }
  const claudeDirectories = (asArray(value['claudeDirectories']) ?? []).filter((item) => typeof item === 'string');
  const destinations = narrowDestinations(path, value['destinations'] ?? []);
  return {
    version: CONFIG_VERSION,
    claudeDirectories,
    destinations,
    ...(value['account'] === true && { account: true }),
    ...(value['paused'] === true && { paused: true }),
  };
}

/** Writes the configuration, readable by its owner alone: it holds keys. */
export function writeConfig(path: string, config: Config): void {
  ensurePrivateDirectory(dirname(path));
  writeFileAtomically(path, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
}

/** The configuration with a destination added, or put in the place of the one of its name. */
export function withDestination(config: Config | undefined, added: ConfiguredDestination): Config {
  const before = config?.destinations ?? [];
  const isKnown = before.some(({ name }) => name === added.name);
  const destinations = isKnown ? before.map((one) => (one.name === added.name ? added : one)) : [...before, added];
  return { ...emptyConfig(), ...config, destinations };
}

export function emptyConfig(): Config {
  return { version: CONFIG_VERSION, claudeDirectories: [], destinations: [] };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (reasonOf(error) === 'ENOENT') return undefined;
    throw broken(path, `it cannot be read (${reasonOf(error)})`, error);
  }
}

function parse(path: string, text: string): { readonly [key: string]: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own error quotes the text around the fault, which may be a key: it is not even kept as the cause.
    throw broken(path, 'it is not JSON');
  }
  if (!isObject(value)) throw broken(path, 'it is not a JSON object');
  return value;
}

function narrowDestinations(path: string, value: unknown): ConfiguredDestination[] {
  const destinations = asArray(value)?.map((item) => narrowDestination(path, item));
  if (destinations === undefined) throw broken(path, 'its destinations are not a list');
  refuseTwins(path, destinations);
  return destinations;
}

function narrowDestination(path: string, value: unknown): ConfiguredDestination {
  const { name, kind, redaction, since, paused, options } = asObject(value) ?? {};
  if (typeof name !== 'string' || typeof kind !== 'string' || name === '') {
    throw broken(path, 'a destination has no name or no kind');
  }
  // Not passed over: it would send what was to be kept back.
  if (since !== undefined && Number.isNaN(Date.parse(asString(since) ?? ''))) {
    throw broken(path, `the destination ${JSON.stringify(name)} has a "since" that is no date`);
  }
  return {
    name,
    kind,
    redaction: asString(redaction) ?? 'content',
    ...(typeof since === 'string' && { since }),
    ...(paused === true && { paused }),
    options: asObject(options) ?? {},
  };
}

/** Two of one name would share a cursor, and what the first has got would pass for delivered to the second. */
function refuseTwins(path: string, destinations: readonly ConfiguredDestination[]): void {
  const names = new Set<string>();
  for (const { name } of destinations) {
    if (names.has(name)) throw broken(path, `two destinations have the name ${JSON.stringify(name)}`);
    names.add(name);
  }
}

function broken(path: string, why: string, cause?: unknown): UserError {
  return new UserError(`The configuration ${path} cannot be used: ${why}.`, {
    hint: 'Mend it by hand, or write a new one: npx stopwire install',
    cause,
  });
}
