/** The address of an HTTP destination: what it may not be, and what may not stand in it. */
import { UserError } from '../errors.ts';
import { isForbiddenHost } from '../lib/forbidden-address.ts';
import { isLoopback } from '../lib/proxy.ts';

/** Names of query parameters that hold a secret, in small letters, without `-` and `_`. */
const SECRET_PARAMETERS = new Set(['key', 'apikey', 'token', 'accesstoken', 'auth', 'secret', 'password']);

/**
 * The endpoint as a URL. Throws a UserError where it would show a secret (an address stands in logs of servers and
 * proxies), where records would travel readable, and where it leads to a machine's own credentials.
 */
export function checkEndpoint(endpoint: string, insecureHttp: boolean): URL {
  const url = new URL(endpoint);
  if (url.username !== '' || url.password !== '') {
    throw refused(url, 'its address contains a user name or password', PUT_INTO_API_KEY);
  }
  const secret = Array.from(url.searchParams.keys()).find(isSecretName);
  if (secret !== undefined) {
    throw refused(url, `its query contains "${secret}", and addresses are logged on the way`, PUT_INTO_API_KEY);
  }
  if (isForbiddenHost(url.hostname)) {
    throw refused(url, "it is a link-local or cloud metadata address, where a machine's own credentials are", CHECK);
  }
  if (url.protocol === 'http:' && !insecureHttp && !isLoopback(url.hostname)) {
    throw refused(url, 'over plain http, anyone on the way can read along', USE_HTTPS);
  }
  return url;
}

const PUT_INTO_API_KEY = 'Take it out of the address and put the key into the option apiKey.';
const CHECK = 'Check the address of the endpoint.';
const USE_HTTPS = 'Use https, or set the option insecureHttp to true where the network is trusted.';

function isSecretName(name: string): boolean {
  return SECRET_PARAMETERS.has(name.toLowerCase().replaceAll(/[-_]/g, ''));
}

/** Names the host alone: path and query may be what must not be shown. */
function refused({ host }: URL, why: string, hint: string): UserError {
  return new UserError(`The endpoint at ${host} was not opened: ${why}.`, { hint });
}
