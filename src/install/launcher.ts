/** The launcher: the script that the registered hook runs. It wakes a worker in the background and ends at once. */
import type { HookCommand } from './settings.ts';

/** The last argument of every command of ours. The client drops marker keys, so this is how ours is known. */
const MARK = 'stopwire-stop-hook';

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

export interface LauncherOptions {
  /** The node that installed; where it has gone, the one on PATH is taken. */
  node: string;
  /** The program's bin. */
  program: string;
  /** The wake mark. */
  wake: string;
  /** The base directories as they were at install time: a hook's environment may lack them, or a project set them. */
  base: { XDG_CONFIG_HOME: string; XDG_STATE_HOME: string; XDG_DATA_HOME: string };
}

/**
 * The entry for settings.json: shell form, since clients before 2.1.139 know no other. It exits 0 and says nothing
 * where the launcher is gone; exit code 2 would make the model go on, at a price (the hook contract).
 */
export function hookCommand(launcher: string): HookCommand {
  return { type: 'command', command: `sh ${quote(launcher)} ${MARK} 2>/dev/null || :`, timeout: TIMEOUT_S };
}

/** Whether a hook's command is ours, in whatever folder the launcher was. */
export function isOurs(command: string): boolean {
  return command.split(/\s+/).includes(MARK);
}

/**
 * The script, for any POSIX sh. `printf` and not `:` leaves the mark: a failed redirection of a special built-in
 * would end the shell, with exit code 2. The worker gets the hook's standard input, which a background command does
 * not have by itself, and where there is setsid, a session of its own that outlives the client's. Four megabytes of new
 * objects between two collections are enough for it; the default would let it take sixty megabytes more.
 */
export function launcherScript({ node, program, wake, base }: LauncherOptions): string {
  return `#!/bin/sh
# stopwire: the Stop hook's launcher. Starts a worker in the background and exits 0 at once, whatever is missing.
exec >/dev/null 2>&1
[ "\${STOPWIRE_DISABLED:-}" = 1 ] && exit 0
node=${quote(node)}
[ -x "$node" ] || node=$(command -v node) || exit 0
[ -f ${quote(program)} ] || exit 0
umask 077
printf '' >${quote(wake)}
set --
for name in ${INHERITED.join(' ')}; do
  eval "value=\\\${$name-}"
  [ -n "$value" ] && set -- "$@" "$name=$value"
done
detach=
command -v setsid && detach=setsid
exec 3<&0
$detach env -i "$@" \\
  XDG_CONFIG_HOME=${quote(base.XDG_CONFIG_HOME)} \\
  XDG_STATE_HOME=${quote(base.XDG_STATE_HOME)} \\
  XDG_DATA_HOME=${quote(base.XDG_DATA_HOME)} \\
  "$node" --max-semi-space-size=4 ${quote(program)} hook <&3 3<&- &
exit 0
`;
}

/** One word for sh, whatever is in it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
