/** Where stopwire keeps its things, by the XDG base directory rules. Nothing is kept below Claude Code's own folder. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export interface Paths {
  home: string;
  configDirectory: string;
  config: string;
  stateDirectory: string;
  journal: string;
  lock: string;
  wake: string;
  log: string;
  /** A random name for this installation. */
  hostId: string;
  /** What keyed hashes are made with. */
  hashKey: string;
  /** From which transcript each response was delivered first. */
  owners: string;
  deadLetters: string;
  /** What of the transcripts could not be read. */
  quarantine: string;
  dataDirectory: string;
  /** The user's own prices. */
  ownPrices: string;
  /** The folder of price files that are newer than those of this version. */
  updatedPrices: string;
  /** The embedded store. */
  store: string;
  /** The script that the registered hook runs. */
  launcher: string;
  /** What `install` did, so that `uninstall` can take it back. */
  installation: string;
}

/** The paths that follow from an environment. A relative XDG variable is void, as the specification says. */
export function pathsFrom(env: NodeJS.ProcessEnv): Paths {
  const home = env['HOME'] || homedir();
  const base = (name: string, fallback: string): string => {
    const value = env[name];
    return join(value !== undefined && isAbsolute(value) ? value : join(home, fallback), 'stopwire');
  };
  const configDirectory = base('XDG_CONFIG_HOME', '.config');
  const stateDirectory = base('XDG_STATE_HOME', '.local/state');
  const dataDirectory = base('XDG_DATA_HOME', '.local/share');
  return {
    home,
    configDirectory,
    config: join(configDirectory, 'config.json'),
    stateDirectory,
    journal: join(stateDirectory, 'cursors.log'),
    lock: join(stateDirectory, 'lock'),
    wake: join(stateDirectory, 'wake'),
    log: join(stateDirectory, 'hook.log'),
    hostId: join(stateDirectory, 'host-id'),
    hashKey: join(stateDirectory, 'hash-key'),
    owners: join(stateDirectory, 'owners'),
    deadLetters: join(stateDirectory, 'dead-letters'),
    quarantine: join(stateDirectory, 'quarantine.jsonl'),
    dataDirectory,
    ownPrices: join(configDirectory, 'prices.json'),
    updatedPrices: join(dataDirectory, 'prices'),
    store: join(dataDirectory, 'records.db'),
    launcher: join(dataDirectory, 'hook'),
    installation: join(dataDirectory, 'installation.json'),
  };
}

/** Every configuration root: those that are configured, and the one in force now. */
export function claudeRoots(configured: readonly string[], env: NodeJS.ProcessEnv, home: string): string[] {
  return [...configured, claudeConfigDirectory(env, home)];
}

/** Claude Code's configuration root: `CLAUDE_CONFIG_DIR`, else `~/.claude` (the client's own rule). */
export function claudeConfigDirectory(env: NodeJS.ProcessEnv, home: string): string {
  return env['CLAUDE_CONFIG_DIR'] || join(home, '.claude');
}
