/** The keys of the configuration, as `stopwire config` shows and changes them. */
import type { Config } from '../config.ts';
import { UserError } from '../errors.ts';
import { nearest } from '../lib/nearest.ts';
import { asArray } from '../lib/json.ts';
import { ownPatterns } from '../privacy/own-patterns.ts';

export interface ConfigKey {
  about: string;
  /** As the configuration has it, or what counts where it does not say. */
  get: (config: Config) => unknown;
  /** The configuration with the value that a text stands for; a UserError where it stands for none. */
  set?: (config: Config, text: string) => Config;
  /** The command that changes it, where that is not `config set`. */
  changedBy?: string;
}

export const configKeys = {
  destinations: {
    about: 'Where records go',
    get: ({ destinations }) => destinations,
    changedBy: 'npx stopwire destinations',
  },
  paused: {
    about: 'Nothing is delivered anywhere for now',
    get: ({ paused = false }) => paused,
    changedBy: 'npx stopwire pause',
  },
  account: {
    about: "Records name the client's account: its e-mail address and ids",
    get: ({ account = false }) => account,
    set: (config, text) => ({ ...config, account: booleanFrom(text) }),
  },
  claudeDirectories: {
    about: 'Configuration directories of Claude Code whose transcripts are read',
    get: ({ claudeDirectories }) => claudeDirectories,
    changedBy: 'npx stopwire install --config-dir <directory>',
  },
  'secrets.patterns': {
    about: 'Regular expressions for secrets of your own, which are masked like known ones',
    get: ({ secrets }) => secrets?.patterns ?? [],
    set: (config, text) => ({ ...config, secrets: { ...config.secrets, patterns: patternsFrom(text) } }),
  },
  'secrets.entropy': {
    about: 'Long words that look random are masked as well',
    get: ({ secrets }) => secrets?.entropy ?? false,
    set: (config, text) => ({ ...config, secrets: { ...config.secrets, entropy: booleanFrom(text) } }),
  },
  include: {
    about: 'Patterns: only projects that one of them matches are stored or sent',
    get: ({ include = [] }) => include,
    changedBy: 'npx stopwire include',
  },
  exclude: {
    about: 'Patterns of projects of which nothing is stored or sent',
    get: ({ exclude = [] }) => exclude,
    changedBy: 'npx stopwire exclude',
  },
  excludeBranches: {
    about: 'Patterns of git branches of which nothing is stored or sent',
    get: ({ excludeBranches = [] }) => excludeBranches,
    changedBy: 'npx stopwire exclude add --branch',
  },
  excludeEntrypoints: {
    about: 'Patterns of entrypoints of which nothing is stored or sent',
    get: ({ excludeEntrypoints = [] }) => excludeEntrypoints,
    changedBy: 'npx stopwire exclude add --entrypoint',
  },
} satisfies { readonly [key: string]: ConfigKey };

/** The key of that name. Throws a UserError with exit code 2 where there is none. */
export function configKey(name: string): ConfigKey {
  const known: { readonly [key: string]: ConfigKey } = configKeys;
  if (Object.hasOwn(known, name) && known[name] !== undefined) return known[name];
  const meant = nearest(name, Object.keys(known));
  throw new UserError(`There is no key ${JSON.stringify(name)} in the configuration.`, {
    hint: `${meant === undefined ? '' : `Did you mean ${meant}? `}To see them all: npx stopwire config list`,
    exitCode: 2,
  });
}

function booleanFrom(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new UserError(`${JSON.stringify(text)} is neither true nor false.`, { exitCode: 2 });
}

function patternsFrom(text: string): string[] {
  const patterns = textsFrom(text);
  if (patterns === undefined) {
    throw new UserError('A list of patterns is needed, as JSON.', {
      hint: `For instance: npx stopwire config set secrets.patterns '["acme_[A-Za-z0-9]{32}"]'`,
      exitCode: 2,
    });
  }
  try {
    ownPatterns(patterns);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message, { ...(error.hint && { hint: error.hint }), exitCode: 2, cause: error });
  }
  return patterns;
}

function textsFrom(text: string): string[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const texts = asArray(value)?.filter((item) => typeof item === 'string' && item !== '');
  return texts?.length === asArray(value)?.length ? texts?.map(String) : undefined;
}
