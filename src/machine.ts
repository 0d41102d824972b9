/** What a run needs of the machine it is on. Handed in as one value, so that a test can hand in another. */
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Surroundings } from './destinations/destination.ts';
import type { Capture } from './fields/index.ts';
import { readAccount } from './lib/claude-account.ts';
import { mcpServers, skillsRegistered } from './lib/claude-inventory.ts';
import { claudeJsonPath } from './lib/claude-json.ts';
import { memoisedRepositories } from './lib/git-files.ts';
import { readHost } from './lib/host.ts';
import type { PricePlaces } from './pricing/load.ts';
import { programRoot, programVersion } from './program.ts';
import { hostId } from './state/host-id.ts';
import { claudeConfigDirectory, type Paths } from './state/paths.ts';

export interface Machine {
  surroundings: Surroundings;
  /** Where price files are. */
  pricing: PricePlaces;
  /** What `~` stands for in patterns; no marker file above it counts. */
  home: string;
  /** The file with the key of keyed hashes. */
  hashKey: string;
  /** From which transcript each response was delivered first. */
  owners: string;
  /** The folder of the dead-letter files. */
  deadLetters: string;
  /** Where damaged lines are pointed at. */
  quarantine: string;
  /** What records say of this machine; taken once a run. */
  capture: (config: Config) => Omit<Capture, 'claim'>;
  now: () => Date;
  /** In [0, 1). */
  random: () => number;
  /** Multiplies every back-off: `STOPWIRE_BACKOFF_SCALE`, 1 outside of tests. */
  backoffScale: number;
}

export function thisMachine(paths: Paths, env: NodeJS.ProcessEnv): Machine {
  return {
    surroundings: {
      env,
      storePath: paths.store,
      stateDirectory: paths.stateDirectory,
      userAgent: `stopwire/${programVersion()}`,
    },
    pricing: pricePlaces(paths),
    home: paths.home,
    hashKey: paths.hashKey,
    owners: paths.owners,
    deadLetters: paths.deadLetters,
    quarantine: paths.quarantine,
    capture: (config) => captureOf(config, paths),
    now: () => new Date(),
    random: Math.random,
    backoffScale: scaleFrom(env['STOPWIRE_BACKOFF_SCALE']),
  };
}

/** The price files of this version, newer ones that were fetched, and the user's own. */
export function pricePlaces({ updatedPrices, ownPrices }: Paths): PricePlaces {
  return { shipped: join(programRoot, 'pricing'), updated: updatedPrices, override: ownPrices };
}

/** The account is read only where the user has asked for it. */
function captureOf({ account, claudeDirectories: [directory] }: Config, paths: Paths): Omit<Capture, 'claim'> {
  const claudeDirectory = directory ?? claudeConfigDirectory({}, paths.home);
  const claudeJson = claudeJsonPath(claudeDirectory);
  return {
    version: programVersion(),
    host: readHost(),
    hostId: hostId(paths.hostId),
    account: account ? readAccount(claudeJson) : undefined,
    repositoryAt: memoisedRepositories(),
    inventoryAt: memoised((project) => ({
      mcpServers: mcpServers(claudeJson, project).map(({ name, scope }) => `${name} (${scope})`),
      skills: skillsRegistered(claudeDirectory, project).map(({ name, scope }) => `${name} (${scope})`),
    })),
  };
}

function memoised<Value>(read: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    const value = known.get(key) ?? read(key);
    known.set(key, value);
    return value;
  };
}

function scaleFrom(text: string | undefined): number {
  const scale = Number(text);
  return text !== undefined && text !== '' && scale >= 0 && Number.isFinite(scale) ? scale : 1;
}
