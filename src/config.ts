/** The configuration: where records go, at which redaction level, and whose transcripts are read. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { brokenConfig, CONFIG_VERSION, configFrom, type Config, type ConfiguredDestination } from './config-shape.ts';
import { reasonOf, UserError } from './errors.ts';
import { removeTemporaries, writeFileAtomically } from './lib/atomic-write.ts';
import { exclusively } from './lib/exclusively.ts';
import { ensurePrivateDirectory } from './lib/private-directory.ts';

export { patternLists, type Config, type ConfiguredDestination } from './config-shape.ts';

/**
 * Reads the configuration; undefined where there is none. What this version does not know is kept as it stands, in the
 * objects at run time, so that it survives a change. Throws a UserError where the file cannot be understood.
 */
export function readConfig(path: string): Config | undefined {
  const text = readText(path);
  return text === undefined ? undefined : configFrom(path, text);
}

/** Writes the configuration, readable by its owner alone: it holds keys. */
export function writeConfig(path: string, config: Config): void {
  ensurePrivateDirectory(dirname(path));
  writeFileAtomically(path, textOf(config), { mode: 0o600 });
}

/** An editor that saves the file again and again is the only one who could stop a change for as many times. */
const MAX_ATTEMPTS = 100;

/**
 * Reads the configuration (an empty one where there is none), changes it and writes it as one step: of several
 * processes that do so at once, each sees what the others did. A file that somebody edits in between is read again, so
 * `change` may be called more than once; where it answers what it was given, nothing is written.
 *
 * @returns the configuration as it stands now
 * @throws what `change` throws; a UserError where the file cannot be understood or written
 */
export function changeConfig(path: string, change: (before: Config) => Config): Config {
  ensurePrivateDirectory(dirname(path));
  try {
    return exclusively(`${path}.lock`, () => {
      removeTemporaries(path);
      return changed(path, change);
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`The configuration ${path} was not changed: it cannot be written (${reasonOf(error)}).`, {
      hint: 'See who may write there, and whether the disk is full.',
      cause: error,
    });
  }
}

function changed(path: string, change: (before: Config) => Config): Config {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const text = readText(path);
    const before = text === undefined ? emptyConfig() : configFrom(path, text);
    const after = change(before);
    if (after === before) return before;
    if (writeFileAtomically(path, textOf(after), { mode: 0o600, onlyIf: () => readText(path) === text })) return after;
  }
  throw new UserError(`The configuration ${path} was not changed: something else changes it all the time.`, {
    hint: 'End what writes it, and try again.',
  });
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

function textOf(config: Config): string {
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (reasonOf(error) === 'ENOENT') return undefined;
    throw brokenConfig(path, `it cannot be read (${reasonOf(error)})`, error);
  }
}
