import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { reach } from '../../src/lib/reach.ts';
import { makeCertificate } from '../helpers/certificate.ts';
import { startLoopbackServer } from '../helpers/loopback-server.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function silentServer(): Promise<{ server: Server; port: number }> {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => void server.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on a port has one
  return { server, port: (server.address() as AddressInfo).port };
}

describe('whether a server answers', () => {
  test('a connection is enough, and nothing is sent', async () => {
    const server = await startLoopbackServer();
    closers.push(() => server.close());
    expect(await reach(new URL(server.url), 3_000)).toEqual({ ms: expect.any(Number) });
    expect([server.connections(), server.begun()]).toEqual([1, 0]);
  });

  test('a port where nobody listens refuses', async () => {
    const server = await startLoopbackServer();
    await server.close();
    expect(await reach(new URL(server.url), 3_000)).toMatchObject({ fault: 'ECONNREFUSED' });
  });

  test('a certificate that nobody vouches for is a fault', async () => {
    const tls = makeCertificate(makeTempDirectory(), { subjectAltName: 'IP:127.0.0.1', days: 1 });
    const server = await startLoopbackServer({ tls });
    closers.push(() => server.close());
    expect(await reach(new URL(server.url), 3_000)).toMatchObject({ fault: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  test('a server that never speaks TLS is given up in time', async () => {
    const { port } = await silentServer();
    const reached = await reach(new URL(`https://127.0.0.1:${port}`), 150);
    expect(reached).toMatchObject({ fault: 'ETIMEDOUT' });
    expect(reached.ms).toBeLessThan(2_000);
  });
});
