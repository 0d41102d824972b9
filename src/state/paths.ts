/** Where stopwire keeps its things, by the XDG base directory rules. Nothing is kept below Claude Code's own folder. */
import { homedir } from 'node:os';
import path, { posix, win32 } from 'node:path';
import { UserError } from '../errors.ts';

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

/** Which shell starts the worker on Windows; experimental, so that somebody has to name one. */
const WINDOWS_SHELL = 'STOPWIRE_WINDOWS_SHELL';

/** The shell that is named for Windows, if any. */
export function windowsShell(env: NodeJS.ProcessEnv): 'bash' | 'powershell' | undefined {
  const named = env[WINDOWS_SHELL];
  return named === 'bash' || named === 'powershell' ? named : undefined;
}

/**
 * The paths that follow from an environment. The XDG variables win on every system; a relative one is void, as the
 * specification says. macOS has the same defaults as Linux, where command line tools are looked for there, too.
 *
 * @throws a UserError where this user has no home directory
 */
export function pathsFrom(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
  systemHome: string | undefined = homeOfUser(),
): Paths {
  const style = platform === 'win32' ? win32 : posix;
  const join = (...parts: string[]): string => style.join(...parts);
  const home = env['HOME'] || systemHome;
  if (home === undefined || !style.isAbsolute(home)) {
    const why = home === undefined ? 'the system knows none for this user' : 'HOME is not an absolute path';
    throw new UserError(`There is no home directory to keep anything in: ${why}.`, {
      hint: 'Set HOME to a folder of your own, and run the same command again.',
    });
  }
  const { config, state, data } = defaults(env, platform, home);
  const base = (name: string, fallback: string): string => {
    const value = env[name];
    return join(value !== undefined && style.isAbsolute(value) ? value : fallback, 'stopwire');
  };
  const configDirectory = base('XDG_CONFIG_HOME', config);
  const stateDirectory = base('XDG_STATE_HOME', state);
  const dataDirectory = base('XDG_DATA_HOME', data);
  const isPowershell = platform === 'win32' && windowsShell(env) === 'powershell';
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
    launcher: join(dataDirectory, isPowershell ? 'hook.ps1' : 'hook'),
    installation: join(dataDirectory, 'installation.json'),
  };
}

/** Every configuration root: those that are configured, and the one in force now. */
export function claudeRoots(configured: readonly string[], env: NodeJS.ProcessEnv, home: string): string[] {
  return [...configured, claudeConfigDirectory(env, home)];
}

/** Claude Code's configuration root: `CLAUDE_CONFIG_DIR`, else `~/.claude` (the client's own rule). */
export function claudeConfigDirectory(env: NodeJS.ProcessEnv, home: string): string {
  return env['CLAUDE_CONFIG_DIR'] || path.join(home, '.claude');
}

/** Undefined for a user that the system does not know, as containers are started with. */
function homeOfUser(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

interface BaseDirectories {
  config: string;
  state: string;
  data: string;
}

/** Where the XDG variables say nothing. */
function defaults(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home: string): BaseDirectories {
  if (platform !== 'win32') {
    const below = (folder: string): string => posix.join(home, folder);
    return { config: below('.config'), state: below('.local/state'), data: below('.local/share') };
  }
  const local = env['LOCALAPPDATA'] || win32.join(home, 'AppData', 'Local');
  const roaming = env['APPDATA'] || win32.join(home, 'AppData', 'Roaming');
  return { config: roaming, state: win32.join(local, 'State'), data: local };
}
