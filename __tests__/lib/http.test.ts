import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createAgent,
  type HttpAnswer,
  HttpError,
  type HttpRequest,
  MAX_ANSWER_BYTES,
  post,
} from '../../src/lib/http.ts';
import { bundle } from '../helpers/bundle.ts';
import { makeCertificate } from '../helpers/certificate.ts';
import {
  type LoopbackOptions,
  type LoopbackServer,
  startLoopbackServer,
  type Step,
} from '../helpers/loopback-server.ts';

const KEY = 'key-that-nobody-may-see';
const MEBIBYTE = 1_048_576;

const servers: LoopbackServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(options?: LoopbackOptions): Promise<LoopbackServer> {
  const server = await startLoopbackServer(options);
  servers.push(server);
  return server;
}

function send(url: string, more: Partial<HttpRequest> = {}): Promise<HttpAnswer> {
  return post({
    url: new URL(url),
    headers: { Authorization: `Bearer ${KEY}` },
    body: '{"body":"secret"}',
    timeoutMs: 10_000,
    connectTimeoutMs: 10_000,
    signal: new AbortController().signal,
    ...more,
  });
}

/** The error that the request ends in. */
async function faultOf(url: string, more: Partial<HttpRequest> = {}): Promise<HttpError> {
  const outcome: unknown = await send(url, more).catch((error: unknown) => error);
  if (outcome instanceof HttpError) return outcome;
  throw new Error(`not an HttpError: ${inspect(outcome)}`);
}

describe('post', () => {
  test('sends path, query, headers and body as they are, and asks for no encoding', async () => {
    const server = await start();
    await send(`${server.url}/in/gest?tenant=7`, { headers: { 'X-One': '1' }, body: Buffer.from('{"é":1}') });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/in/gest?tenant=7', body: '{"é":1}' });
    expect(request?.headers).toMatchObject({ 'x-one': '1', 'content-length': '8' });
    expect(request?.headers).not.toHaveProperty('accept-encoding');
    expect(request?.headers).not.toHaveProperty('transfer-encoding');
  });

  test('does not make a header of a user name in the address', async () => {
    const server = await start();
    await send(server.url.replace('://', '://user:password@'), { headers: {} });
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test.each<[string, Step, Partial<HttpAnswer>]>([
    ['204', {}, { status: 204, body: '' }],
    ['200 with a body', { status: 200, body: '{"ok":"é"}' }, { status: 200, body: '{"ok":"é"}' }],
    ['an error', { status: 503, headers: { 'retry-after': '7' }, body: 'later' }, { status: 503, body: 'later' }],
    ['an unknown status', { status: 599 }, { status: 599 }],
    ['more bytes than were announced', { raw: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}{}{}' }, { body: '{}' }],
    ['a body that ends with the connection', { raw: 'HTTP/1.1 200 OK\r\n\r\n{"ok":1}' }, { body: '{"ok":1}' }],
  ])('answers what the server says: %s', async (_title, step, expected) => {
    const server = await start();
    server.script(step);
    expect(await send(server.url)).toMatchObject(expected);
  });

  test.each([301, 302, 303, 307, 308])('does not follow a %i to another origin', async (status) => {
    const [server, elsewhere] = [await start(), await start()];
    server.script({ status, headers: { location: elsewhere.url } });
    expect(await send(server.url)).toMatchObject({ status, headers: { location: elsewhere.url } });
    expect(elsewhere.connections()).toBe(0);
  });
});

describe('post, when something breaks', () => {
  test.each<[string, Step, string]>([
    ['the connection is reset within the request', 'reset-before-body', 'reset'],
    ['the connection is reset after the request', 'lost', 'reset'],
    ['the answer is cut short', 'cut', 'reset'],
    ['the answer is not HTTP', { raw: 'SSH-2.0-OpenSSH_9.9\r\n' }, 'bad-answer'],
    ['the answer has headers without end', { raw: `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}` }, 'bad-answer'],
    ['a success is encoded', { status: 200, headers: { 'content-encoding': 'gzip' }, body: 'zz' }, 'bad-answer'],
    ['the answer does not end', 'endless', 'answer-too-large'],
  ])('%s', async (_title, step, reason) => {
    const server = await start();
    server.script(step);
    expect(await faultOf(server.url)).toMatchObject({ name: 'HttpError', reason });
  });

  test('nothing listens', async () => {
    const server = await start();
    await server.close();
    expect(await faultOf(server.url)).toMatchObject({ reason: 'refused', code: 'ECONNREFUSED' });
  });

  test.each([
    ['ENOTFOUND', 'unknown-host'],
    ['EAI_AGAIN', 'dns'],
  ])('the name cannot be resolved: %s', async (code, reason) => {
    const error = Object.assign(new Error(`getaddrinfo ${code}`), { code });
    const agent = new Agent({ lookup: (_name, _options, answer) => answer(error, '') });
    expect(await faultOf('http://collector.test/', { agent })).toMatchObject({ reason, code });
  });

  test('a header cannot be sent', async () => {
    const server = await start();
    const headers = { Authorization: `Bearer ${KEY}\r\nX-Injected: 1` };
    expect(await faultOf(server.url, { headers })).toMatchObject({ reason: 'failed' });
    expect(server.begun()).toBe(0);
  });

  test('an error holds neither address, headers nor body', async () => {
    const server = await start();
    const url = `${server.url.replace('://', '://user:password@')}/path-of-mine?token=${KEY}`;
    for (const step of ['lost', 'cut', { raw: `${KEY}\r\n\r\n` }] as const) {
      server.script(step);
      const shown = inspect(await faultOf(url), { showHidden: true, depth: 10 });
      expect(shown).not.toMatch(/key-that|password|path-of-mine|secret|127\.0\.0\.1/);
    }
  });
});

describe("post's limits", () => {
  test.each([
    [MAX_ANSWER_BYTES, 'the limit', { status: 200 }],
    [MAX_ANSWER_BYTES + 1, 'one byte more', 'answer-too-large'],
  ])('a success of %i bytes: %s', async (length, _title, expected) => {
    const server = await start();
    server.script({ status: 200, body: ' '.repeat(length) });
    if (typeof expected === 'string') expect((await faultOf(server.url)).reason).toBe(expected);
    else expect(await send(server.url)).toMatchObject(expected);
  });

  test('an endless answer is left after what the sockets hold', async () => {
    const server = await start();
    server.script('endless');
    await faultOf(server.url);
    await server.close();
    expect(server.bytesSent()).toBeLessThan(16 * MEBIBYTE);
  });

  test('a gzip bomb is not unpacked', async () => {
    const server = await start();
    const headers = { 'content-encoding': 'gzip' };
    server.script({ status: 200, headers, body: gzipSync(Buffer.alloc(64 * MEBIBYTE)).toString('latin1') });
    expect(await faultOf(server.url)).toMatchObject({ reason: 'bad-answer', code: 'content-encoding' });
  });

  test("an error's body is cut, or left out where it is encoded, and the status counts", async () => {
    const server = await start();
    server.script(
      { status: 400, body: 'x'.repeat(MEBIBYTE) },
      { status: 401, headers: { 'content-encoding': 'gzip' }, body: 'zz' },
    );
    expect(await send(server.url)).toMatchObject({ status: 400, body: 'x'.repeat(MAX_ANSWER_BYTES) });
    expect(await send(server.url)).toMatchObject({ status: 401, body: '' });
  });

  test.each<Step>(['hang', 'drip'])('the whole request has a deadline: %s', async (step) => {
    const server = await start();
    server.script(step);
    const started = performance.now();
    expect(await faultOf(server.url, { timeoutMs: 200 })).toMatchObject({ reason: 'timeout', code: undefined });
    expect(performance.now() - started).toBeGreaterThanOrEqual(195);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('connecting has a deadline of its own: a name that is never resolved', async () => {
    const agent = new Agent({ lookup: () => undefined });
    const error = await faultOf('http://collector.test/', { agent, connectTimeoutMs: 100 });
    expect(error).toMatchObject({ reason: 'timeout', code: 'connecting' });
  });

  test('connecting has a deadline of its own: a TLS handshake that never comes', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const error = await faultOf(`https://127.0.0.1:${port}/`, { connectTimeoutMs: 100 });
    silent.close();
    expect(error).toMatchObject({ reason: 'timeout', code: 'connecting' });
  });

  test('a slow answer is not under the deadline for connecting', async () => {
    const server = await start();
    server.script('hang');
    const error = await faultOf(server.url, { connectTimeoutMs: 100, timeoutMs: 400 });
    expect(error).toMatchObject({ reason: 'timeout', code: undefined });
  });

  test('an aborted signal ends it before anything is sent', async () => {
    const server = await start();
    expect((await faultOf(server.url, { signal: AbortSignal.abort() })).reason).toBe('aborted');
    expect(server.connections()).toBe(0);
  });

  test.each<Step>(['hang', 'drip'])('a signal that is aborted meanwhile ends it at once: %s', async (step) => {
    const server = await start();
    server.script(step);
    const run = new AbortController();
    const arrival = server.nextRequest();
    const fault = faultOf(server.url, { signal: run.signal });
    await arrival;
    const aborted = performance.now();
    run.abort();
    expect((await fault).reason).toBe('aborted');
    expect(performance.now() - aborted).toBeLessThan(500);
  });
});

describe('createAgent', () => {
  test('keeps one connection for requests that follow each other', async () => {
    const server = await start();
    const agent = createAgent(new URL(server.url));
    for (const body of ['1', '2', '3']) await send(server.url, { agent, body });
    agent.destroy();
    expect(server.requests.map((request) => request.body)).toEqual(['1', '2', '3']);
    expect(server.connections()).toBe(1);
  });

  test('makes a new connection after one that broke', async () => {
    const server = await start();
    const agent = createAgent(new URL(server.url));
    server.script({}, 'cut', { status: 201 });
    await send(server.url, { agent });
    expect((await faultOf(server.url, { agent })).reason).toBe('reset');
    expect(await send(server.url, { agent })).toMatchObject({ status: 201 });
    agent.destroy();
  });
});

describe('TLS', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'stopwire-tls-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const MADE_FOR = 'IP:127.0.0.1';
  test.each([
    { title: 'a good certificate', subjectAltName: MADE_FOR, days: 2, isTrusted: true, expected: 204 },
    {
      title: 'a self-signed one',
      subjectAltName: MADE_FOR,
      days: 2,
      isTrusted: false,
      expected: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    },
    { title: 'an expired one', subjectAltName: MADE_FOR, days: -1, isTrusted: true, expected: 'CERT_HAS_EXPIRED' },
    {
      title: 'one for another name',
      subjectAltName: 'DNS:elsewhere.test',
      days: 2,
      isTrusted: true,
      expected: 'ERR_TLS_CERT_ALTNAME_INVALID',
    },
  ])('$title: $expected', async ({ subjectAltName, days, isTrusted, expected }) => {
    const tls = makeCertificate(folder, { subjectAltName, days });
    const server = await start({ tls });
    const agent = isTrusted ? new TlsAgent({ ca: tls.cert }) : createAgent(new URL(server.url));
    if (typeof expected === 'number') {
      expect(await send(server.url, { agent })).toMatchObject({ status: expected });
    } else {
      expect(await faultOf(server.url, { agent })).toMatchObject({ reason: 'tls', code: expected });
      expect(server.begun()).toBe(0);
    }
  });

  test('a plain server behind an https address', async () => {
    const server = await start();
    expect(await faultOf(server.url.replace('http:', 'https:'))).toMatchObject({ reason: 'tls' });
  });

  test('a TLS server behind an http address', async () => {
    const server = await start({ tls: makeCertificate(folder, { subjectAltName: MADE_FOR, days: 2 }) });
    expect((await faultOf(server.url.replace('https:', 'http:'))).reason).toMatch(/^(reset|bad-answer)$/);
    expect(server.begun()).toBe(0);
  });

  test('NODE_TLS_REJECT_UNAUTHORIZED=0 does not turn verification off, with or without an agent', async () => {
    const server = await start({ tls: makeCertificate(folder, { subjectAltName: MADE_FOR, days: 2 }) });
    const script = `
      import { createAgent, post } from ${JSON.stringify(await bundle('lib/http.ts', folder))};
      const url = new URL(${JSON.stringify(server.url)});
      const request = { url, headers: {}, body: '', timeoutMs: 9e3, connectTimeoutMs: 9e3, signal: new AbortController().signal };
      const outcomes = [];
      for (const more of [{}, { agent: createAgent(url) }]) {
        await post({ ...request, ...more }).then(({ status }) => outcomes.push(status), ({ reason }) => outcomes.push(reason));
      }
      // Shows that the variable is in force.
      outcomes.push((await fetch(url, { method: 'POST' })).status);
      console.log(JSON.stringify(outcomes));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    });
    expect(JSON.parse(stdout)).toEqual(['tls', 'tls', 204]);
  });
});
