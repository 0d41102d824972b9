import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createAgent, type HttpAnswer, HttpError, type HttpRequest, post } from '../../src/lib/http.ts';
import { proxyFor } from '../../src/lib/proxy.ts';
import { tunnelThrough } from '../../src/lib/tunnel.ts';
import { type Certificate, makeCertificate } from '../helpers/certificate.ts';
import { type ConnectProxy, type ConnectProxyOptions, startConnectProxy } from '../helpers/connect-proxy.ts';
import { type LoopbackOptions, type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server.ts';

const KEY = 'key-that-nobody-may-see';

let folder: string;
let certificate: Certificate;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stopwire-tunnel-'));
  certificate = makeCertificate(folder, { subjectAltName: 'DNS:collector.test,IP:127.0.0.1', days: 2 });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function startServer(options?: LoopbackOptions): Promise<LoopbackServer> {
  const server = await startLoopbackServer(options);
  opened.push(server);
  return server;
}

async function startProxy(options?: ConnectProxyOptions): Promise<ConnectProxy> {
  const proxy = await startConnectProxy(options);
  opened.push(proxy);
  return proxy;
}

/** Sends through a proxy, with an agent that is destroyed with the test. */
function sender(url: string, proxy: string): (more?: Partial<HttpRequest>) => Promise<HttpAnswer> {
  const context = createSecureContext({ ca: certificate.cert });
  const agent = createAgent(new URL(url), { secureContext: context });
  const named = proxyFor(new URL(url), proxy, {});
  if (named !== undefined) tunnelThrough(agent, named, context);
  opened.push({ close: async () => agent.destroy() });
  return (more = {}) =>
    post({
      url: new URL(url),
      headers: { Authorization: `Bearer ${KEY}` },
      body: '{"body":"secret"}',
      timeoutMs: 5_000,
      connectTimeoutMs: 5_000,
      agent,
      signal: new AbortController().signal,
      ...more,
    });
}

async function faultOf(answer: Promise<HttpAnswer>): Promise<HttpError> {
  const outcome: unknown = await answer.catch((error: unknown) => error);
  if (outcome instanceof HttpError) return outcome;
  throw new Error(`not an HttpError: ${inspect(outcome)}`);
}

function portOf({ url }: { url: string }): number {
  return Number(new URL(url).port);
}

describe('a request through a proxy', () => {
  test('arrives, and the proxy has resolved the name and seen nothing but host and port', async () => {
    const server = await startServer({ tls: certificate });
    const proxy = await startProxy({ port: portOf(server) });
    const send = sender('https://collector.test/in/gest?tenant=7', proxy.url);
    expect(await send()).toMatchObject({ status: 204 });
    expect(server.requests).toMatchObject([{ method: 'POST', path: '/in/gest?tenant=7', body: '{"body":"secret"}' }]);
    expect(server.requests[0]?.headers).toMatchObject({ host: 'collector.test', authorization: `Bearer ${KEY}` });
    expect(proxy.targets).toEqual(['collector.test:443']);
    expect(proxy.headers).toEqual([{ host: 'collector.test:443', connection: 'close' }]);
    expect(proxy.seen()).not.toMatch(/POST|gest|key-that|secret/);
  });

  test('shares its tunnel with the next one', async () => {
    const server = await startServer({ tls: certificate });
    const proxy = await startProxy({ port: portOf(server) });
    const send = sender('https://collector.test/', proxy.url);
    for (const body of ['1', '2', '3']) await send({ body });
    expect(server.requests.map(({ body }) => body)).toEqual(['1', '2', '3']);
    expect([server.connections(), proxy.connections()]).toEqual([1, 1]);
  });

  test('gets a new tunnel after one that broke', async () => {
    const server = await startServer({ tls: certificate });
    const proxy = await startProxy({ port: portOf(server) });
    const send = sender('https://collector.test/', proxy.url);
    server.script({}, 'lost', { status: 201 });
    await send();
    expect((await faultOf(send())).reason).toBe('reset');
    expect(await send()).toMatchObject({ status: 201 });
  });

  test('may be plain http', async () => {
    const server = await startServer();
    const proxy = await startProxy();
    const send = sender(server.url, proxy.url);
    for (const body of ['1', '2']) expect(await send({ body })).toMatchObject({ status: 204 });
    expect(server.requests.map(({ body }) => body)).toEqual(['1', '2']);
    expect(proxy.targets).toEqual([`127.0.0.1:${portOf(server)}`]);
  });

  test('names an IPv6 address in brackets', async () => {
    const proxy = await startProxy({ answer: 'reset' });
    await faultOf(sender('https://[fd00::1]:8443/', proxy.url)());
    expect(proxy.targets).toEqual(['[fd00::1]:8443']);
  });

  test('logs in with what stands in the address', async () => {
    const server = await startServer({ tls: certificate });
    const proxy = await startProxy({ port: portOf(server), login: 'us@er:pa55 word' });
    const address = proxy.url.replace('://', '://us%40er:pa55%20word@');
    expect(await sender('https://collector.test/', address)()).toMatchObject({ status: 204 });
    expect(server.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('verifies an https proxy', async () => {
    const server = await startServer({ tls: certificate });
    const proxy = await startProxy({ port: portOf(server), tls: certificate });
    expect(await sender('https://collector.test/', proxy.url)()).toMatchObject({ status: 204 });
    const other = await startProxy({
      port: portOf(server),
      tls: makeCertificate(folder, { subjectAltName: 'IP:127.0.0.1', days: 2 }),
    });
    expect(await faultOf(sender('https://collector.test/', other.url)())).toMatchObject({
      reason: 'proxy-tls',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(other.targets).toEqual([]);
  });

  test.each([
    ['for another name', 'DNS:elsewhere.test', 2, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['that has expired', 'DNS:collector.test', -1, 'CERT_HAS_EXPIRED'],
  ])('is not sent to a server with a certificate %s', async (_title, subjectAltName, days, code) => {
    const tls = makeCertificate(folder, { subjectAltName, days });
    const server = await startServer({ tls });
    const proxy = await startProxy({ port: portOf(server) });
    const agent = createAgent(new URL('https://collector.test/'), { ca: tls.cert });
    tunnelThrough(agent, { url: new URL(proxy.url) });
    const send = sender('https://collector.test/', proxy.url);
    expect(await faultOf(send({ agent }))).toMatchObject({ reason: 'tls', code });
    agent.destroy();
    expect(server.begun()).toBe(0);
  });
});

describe('a proxy that makes no tunnel', () => {
  const answered = (status: string): ConnectProxyOptions => ({ answer: { raw: `HTTP/1.1 ${status}\r\n\r\n` } });
  test.each<[string, ConnectProxyOptions, string, string | undefined]>([
    ['asks for a login', { login: 'user:password' }, 'proxy-login', 'HTTP 407'],
    ['denies', answered('403 Filtered'), 'proxy-denied', 'HTTP 403'],
    ['does not know CONNECT', answered('405 Method Not Allowed'), 'proxy-denied', 'HTTP 405'],
    ['redirects', answered('302 Found\r\nLocation: http://portal.test/'), 'proxy-denied', 'HTTP 302'],
    ['limits', answered('429 Too Many Requests'), 'proxy-failed', 'HTTP 429'],
    ['finds no server', answered('502 Bad Gateway'), 'proxy-failed', 'HTTP 502'],
    ['is in trouble', answered('503 Service Unavailable'), 'proxy-failed', 'HTTP 503'],
    [
      'answers what should come from the server',
      { answer: { raw: 'HTTP/1.1 200 OK\r\n\r\n{}' } },
      'proxy-failed',
      'HTTP 200',
    ],
    ['is no proxy', { answer: { raw: 'SSH-2.0-OpenSSH_9.9\r\n' } }, 'proxy-failed', 'HPE_INVALID_CONSTANT'],
    [
      'sends headers without end',
      { answer: { raw: `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}` } },
      'proxy-failed',
      'HPE_HEADER_OVERFLOW',
    ],
    ['ends the connection', { answer: 'reset' }, 'proxy-unreachable', 'ECONNRESET'],
  ])('%s', async (_title, options, reason, code) => {
    const server = await startServer({ tls: certificate });
    const proxy = await startProxy({ port: portOf(server), ...options });
    expect(await faultOf(sender('https://collector.test/', proxy.url)())).toMatchObject({ reason, code });
    expect(server.connections()).toBe(0);
    await proxy.deserted();
  });

  test('says 204: that is no answer of the server', async () => {
    const server = await startServer({ tls: certificate });
    const proxy = await startProxy({ answer: { raw: 'HTTP/1.1 204 No Content\r\n\r\n' } });
    const fault = await faultOf(sender('https://collector.test/', proxy.url)());
    // Its connection ends where the TLS handshake should have begun.
    expect(fault.reason).toBe('reset');
    expect(server.connections()).toBe(0);
  });

  test('is not running', async () => {
    const proxy = await startProxy();
    await proxy.close();
    const fault = await faultOf(sender('https://collector.test/', proxy.url)());
    expect(fault).toMatchObject({ reason: 'proxy-unreachable', code: 'ECONNREFUSED' });
  });

  test('hangs: it is left in time, and no connection stays behind', async () => {
    const proxy = await startProxy({ answer: 'hang' });
    const send = sender('https://collector.test/', proxy.url);
    expect(await faultOf(send({ connectTimeoutMs: 100 }))).toMatchObject({ reason: 'timeout', code: 'connecting' });
    await proxy.deserted();
  });

  test('hangs, and the run is ended', async () => {
    const proxy = await startProxy({ answer: 'hang' });
    const run = new AbortController();
    const fault = faultOf(sender('https://collector.test/', proxy.url)({ signal: run.signal }));
    while (proxy.targets.length === 0) await new Promise((resolve) => setImmediate(resolve));
    run.abort();
    expect((await fault).reason).toBe('aborted');
    await proxy.deserted();
  });

  test('hangs before its own TLS', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const proxy = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const fault = await faultOf(sender('https://collector.test/', proxy)({ connectTimeoutMs: 100 }));
    expect(fault).toMatchObject({ reason: 'timeout', code: 'connecting' });
    await new Promise((resolve) => silent.close(resolve));
  });

  test('leaves nothing secret in the error', async () => {
    const proxy = await startProxy({ login: 'user:other' });
    const address = proxy.url.replace('://', '://user:pa55word@');
    const fault = await faultOf(sender('https://collector.test/', address)());
    const shown = inspect(fault, { showHidden: true, depth: 10 });
    expect(shown).not.toMatch(/pa55word|key-that|collector|127\.0\.0\.1/);
    expect(shown).not.toContain(Buffer.from('user:pa55word').toString('base64'));
  });
});
