/** Addresses that nobody collects records at: link-local ones, where clouds hand out a machine's credentials. */
import * as dns from 'node:dns';
import { BlockList, isIPv6, type LookupFunction } from 'node:net';
import { HttpError } from './http.ts';

/** Resolves a name to all of its addresses. */
export type Resolve = (
  name: string,
  options: dns.LookupAllOptions,
  answer: (error: NodeJS.ErrnoException | null, addresses: dns.LookupAddress[]) => void,
) => void;

const FORBIDDEN = new BlockList();
FORBIDDEN.addSubnet('169.254.0.0', 16);
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6');
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6');
// 169.254.0.0/16 by way of NAT64 (RFC 6052).
FORBIDDEN.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');

const FORBIDDEN_NAMES = new Set(['metadata.google.internal', 'metadata.goog']);

/** Whether the host of a URL is such an address, in any spelling, or a name that stands for one. */
export function isForbiddenHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isForbiddenAddress(host) || FORBIDDEN_NAMES.has(host.toLowerCase().replace(/\.$/, ''));
}

/**
 * The `lookup` of a socket that never gets such an address, whatever a name resolves to: a check before connecting
 * would be answered by another resolution than the one that counts. A name with other addresses keeps those.
 */
export function guardedLookup(resolve: Resolve = dns.lookup): LookupFunction {
  return (name, options, answer) => {
    resolve(name, { ...options, all: true }, (error, found) => {
      if (error !== null) return answer(error, []);
      const addresses = found.filter(({ address }) => !isForbiddenAddress(address));
      const [first] = addresses;
      if (first === undefined) return answer(new HttpError('forbidden-address'), []);
      if (options.all) return answer(null, addresses);
      return answer(null, first.address, first.family);
    });
  };
}

function isForbiddenAddress(address: string): boolean {
  return FORBIDDEN.check(address.replace(/%.*$/, ''), isIPv6(address) ? 'ipv6' : 'ipv4');
}
