import { Agent } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { guardedLookup, isForbiddenHost, type Resolve } from '../../src/lib/forbidden-address.ts';
import { createAgent, type HttpAnswer, post } from '../../src/lib/http.ts';
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server.ts';

describe('a forbidden host', () => {
  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://169.254.0.1/',
    'http://169.254.255.255/',
    'http://2852039166/',
    'http://0xA9.0xFE.0xA9.0xFE/',
    'http://0251.0376.0251.0376/',
    'http://169.254.43518/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::169.254.169.254]/',
    'http://[fe80::1]/',
    'http://[febf:ffff::1]/',
    'http://[fd00:ec2::254]/',
    'http://[FD00:0EC2:0:0::254]/',
    'http://metadata.google.internal/',
    'http://METADATA.google.internal./',
  ])('is that of %s', (url) => {
    expect(isForbiddenHost(new URL(url).hostname)).toBe(true);
  });

  test.each([
    'http://169.253.255.255/',
    'http://169.255.0.0/',
    'http://127.0.0.1/',
    'http://10.0.0.1/',
    'http://[::1]/',
    'http://[fec0::1]/',
    'http://[fd00:ec2::253]/',
    'http://collector.test/',
    'http://169.254.169.254.collector.test/',
    'http://metadata.google.internal.collector.test/',
    'http://mymetadata.google.internal/',
  ])('is not that of %s', (url) => {
    expect(isForbiddenHost(new URL(url).hostname)).toBe(false);
  });
});

describe('the lookup of a socket', () => {
  let server: LoopbackServer | undefined;
  afterEach(() => server?.close());

  const answering =
    (...addresses: string[]): Resolve =>
    (_name, _options, answer) =>
      answer(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );

  function send(resolve: Resolve, port = 9): Promise<HttpAnswer> {
    const url = new URL(`http://collector.test:${port}/`);
    const agent = createAgent(url, { lookup: guardedLookup(resolve) });
    const limits = { timeoutMs: 5_000, connectTimeoutMs: 5_000, signal: new AbortController().signal };
    return post({ url, headers: {}, body: '', agent, ...limits }).finally(() => agent.destroy());
  }

  test.each([
    ['169.254.169.254'],
    ['::ffff:169.254.169.254'],
    ['fe80::1'],
    ['fe80::1%eth0'],
    ['fd00:ec2::254'],
    ['169.254.169.254', 'fe80::1'],
  ])('connects to none of them: %s', async (...addresses) => {
    await expect(send(answering(...addresses))).rejects.toMatchObject({ reason: 'forbidden-address' });
  });

  test('connects to the address that is left', async () => {
    server = await startLoopbackServer();
    const port = Number(new URL(server.url).port);
    await expect(send(answering('fe80::1', '127.0.0.1'), port)).resolves.toMatchObject({ status: 204 });
    expect(server.requests).toHaveLength(1);
  });

  test('gives one address where one is asked for', async () => {
    server = await startLoopbackServer();
    const url = new URL(server.url.replace('127.0.0.1', 'collector.test'));
    const lookup = guardedLookup(answering('169.254.169.254', '127.0.0.1'));
    const agent = new Agent({ lookup, autoSelectFamily: false });
    const limits = { timeoutMs: 5_000, connectTimeoutMs: 5_000, signal: new AbortController().signal };
    await expect(post({ url, headers: {}, body: '', agent, ...limits })).resolves.toMatchObject({ status: 204 });
  });

  test.each([
    ['EAI_AGAIN', 'dns'],
    ['ENOTFOUND', 'unknown-host'],
  ])('passes on why a name is not resolved: %s', async (code, reason) => {
    const failing: Resolve = (_name, _options, answer) => answer(Object.assign(new Error(code), { code }), []);
    await expect(send(failing)).rejects.toMatchObject({ reason, code });
  });

  test('asks the system where nothing else is said', async () => {
    server = await startLoopbackServer();
    const url = new URL(server.url.replace('127.0.0.1', 'localhost'));
    const agent = createAgent(url, { lookup: guardedLookup() });
    const limits = { timeoutMs: 5_000, connectTimeoutMs: 5_000, signal: new AbortController().signal };
    await expect(post({ url, headers: {}, body: '', agent, ...limits })).resolves.toMatchObject({ status: 204 });
    agent.destroy();
  });
});
