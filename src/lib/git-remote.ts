/** Addresses of git remotes as records may show them (git-fetch(1), "GIT URLS"). */

/** Longer is no address. */
const MAX_LENGTH = 4096;

/** Scheme, user and password, host, port, path, and what follows the path. A password may hold colons and at signs. */
const URL_FORM =
  /^([a-z][a-z0-9+.-]*):\/\/(?:[^/?#]*@)?([^/?#@:[\]]*|\[[0-9a-f:.]*\])(?::\d+)?(\/[^?#]*)?(?:[?#].*)?$/i;
const USERINFO = /^([^:]*:\/\/)[^/?#]*@/;
/** `user@host:path`, without a slash before the colon. `[host:port]:path` is known to git alone. */
const SCP_FORM = /^(?:[^/:@]+@)?(\[[^/\]]+\]|[^/:@[\]]+):(.*)$/;
/** `helper::address`: the address means something to a program of the user's. */
const HELPER_FORM = /^[a-z0-9+-]+::/i;

/** Schemes of repositories on other machines. */
const NETWORK = new Set(['http', 'https', 'ssh', 'git', 'ftp', 'ftps', 'git+ssh', 'ssh+git', 'git+https']);

/**
 * The address without its secrets: user, password, query and fragment go from a URL; `git@host:path` has none and
 * stays, and so does a path of this machine. Undefined for what is none of these: a secret may stand anywhere in it.
 */
export function withoutCredentials(address: string): string | undefined {
  if (address === '' || address.length > MAX_LENGTH || isUnprintable(address)) return undefined;
  if (HELPER_FORM.test(address)) return undefined;
  if (address.includes('://')) {
    return URL_FORM.test(address) ? address.replace(USERINFO, '$1').replace(/[?#].*$/, '') : undefined;
  }
  if (isLocal(address)) return address;
  const [, , path] = SCP_FORM.exec(address) ?? [];
  // `user:password@host:path`, which git does not know either.
  return path === undefined || /^[^/]*@[^/]*:/.test(path) ? undefined : address;
}

/** `host/owner/name`, without port, `.git` and slashes at the end; undefined for what is on no other machine. */
export function repositoryName(address: string): string | undefined {
  const [, scheme, urlHost, urlPath] = URL_FORM.exec(address) ?? [];
  if (scheme !== undefined) return NETWORK.has(scheme.toLowerCase()) ? nameOf(urlHost, urlPath) : undefined;
  if (isLocal(address)) return undefined;
  const [, host, path] = SCP_FORM.exec(address) ?? [];
  return nameOf(host?.replace(/^\[([^:]*)(?::\d+)?\]$/, '$1'), path);
}

function nameOf(host = '', path = ''): string | undefined {
  const name = path
    .replace(/^\/+/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .replace(/\/+$/, '');
  return host === '' || name === '' ? undefined : `${host.toLowerCase()}/${name}`;
}

/** A path: no colon, or a slash before it; a letter and a colon are a drive of Windows. */
function isLocal(address: string): boolean {
  return !/^[^/]*:/.test(address) || /^[a-z]:[\\/]/i.test(address);
}

function isUnprintable(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
