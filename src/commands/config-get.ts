/** `stopwire config get`, `list` and `path`: the configuration without a secret. */
import { existsSync } from 'node:fs';
import { emptyConfig, readConfig, type Config, type ConfiguredDestination } from '../config.ts';
import { own } from '../lib/json.ts';
import { pathsFrom } from '../state/paths.ts';
import { hanging, paintFor, printable, type Terminal } from '../ui.ts';
import { configKey, configKeys, type ConfigKey } from './config-keys.ts';
import { declarationsOf, shownAddress, type Declarations } from './destination-place.ts';

export interface ConfigGetFlags {
  key?: string | undefined;
  json: boolean;
}

/** One value, as text or JSON; all of them where no key is named. */
export async function getConfig({ key, json }: ConfigGetFlags, terminal: Terminal): Promise<number> {
  const config = await shownConfig(terminal);
  if (key === undefined) {
    terminal.out(json ? JSON.stringify(valuesOf(config)) : JSON.stringify(valuesOf(config), undefined, 2));
  } else {
    const value = configKey(key).get(config);
    terminal.out(json ? JSON.stringify({ key, value }) : printable(JSON.stringify(value, undefined, 2)));
  }
  return 0;
}

/** Every key, with what it is for. */
export async function listConfig({ json }: { json: boolean }, terminal: Terminal): Promise<number> {
  if (json) return getConfig({ json }, terminal);
  const config = await shownConfig(terminal);
  const paint = paintFor('stdout', terminal.env);
  for (const [key, { about, get }] of Object.entries<ConfigKey>(configKeys)) {
    const value = key === 'destinations' ? config.destinations.map(({ name }) => name) : get(config);
    terminal.out(`${paint.place(key)} = ${printable(JSON.stringify(value))}`);
    terminal.out(hanging('    ', about, 80));
  }
  return 0;
}

export function configPath({ json }: { json: boolean }, terminal: Terminal): number {
  const { config: path } = pathsFrom(terminal.env);
  terminal.out(json ? JSON.stringify({ path, exists: existsSync(path) }) : path);
  return 0;
}

function valuesOf(config: Config): { [key: string]: unknown } {
  return Object.fromEntries(Object.entries<ConfigKey>(configKeys).map(([key, { get }]) => [key, get(config)]));
}

/** The configuration, an empty one where there is none, with each option that may be a secret masked. */
async function shownConfig(terminal: Terminal): Promise<Config> {
  const config = readConfig(pathsFrom(terminal.env).config) ?? emptyConfig();
  const known = await declarationsOf(config.destinations);
  return { ...config, destinations: config.destinations.map((one) => shownDestination(one, known)) };
}

/** What this version does not know, it cannot tell from a secret. */
function shownDestination(destination: ConfiguredDestination, known: Declarations): ConfiguredDestination {
  const { name, kind, redaction, maskSecrets, hash, since, paused, only, options } = destination;
  const declared = known.get(kind) ?? {};
  const shown = Object.entries(options).map(([option, value]) => {
    const isPublic = own(declared, option) !== undefined && declared[option]?.secret !== true;
    return [option, isPublic ? shownValue(value) : MASK];
  });
  return {
    name,
    kind,
    redaction,
    ...(maskSecrets !== undefined && { maskSecrets }),
    ...(hash !== undefined && { hash }),
    ...(since !== undefined && { since }),
    ...(paused !== undefined && { paused }),
    ...(only !== undefined && { only }),
    options: Object.fromEntries(shown),
  };
}

const MASK = '********';

function shownValue(value: unknown): unknown {
  if (typeof value !== 'string' || !/^https?:/i.test(value)) return value;
  return URL.canParse(value) ? shownAddress(new URL(value)) : MASK;
}
