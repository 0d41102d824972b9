import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Delivery } from '../../src/destinations/destination.ts';
import { outcomeOf } from '../../src/destinations/http-outcome.ts';
import { transportOptions } from '../../src/destinations/http-options.ts';
import { openTransport, type Reading, type Transport } from '../../src/destinations/http-transport.ts';
import { UserError } from '../../src/errors.ts';
import { checkOptions } from '../../src/lib/options.ts';
import { bundle } from '../helpers/bundle.ts';
import { type Certificate, makeCertificate } from '../helpers/certificate.ts';
import { type ConnectProxyOptions, startConnectProxy } from '../helpers/connect-proxy.ts';
import { type LoopbackOptions, startLoopbackServer, type Step } from '../helpers/loopback-server.ts';

const KEY = 'sk-0123456789abcdef';
const never = new AbortController().signal;

let folder: string;
let good: Certificate;
let caPath: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stopwire-transport-'));
  good = makeCertificate(folder, { subjectAltName: 'DNS:collector.test,IP:127.0.0.1,IP:0.0.0.0', days: 2 });
  caPath = write('ca.pem', good.cert);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string, mode = 0o644): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

function kept<One extends { close(): Promise<void> }>(one: One): One {
  opened.push(one);
  return one;
}

const startServer = async (options?: LoopbackOptions) => kept(await startLoopbackServer(options));
const startProxy = async (options?: ConnectProxyOptions) => kept(await startConnectProxy(options));

async function open(given: object, env: NodeJS.ProcessEnv = {}, reading?: Partial<Reading>): Promise<Transport> {
  const { values, problems } = checkOptions(transportOptions, given);
  if (values === undefined) throw new Error(problems.join());
  return kept(await openTransport(values, { env, storePath: '/nowhere', userAgent: 'stopwire/1.2.3' }, reading));
}

/** What becomes of one batch. */
async function deliver(given: object, env: NodeJS.ProcessEnv = {}): Promise<Delivery> {
  const transport = await open({ apiKey: KEY, timeoutMs: 5_000, ...given }, env);
  return transport.post('{"batch":"secret"}', { 'Content-Type': 'application/json' }, never);
}

function reasonOf(delivery: Delivery): string {
  return delivery.kind === 'delivered' ? '' : delivery.reason;
}

function portOf({ url }: { url: string }): number {
  return Number(new URL(url).port);
}

describe('a request', () => {
  test('has the headers of the destination, those of the options and our own, and asks for no encoding', async () => {
    const server = await startServer();
    const headers = ['X-Scope-OrgID: team-7'];
    expect(await deliver({ endpoint: `${server.url}/in?tenant=7`, headers })).toEqual({ kind: 'delivered' });
    const [request] = server.requests;
    expect(request?.headers).toEqual({
      authorization: `Bearer ${KEY}`,
      connection: 'keep-alive',
      'content-length': '18',
      'content-type': 'application/json',
      host: new URL(server.url).host,
      'user-agent': 'stopwire/1.2.3',
      'x-scope-orgid': 'team-7',
    });
    expect(request?.path).toBe('/in?tenant=7');
  });

  test('can be bytes, which are compressed as a text is', async () => {
    const server = await startServer();
    const transport = await open({ endpoint: server.url, gzipAboveBytes: 3 });
    await transport.post(Buffer.from('abc'), {}, never);
    await transport.post(Buffer.from('abcd'), {}, never);
    expect(server.requests.map(({ body }) => body)).toEqual(['abc', 'abcd']);
    expect(server.requests.map(({ headers }) => headers['content-encoding'])).toEqual([undefined, 'gzip']);
  });

  test('can go to a place below the endpoint, by another method', async () => {
    const server = await startServer();
    const transport = await open({ endpoint: `${server.url}/base/?tenant=7` });
    await transport.post('{}', {}, never, { path: '/v1/events/a%2Fb', method: 'PUT' });
    await transport.post('{}', {}, never);
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PUT /base/v1/events/a%2Fb?tenant=7',
      'POST /base/?tenant=7',
    ]);
  });

  test('is compressed above 8 KiB where nothing else is said', async () => {
    const server = await startServer();
    const transport = await open({ endpoint: server.url });
    for (const length of [8_192, 8_193]) await transport.post('x'.repeat(length), {}, never);
    expect(server.requests.map(({ headers }) => headers['content-encoding'])).toEqual([undefined, 'gzip']);
  });

  test('can be read by a rule of the destination, from which secrets were taken', async () => {
    const server = await startServer();
    server.script({ status: 200, body: `{"rejected":1,"key":"${KEY}"}` });
    const seen: unknown[] = [];
    const reading: Partial<Reading> = {
      now: () => 7,
      outcomeOf: ({ body }, now) => {
        seen.push([body, now]);
        return { kind: 'rejected', reason: 'one' };
      },
    };
    const transport = await open({ endpoint: server.url, apiKey: KEY }, {}, reading);
    expect(await transport.post('', {}, never)).toEqual({ kind: 'rejected', reason: 'one' });
    expect(seen).toEqual([['{"rejected":1,"key":"[redacted]"}', 7]]);
  });

  test.each(['https://user@collector.test/', 'http://collector.test/', 'https://169.254.169.254/'])(
    'is not made ready for %s',
    async (endpoint) => {
      await expect(open({ endpoint })).rejects.toThrow(UserError);
    },
  );
});

// Rows 43 to 56 of the fault matrix, as far as they are about one request.
describe('one request that goes wrong', () => {
  const html = { 'content-type': 'text/html' };
  const bomb = gzipSync(Buffer.alloc(67_108_864)).toString('latin1');
  test.each<[string, Step, Partial<Delivery>]>([
    ['the answer is lost', 'lost', { kind: 'retry' }],
    ['reset before the body', 'reset-before-body', { kind: 'retry' }],
    ['reset in the answer', 'cut', { kind: 'retry' }],
    ['not HTTP', { raw: 'SSH-2.0-OpenSSH_9.9\r\n' }, { kind: 'retry' }],
    ['two lengths', { raw: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}' }, { kind: 'retry' }],
    ['a length that is none', { raw: 'HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}' }, { kind: 'retry' }],
    ['a broken chunk', { raw: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n' }, { kind: 'retry' }],
    [
      'chunks without an end',
      { raw: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n' },
      { kind: 'retry' },
    ],
    ['no answer', 'hang', { kind: 'retry' }],
    ['an answer byte by byte', 'drip', { kind: 'retry' }],
    ['too large', { status: 413 }, { kind: 'rejected', tooLarge: true }],
    ['refused', { status: 400 }, { kind: 'rejected' }],
    ['a key that is wrong', { status: 401 }, { kind: 'hold' }],
    ['a proxy in front of it', { status: 407 }, { kind: 'hold' }],
    ['many outcomes in one', { status: 207, body: '{}' }, { kind: 'retry' }],
    ['a teapot', { status: 418 }, { kind: 'hold' }],
    ['legal reasons', { status: 451 }, { kind: 'hold' }],
    ['no room', { status: 507 }, { kind: 'retry' }],
    ['an unknown status', { status: 599 }, { kind: 'retry' }],
    ['still at work', { status: 409 }, { kind: 'retry', doubt: 'conflict' }],
    ['too many', { status: 429, headers: { 'retry-after': '3' } }, { kind: 'retry', afterMs: 3_000 }],
    ['nothing', { status: 204 }, { kind: 'delivered' }],
    ['nothing, with 200', { status: 200 }, { kind: 'delivered' }],
    ['a web page', { status: 200, headers: html, body: '<html></html>' }, { kind: 'retry' }],
    ['a bomb', { status: 200, headers: { 'content-encoding': 'gzip' }, body: bomb }, { kind: 'retry' }],
    ['no end', 'endless', { kind: 'retry' }],
  ])('%s', async (_title, step, expected) => {
    const server = await startServer();
    server.script(step);
    const started = performance.now();
    expect(await deliver({ endpoint: server.url, timeoutMs: 400 })).toMatchObject(expected);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  test.each([301, 302, 303, 307, 308])('a %i to another listener: nothing gets there', async (status) => {
    const [server, elsewhere] = [await startServer(), await startServer()];
    server.script({ status, headers: { location: `${elsewhere.url}/${KEY}?token=${KEY}` } });
    const delivery = await deliver({ endpoint: server.url });
    expect(delivery).toMatchObject({ kind: 'hold', reason: expect.stringContaining(elsewhere.url) });
    expect(reasonOf(delivery)).not.toContain(KEY);
    expect(elsewhere.connections()).toBe(0);
  });

  test('a refused connection: retry', async () => {
    const server = await startServer();
    await server.close();
    const delivery = await deliver({ endpoint: server.url });
    expect(delivery).toMatchObject({ kind: 'retry', reason: expect.stringContaining('ECONNREFUSED') });
  });

  test.each(['text/plain', 'application/json'])('a key or a header that comes back (%s): not shown', async (type) => {
    const server = await startServer();
    const secrets = { apiKey: 'sk-"quoted"-key', tenant: 'tenant/secret' };
    const body = type === 'text/plain' ? Object.values(secrets).join(' ') : JSON.stringify(secrets);
    server.script({ status: 500, headers: { 'content-type': type }, body });
    const headers = [`X-Tenant: ${secrets.tenant}`];
    const delivery = await deliver({ endpoint: server.url, apiKey: secrets.apiKey, headers });
    expect(reasonOf(delivery)).toMatch(/\[redacted\].*\[redacted\]/);
    expect(reasonOf(delivery)).not.toMatch(/quoted|secret/);
  });
});

// Row 59.
describe('a certificate', () => {
  test.each<[string, { subjectAltName: string; days: number } | undefined, boolean, string]>([
    ['that nobody vouches for', undefined, false, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['that has expired', { subjectAltName: 'IP:127.0.0.1', days: -1 }, true, 'CERT_HAS_EXPIRED'],
    ['for another name', { subjectAltName: 'DNS:elsewhere.test', days: 2 }, true, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('%s: hold, and not a byte is sent', async (_title, made, isTrusted, code) => {
    const tls = made === undefined ? good : makeCertificate(folder, made);
    const received: Buffer[] = [];
    const server = createTlsServer(tls, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => received.push(chunk));
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const endpoint = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
    const delivery = await deliver({ endpoint, ...(isTrusted && { ca: write('other-ca.pem', tls.cert) }) });
    expect(delivery).toMatchObject({ kind: 'hold', reason: expect.stringContaining(code) });
    // Resolves when the last connection has ended, so whatever was sent has arrived.
    await new Promise((resolve) => server.close(resolve));
    expect(Buffer.concat(received).toString()).toBe('');
  });

  test('of an authority that the option ca names: delivered', async () => {
    const server = await startServer({ tls: good });
    expect(await deliver({ endpoint: server.url, ca: caPath })).toEqual({ kind: 'delivered' });
  });

  test('of the client, where the server asks for one', async () => {
    const client = makeCertificate(folder, { subjectAltName: 'DNS:client.test', days: 2 });
    const server = await startServer({
      tls: { ...good, ca: client.cert, requestCert: true, rejectUnauthorized: true },
    });
    const clientCertificate = write('client.pem', client.cert);
    const clientKey = write('client-key.pem', client.key, 0o600);
    expect(await deliver({ endpoint: server.url, ca: caPath })).toMatchObject({
      kind: expect.not.stringMatching('delivered'),
    });
    expect(server.begun()).toBe(0);
    const delivery = await deliver({ endpoint: server.url, ca: caPath, clientCertificate, clientKey });
    expect(delivery).toEqual({ kind: 'delivered' });
  });

  test('of an authority in NODE_EXTRA_CA_CERTS counts, besides those of the option ca', async () => {
    const other = makeCertificate(folder, { subjectAltName: 'IP:127.0.0.1', days: 2 });
    const [server, another] = [await startServer({ tls: good }), await startServer({ tls: other })];
    const ca = write('another-ca.pem', other.cert);
    const cases = [{ endpoint: server.url }, { endpoint: server.url, ca }, { endpoint: another.url, ca }];
    const trusting = await deliverInChild(cases, { NODE_EXTRA_CA_CERTS: caPath });
    expect(trusting.map(({ kind }) => kind)).toEqual(['delivered', 'delivered', 'delivered']);
    const doubting = await deliverInChild(cases, {});
    expect(doubting.map(({ kind }) => kind)).toEqual(['hold', 'hold', 'delivered']);
  });

  test('is verified under NODE_TLS_REJECT_UNAUTHORIZED=0, of the server and of the proxy', async () => {
    const server = await startServer({ tls: good });
    const plain = await startProxy({ port: portOf(server) });
    const secure = await startProxy({ port: portOf(server), tls: good });
    const cases = [
      { endpoint: server.url },
      { endpoint: server.url, proxy: plain.url },
      { endpoint: server.url, proxy: secure.url },
    ];
    const deliveries = await deliverInChild(cases, { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect(deliveries.map(({ kind }) => kind)).toEqual(['hold', 'hold', 'hold']);
    expect([server.begun(), secure.targets.length]).toEqual([0, 0]);
  });
});

/** One delivery after the other in a process of its own, which has read its environment as Node does at its start. */
async function deliverInChild(cases: readonly object[], env: NodeJS.ProcessEnv, before = ''): Promise<Delivery[]> {
  const script = `
    ${before}
    const { openTransport } = await import(${JSON.stringify(await bundle('destinations/http-transport.ts', folder))});
    const options = { gzipAboveBytes: 9e3, timeoutMs: 9e3, connectTimeoutMs: 9e3, insecureHttp: false };
    const deliveries = [];
    for (const given of ${JSON.stringify(cases)}) {
      const transport = await openTransport({ ...options, ...given }, { env: process.env, userAgent: 'test' });
      deliveries.push(await transport.post('', {}, new AbortController().signal));
      await transport.close();
    }
    console.log(JSON.stringify(deliveries));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env });
  return JSON.parse(stdout);
}

// Row 58.
describe('a name', () => {
  test.each<[string, string, Delivery['kind'], string]>([
    ['that no resolver answers for', `answer(Object.assign(new Error(), { code: 'EAI_AGAIN' }))`, 'retry', 'EAI_AGAIN'],
    ['that there is not', `answer(Object.assign(new Error(), { code: 'ENOTFOUND' }))`, 'hold', 'ENOTFOUND'],
    [
      'that stands for a metadata address',
      `answer(null, [{ address: '169.254.169.254', family: 4 }])`,
      'hold',
      'link-local or metadata address',
    ],
  ])('%s', async (_title, answer, kind, words) => {
    const resolver = `
      import dns from 'node:dns';
      import { syncBuiltinESMExports } from 'node:module';
      dns.lookup = (_name, _options, answer) => ${answer};
      syncBuiltinESMExports();
    `;
    const deliveries = await deliverInChild([{ endpoint: 'https://collector.test/' }], {}, resolver);
    expect(deliveries).toEqual([{ kind, reason: expect.stringContaining(words) }]);
  });
});

// Row 60.
describe('a proxy', () => {
  const endpoint = 'https://collector.test/in';

  test.each(['HTTPS_PROXY', 'https_proxy'])('of the environment (%s) is used', async (name) => {
    const server = await startServer({ tls: good });
    const proxy = await startProxy({ port: portOf(server) });
    expect(await deliver({ endpoint, ca: caPath }, { [name]: proxy.url })).toEqual({ kind: 'delivered' });
    expect(proxy.targets).toEqual(['collector.test:443']);
    expect(proxy.seen()).not.toMatch(/secret|sk-/);
  });

  test('that speaks TLS is verified by the option ca, too', async () => {
    const server = await startServer({ tls: good });
    const proxy = await startProxy({ port: portOf(server), tls: good });
    expect(await deliver({ endpoint, ca: caPath, proxy: proxy.url })).toEqual({ kind: 'delivered' });
    expect(await deliver({ endpoint, proxy: proxy.url })).toMatchObject({
      kind: 'hold',
      reason: expect.stringMatching(/^the proxy's TLS certificate/),
    });
  });

  test('that is not running: retry, in words that name it without its login', async () => {
    const proxy = await startProxy();
    await proxy.close();
    const delivery = await deliver({ endpoint }, { HTTPS_PROXY: proxy.url.replace('://', '://user:pa55word@') });
    const { host } = new URL(proxy.url);
    expect(delivery).toEqual({
      kind: 'retry',
      reason: `the proxy cannot be reached; check its address and that it is running (ECONNREFUSED, proxy ${host})`,
    });
  });

  test('that asks for a login: hold', async () => {
    const proxy = await startProxy({ login: 'user:other' });
    const delivery = await deliver({ endpoint, proxy: proxy.url.replace('://', '://user:pa55word@') });
    expect(delivery).toMatchObject({ kind: 'hold', reason: expect.stringContaining('the proxy asks for a login') });
    expect(reasonOf(delivery)).toContain(new URL(proxy.url).host);
    expect(reasonOf(delivery)).not.toContain('pa55word');
  });

  test.each<[string, ConnectProxyOptions, Delivery['kind']]>([
    ['denies', { answer: { raw: 'HTTP/1.1 403 Filtered\r\n\r\n' } }, 'hold'],
    ['finds no server', { answer: { raw: 'HTTP/1.1 502 Bad Gateway\r\n\r\n' } }, 'retry'],
    ['acknowledges by itself', { answer: { raw: 'HTTP/1.1 204 No Content\r\n\r\n' } }, 'retry'],
    ['answers a web page', { answer: { raw: 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>' } }, 'retry'],
    ['ends the connection', { answer: 'reset' }, 'retry'],
    ['hangs', { answer: 'hang' }, 'retry'],
  ])('that %s: %s', async (_title, options, kind) => {
    const proxy = await startProxy(options);
    const delivery = await deliver({ endpoint, proxy: proxy.url, connectTimeoutMs: 200 });
    expect(delivery).toMatchObject({ kind, reason: expect.stringContaining(`proxy ${new URL(proxy.url).host}`) });
    await proxy.deserted();
  });

  test.each(['127.0.0.1', '127.0.0.1/32', '*'])('that is named is used, whatever NO_PROXY says: %s', async (list) => {
    const server = await startServer({ tls: good });
    const proxy = await startProxy();
    const delivery = await deliver({ endpoint: server.url, ca: caPath, proxy: proxy.url }, { NO_PROXY: list });
    expect(delivery).toEqual({ kind: 'delivered' });
    expect(proxy.targets).toEqual([new URL(server.url).host]);
  });

  test('of the environment is not used for this machine, nor for plain http', async () => {
    const [server, plain] = [await startServer({ tls: good }), await startServer()];
    const proxy = await startProxy();
    const env = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, http_proxy: proxy.url };
    expect(await deliver({ endpoint: server.url, ca: caPath }, env)).toEqual({ kind: 'delivered' });
    expect(await deliver({ endpoint: plain.url }, env)).toEqual({ kind: 'delivered' });
    expect(proxy.connections()).toBe(0);
  });

  test.each([
    ['else.test', 1],
    ['else.test,0.0.0.0/8', 0],
  ])('of the environment is not used for what NO_PROXY names: %s', async (list, tunnels) => {
    const server = await startServer({ tls: good });
    const proxy = await startProxy({ port: portOf(server) });
    // This machine by an address that is not of its loopback network.
    const given = { endpoint: server.url.replace('127.0.0.1', '0.0.0.0'), ca: caPath };
    expect(await deliver(given, { HTTPS_PROXY: proxy.url, NO_PROXY: list })).toEqual({ kind: 'delivered' });
    expect(proxy.targets).toHaveLength(tunnels);
  });

  test('of the environment that cannot be used is named by its variable', async () => {
    await expect(open({ endpoint }, { https_proxy: 'socks5://user:pa55word@proxy.test' })).rejects.toThrow(
      /^The proxy in https_proxy cannot be used/,
    );
  });
});

test('a destination without a rule of its own reads answers by the common one', async () => {
  const server = await startServer();
  server.script({ status: 401 });
  expect(await deliver({ endpoint: server.url })).toEqual(outcomeOf({ status: 401, headers: {}, body: '' }, 0));
});
