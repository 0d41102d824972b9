/** What the configuration holds, and how its text is understood: what is wrong is refused, what is unknown is kept. */
import { UserError } from './errors.ts';
import { asArray, asObject, asString, isObject, type JsonObject } from './lib/json.ts';

export const CONFIG_VERSION = 1;

export interface ConfiguredDestination {
  /** Unique; names the cursor, so a renamed destination starts from the beginning. */
  name: string;
  kind: string;
  redaction: string;
  /** At the level `none`, secrets are sent as they are; every other level masks them in any case. */
  maskSecrets?: false;
  /** Hidden content becomes a keyed hash and its length. */
  hash?: true;
  /** Lines from before this moment are not delivered (ISO 8601, UTC); without it, all history is. */
  since?: string;
  /** Nothing is delivered for now; the transcripts keep it. */
  paused?: true;
  /** Of all records, those of these types and of projects that these patterns match; the others never go there. */
  only?: { types?: readonly string[]; projects?: readonly string[] };
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
  /** What is masked besides the kinds of secrets that stopwire knows. */
  secrets?: { patterns?: readonly string[]; entropy?: boolean };
  /** Only projects that one of these patterns matches are stored or sent. */
  include?: readonly string[];
  /** Projects of which nothing is stored or sent; so, too, for branches and for ways in which the client was started. */
  exclude?: readonly string[];
  excludeBranches?: readonly string[];
  excludeEntrypoints?: readonly string[];
}

/** The members of the configuration that are lists of patterns. */
export const patternLists = ['include', 'exclude', 'excludeBranches', 'excludeEntrypoints'] as const;

/** Throws a UserError where the text cannot be understood. */
export function configFrom(path: string, text: string): Config {
  const { version, claudeDirectories, destinations, account, paused, secrets, ...unknown } = parse(path, text);
  if (version !== CONFIG_VERSION) {
    throw brokenConfig(path, `its version is ${JSON.stringify(version)}, and this stopwire knows ${CONFIG_VERSION}`);
  }
  return {
    version: CONFIG_VERSION,
    claudeDirectories: (asArray(claudeDirectories) ?? []).filter((item) => typeof item === 'string'),
    destinations: narrowDestinations(path, destinations ?? []),
    ...(account === true && { account }),
    ...(paused === true && { paused }),
    ...(secrets !== undefined && { secrets: narrowSecrets(path, secrets) }),
    ...unknown,
    ...narrowPatterns(path, unknown),
  };
}

/** Not passed over where they are wrong, here and below: that would send what was to be kept back. */
function narrowSecrets(path: string, value: unknown): NonNullable<Config['secrets']> {
  const { patterns, entropy, ...unknown } = asObject(value) ?? {};
  const texts = patterns === undefined ? [] : asTexts(patterns);
  const isSwitch = entropy === undefined || typeof entropy === 'boolean';
  if (!isObject(value) || texts === undefined || !isSwitch) {
    throw brokenConfig(path, 'its "secrets" are not { "patterns": [texts], "entropy": true or false }');
  }
  return {
    ...(patterns !== undefined && { patterns: texts }),
    ...(isSwitch && entropy !== undefined && { entropy }),
    ...unknown,
  };
}

function narrowPatterns(path: string, values: JsonObject): Pick<Config, (typeof patternLists)[number]> {
  const lists: { [Name in (typeof patternLists)[number]]?: readonly string[] } = {};
  for (const name of patternLists) {
    if (values[name] === undefined) continue;
    const texts = asTexts(values[name]);
    if (texts === undefined) throw brokenConfig(path, `its "${name}" is not a list of patterns`);
    lists[name] = texts;
  }
  return lists;
}

function asTexts(value: unknown): string[] | undefined {
  const items = asArray(value);
  const texts = items?.filter((item) => typeof item === 'string' && item !== '');
  return texts?.length === items?.length ? texts?.map(String) : undefined;
}

function parse(path: string, text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own error quotes the text around the fault, which may be a key: it is not even kept as the cause.
    throw brokenConfig(path, 'it is not JSON');
  }
  if (!isObject(value)) throw brokenConfig(path, 'it is not a JSON object');
  return value;
}

function narrowDestinations(path: string, value: unknown): ConfiguredDestination[] {
  const destinations = asArray(value)?.map((item) => narrowDestination(path, item));
  if (destinations === undefined) throw brokenConfig(path, 'its destinations are not a list');
  refuseTwins(path, destinations);
  return destinations;
}

function narrowDestination(path: string, value: unknown): ConfiguredDestination {
  const { name, kind, redaction, maskSecrets, hash, since, paused, only, options, ...unknown } = asObject(value) ?? {};
  if (typeof name !== 'string' || typeof kind !== 'string' || name === '') {
    throw brokenConfig(path, 'a destination has no name or no kind');
  }
  // Not passed over: it would send what was to be kept back.
  if (since !== undefined && Number.isNaN(Date.parse(asString(since) ?? ''))) {
    throw brokenConfig(path, `the destination ${JSON.stringify(name)} has a "since" that is no date`);
  }
  return {
    name,
    kind,
    redaction: asString(redaction) ?? 'content',
    ...(maskSecrets === false && { maskSecrets }),
    ...(hash === true && { hash }),
    ...(typeof since === 'string' && { since }),
    ...(paused === true && { paused }),
    ...(only !== undefined && { only: narrowOnly(path, name, only) }),
    options: asObject(options) ?? {},
    ...unknown,
  };
}

/** A list that this version does not know is refused, too: what it leaves out must not be sent. */
function narrowOnly(path: string, name: string, value: unknown): NonNullable<ConfiguredDestination['only']> {
  const { types, projects, ...unknown } = asObject(value) ?? {};
  const lists = { types: asTexts(types ?? []), projects: asTexts(projects ?? []) };
  const isKnown = isObject(value) && Object.keys(unknown).length === 0;
  if (!isKnown || lists.types === undefined || lists.projects === undefined) {
    throw brokenConfig(
      path,
      `the destination ${JSON.stringify(name)} has an "only" that is not { "types", "projects" }`,
    );
  }
  return {
    ...(types !== undefined && { types: lists.types }),
    ...(projects !== undefined && { projects: lists.projects }),
  };
}

/** Two of one name would share a cursor, and what the first has got would pass for delivered to the second. */
function refuseTwins(path: string, destinations: readonly ConfiguredDestination[]): void {
  const names = new Set<string>();
  for (const { name } of destinations) {
    if (names.has(name)) throw brokenConfig(path, `two destinations have the name ${JSON.stringify(name)}`);
    names.add(name);
  }
}

export function brokenConfig(path: string, why: string, cause?: unknown): UserError {
  return new UserError(`The configuration ${path} cannot be used: ${why}.`, {
    hint: 'Mend it by hand, or move it away and write a new one: npx stopwire install',
    cause,
  });
}
