/** What tests of a roll-out begin with: the packed package in a prefix, a server to deliver to, and hosts. */
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts';
import { type Host, type HostOptions, makeHost, makePrefix, type Prefix } from './packed.ts';

export interface RollOut {
  /** The same for all tests of the file. */
  prefix: () => Prefix;
  /** A new one for each test. */
  server: () => LoopbackServer;
  /** Makes a host that is removed when the test ends. */
  makeHost: (options?: Omit<HostOptions, 'prefix'>) => Host;
  /** The records that the server was sent. */
  received: () => { id: string }[];
}

export function setUpRollOut(): RollOut {
  let prefix: Prefix;
  let server: LoopbackServer;
  const hosts: Host[] = [];
  beforeAll(async () => {
    prefix = await makePrefix();
  });
  afterAll(() => prefix.remove());
  beforeEach(async () => {
    server = await startLoopbackServer();
  });
  afterEach(async () => {
    for (const host of hosts.splice(0)) host.remove();
    await server.close();
  });
  return {
    prefix: () => prefix,
    server: () => server,
    makeHost(options) {
      const host = makeHost({ prefix, ...options });
      hosts.push(host);
      return host;
    },
    received: () => server.requests.flatMap(({ body }) => JSON.parse(body).records),
  };
}
