/** The launcher for any POSIX sh, and for Git Bash. */
import { posix } from 'node:path';

export interface LauncherOptions {
  /** The node that installed; where it has gone, another one that is new enough is looked for. */
  node: string;
  /** The program's bin. */
  program: string;
  /** The wake mark. */
  wake: string;
  /** The run log, which gets a hint where nothing can be started. */
  log: string;
  /** The base directories as they were at install time: a hook's environment may lack them, or a project set them. */
  base: { XDG_CONFIG_HOME: string; XDG_STATE_HOME: string; XDG_DATA_HOME: string };
}

/** Where Node is found without PATH, the best last: by what put it there, and newer versions after older ones. */
const NODE_PLACES = [
  '/usr/bin/node',
  '/home/linuxbrew/.linuxbrew/bin/node',
  '/usr/local/bin/node',
  '/opt/homebrew/opt/node@*/bin/node',
  '/opt/homebrew/bin/node',
  '"${MISE_DATA_DIR:-$HOME/.local/share/mise}"/installs/node/*/bin/node',
  '"${ASDF_DATA_DIR:-$HOME/.asdf}"/installs/nodejs/*/bin/node',
  '"${VOLTA_HOME:-$HOME/.volta}"/tools/image/node/*/bin/node',
  '"$HOME/.fnm"/node-versions/*/installation/bin/node',
  '"$HOME/Library/Application Support/fnm"/node-versions/*/installation/bin/node',
  '"${FNM_DIR:-$HOME/.local/share/fnm}"/node-versions/*/installation/bin/node',
  '"${NVM_DIR:-$HOME/.nvm}"/versions/node/*/bin/node',
];

/** For the log, so without quotes or backslashes. */
const PROGRAM_IS_GONE =
  'The program that the hook runs is gone, so nothing is delivered. Put it back (npx stopwire install), or take the hook away (npx stopwire uninstall).';
const NODE_IS_GONE =
  'The Node that stopwire was installed with is gone, and no other from 20.19 up was found, so nothing is delivered. Install one, then: npx stopwire install';

/**
 * `printf` and not `:` leaves the mark, and `exec` is a `command`: a failed redirection of a special built-in would end
 * the shell, with exit code 2. The worker gets the hook's standard input, which a background command does not have by
 * itself, and where there is setsid, a session of its own that outlives the client's. Four megabytes of new objects
 * between two collections are enough for it; the default would let it take sixty megabytes more.
 *
 * What may take time is done in the background: to look for another node, and to ask it for its version. Version
 * managers are asked where they keep their nodes, and not by their shims, which may download or refuse. Folders on PATH
 * that are relative are passed over, since the session's directory is somebody's project.
 */
export function posixScript({ node, program, wake, log, base }: LauncherOptions, inherited: readonly string[]): string {
  return `#!/bin/sh
# stopwire: the Stop hook's launcher. Starts a worker in the background and exits 0 at once, whatever is missing.
exec >/dev/null 2>&1
[ "\${STOPWIRE_DISABLED:-}" = 1 ] && exit 0
node=${word(node)}
program=${word(program)}
wake=${word(wake)}
log=${word(log)}

# One line in the log, and no second one before a worker could be started again.
hint() {
  [ -f "$log.hint" ] && exit 0
  printf '' >"$log.hint" && printf '{"at":"%s","error":"%s"}\\n' "$(date -u +%Y-%m-%dT%H:%M:%S.000Z)" "$1" >>"$log"
  exit 0
}

node_on_path() {
  IFS=:
  set -f
  for folder in $path; do
    case $folder in /*) [ -x "$folder/node" ] && printf %s "$folder/node" && return ;; esac
  done
}

# The first node that is new enough, of those that are found without the recorded one.
other_node() {
  set --
  for candidate in \\
    ${[...NODE_PLACES, '"$(node_on_path)"'].join(' \\\n    ')}; do
    [ -x "$candidate" ] && set -- "$candidate" "$@"
  done
  for candidate in "$@"; do
    case $(NODE_OPTIONS='' "$candidate" --version </dev/null) in
      v20.19.* | v20.[2-9][0-9].* | v2[1-9].* | v[3-9][0-9].*) printf %s "$candidate" && return ;;
    esac
  done
  return 1
}

umask 077
printf '' >"$wake"
set --
for name in ${inherited.join(' ')}; do
  eval "value=\\\${$name-}"
  [ -n "$value" ] && set -- "$@" "$name=$value"
done
path=\${PATH-}
PATH=\${PATH:+$PATH:}/usr/bin:/bin
detach=
command -v setsid && detach=setsid
command exec 3<&0 || exec 3</dev/null
(
  [ -f "$program" ] || hint ${quote(PROGRAM_IS_GONE)}
  [ -x "$node" ] || node=$(other_node) || hint ${quote(NODE_IS_GONE)}
  [ -f "$log.hint" ] && rm -f "$log.hint"
  exec $detach env -i "$@" \\
    XDG_CONFIG_HOME=${word(base.XDG_CONFIG_HOME)} \\
    XDG_STATE_HOME=${word(base.XDG_STATE_HOME)} \\
    XDG_DATA_HOME=${word(base.XDG_DATA_HOME)} \\
    "$node" --max-semi-space-size=4 "$program" hook
) <&3 3<&- &
exit 0
`;
}

/** A path as one word; Git Bash takes those of Windows with slashes. */
export function word(path: string): string {
  return quote(isWindowsPath(path) ? path.replaceAll('\\', '/') : path);
}

export function isWindowsPath(path: string): boolean {
  return !posix.isAbsolute(path);
}

/** One word for sh, whatever is in it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
