/** Which proxy a request goes through: the one that was named, else the environment's, with its exceptions. */
import { BlockList, isIP, isIPv4 } from 'node:net';
import { UserError } from '../errors.ts';

export interface Proxy {
  /** Without user name and password. */
  url: URL;
  /** The value of Proxy-Authorization; a secret. */
  authorization?: string;
}

/**
 * The proxy for `url`; undefined for none.
 *
 * `named`, an address, always counts. Of the environment, HTTPS_PROXY and https_proxy count for https alone, never for
 * this machine, and not where NO_PROXY or no_proxy names the host. Throws a UserError where the environment's proxy
 * has an address that cannot be used.
 */
export function proxyFor(url: URL, named: string | undefined, env: NodeJS.ProcessEnv): Proxy | undefined {
  if (named !== undefined) return parseProxy(named, 'the option proxy');
  const [name, address] = setting(env, 'https_proxy');
  if (address === '' || url.protocol !== 'https:' || isLoopback(url.hostname)) return undefined;
  return isExempt(url, setting(env, 'no_proxy')[1]) ? undefined : parseProxy(address, name);
}

/** Whether a URL's host is this machine. `URL` has brought every spelling of an IPv4 address to its dotted form. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}

/**
 * Whether a list as in NO_PROXY names the URL's host. Its entries are parted by commas or spaces: a name stands for
 * itself and all names below it, with or without a leading dot or `*.`; an address for itself; `10.0.0.0/8` for a
 * network; `*` for everything. An entry that ends in a port counts for that port alone.
 */
export function isExempt(url: URL, list: string): boolean {
  const host = withoutBrackets(url.hostname).replace(/\.$/, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(parseEntry)
    .some((entry) => (entry.port ?? port) === port && covers(entry.host, host));
}

/** A variable that is spelt small or great; small counts first, as it does for curl. */
function setting(env: NodeJS.ProcessEnv, name: string): [name: string, value: string] {
  const spelling = [name, name.toUpperCase()].find((one) => (env[one] ?? '') !== '') ?? name;
  return [spelling, env[spelling] ?? ''];
}

/** Throws without the address, which may hold a password. */
function parseProxy(address: string, from: string): Proxy {
  const text = address.includes('://') ? address : `http://${address}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UserError(`The proxy in ${from} cannot be used: it is not the address of an http or https proxy.`, {
      hint: 'Write it like this: http://proxy.example.com:3128',
    });
  }
  const { username, password } = url;
  url.username = '';
  url.password = '';
  if (username === '' && password === '') return { url };
  const login = `${decoded(username)}:${decoded(password)}`;
  return { url, authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

/** A stray `%` stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A port follows a name, an IPv4 address or brackets; a bare IPv6 address has none. */
function parseEntry(entry: string): { host: string; port?: string | undefined } {
  const [, host, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
  return { host: withoutBrackets(host ?? entry).replace(/^\*?\.|\.$/g, ''), port };
}

function covers(entry: string, host: string): boolean {
  if (entry === '*' || entry === host) return true;
  if (isIP(host) === 0) return entry !== '' && host.endsWith(`.${entry}`);
  return isInNetwork(host, entry);
}

function isInNetwork(address: string, entry: string): boolean {
  const [, network = '', bits] = /^([\da-f.:]+)\/(\d{1,3})$/.exec(entry) ?? [];
  const family = isIPv4(network) ? 'ipv4' : 'ipv6';
  if (isIP(network) === 0 || isIP(network) !== isIP(address)) return false;
  if (Number(bits) > (family === 'ipv4' ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, family);
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
