/** The launcher: the script that the registered hook runs. It wakes a worker in the background and ends at once. */
import { join } from 'node:path';
import { isWindowsPath, posixScript, word, type LauncherOptions } from './launcher-posix.ts';
import { powershellCommand, powershellScript } from './launcher-powershell.ts';
import type { HookCommand } from './settings-parse.ts';

/** The last argument of every command of ours. The client drops marker keys, so this is how ours is known. */
const MARK = 'stopwire-stop-hook';

/** Where the launcher is below HOME, unless XDG_DATA_HOME says otherwise. */
const MANAGED_PLACE = '.local/share/stopwire/hook';

/** Seconds; the launcher needs milliseconds. */
const TIMEOUT_S = 10;

/**
 * What the worker may inherit. The client's environment holds API keys and session tokens (the hook contract), and
 * NODE_OPTIONS would change the worker's own behaviour.
 */
const INHERITED = [
  'HOME',
  'PATH',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'CLAUDE_CONFIG_DIR',
  'CLAUDE_PROJECT_DIR',
  'STOPWIRE_BACKOFF_SCALE',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];

/** Without these, programs of Windows find neither its libraries nor the user's folders. */
const INHERITED_ON_WINDOWS = ['SYSTEMROOT', 'SYSTEMDRIVE', 'COMSPEC', 'PATHEXT', 'USERPROFILE', 'TEMP', 'TMP'];

/**
 * The entry for settings.json: shell form, since clients before 2.1.139 know no other. It exits 0 and says nothing
 * where the launcher is gone; exit code 2 would make the model go on, at a price (the hook contract).
 */
export function hookCommand(launcher: string): HookCommand {
  if (isPowershell(launcher)) return { type: 'command', ...powershellCommand(launcher, MARK), timeout: TIMEOUT_S };
  return posixCommand(word(launcher));
}

/**
 * The entry for the settings of an organisation: it runs the launcher of whoever is logged in, and nothing where there
 * is none. Not by XDG_DATA_HOME, which the settings of a project could point at a script of its own.
 */
export function managedHookCommand(): HookCommand {
  return posixCommand(`"$HOME/${MANAGED_PLACE}"`);
}

/** Whether a hook's command starts this launcher. */
export function startsLauncher(command: string, { launcher, home }: { launcher: string; home: string }): boolean {
  const isManaged = command === managedHookCommand().command;
  return isManaged ? launcher === join(home, MANAGED_PLACE) : command === hookCommand(launcher).command;
}

function posixCommand(launcher: string): HookCommand {
  return { type: 'command', command: `sh ${launcher} ${MARK} 2>/dev/null || :`, timeout: TIMEOUT_S };
}

/** Whether a hook's command is ours, in whatever folder the launcher was. */
export function isOurs(command: string): boolean {
  return command.split(/\s+/).includes(MARK);
}

/** The launcher for the shell that its name stands for: `hook` for any POSIX sh, `hook.ps1` for PowerShell. */
export function launcherScript(launcher: string, options: LauncherOptions): string {
  const inherited = isWindowsPath(options.node) ? [...INHERITED, ...INHERITED_ON_WINDOWS] : INHERITED;
  return isPowershell(launcher) ? powershellScript(options, inherited) : posixScript(options, inherited);
}

function isPowershell(launcher: string): boolean {
  return launcher.endsWith('.ps1');
}
