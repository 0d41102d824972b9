import { Agent } from 'node:https';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.ts';
import { download } from '../../src/lib/download.ts';
import { makeCertificate, type Certificate } from '../helpers/certificate.ts';
import { startLoopbackServer, type LoopbackServer, type Step } from '../helpers/loopback-server.ts';

let certificate: Certificate;
let server: LoopbackServer;

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'stopwire-tls-'));
  certificate = makeCertificate(folder, { subjectAltName: 'IP:127.0.0.1', days: 1 });
});
afterEach(() => server.close());

async function fetched(
  step: Step,
  options: { trusted?: boolean; timeoutMs?: number } = {},
): Promise<string | undefined> {
  server = await startLoopbackServer({ tls: certificate });
  server.script(step);
  const agent = new Agent(options.trusted === false ? {} : { ca: certificate.cert });
  const url = new URL(`${server.url}/prices.json?key=secret`);
  const bytes = await download(url, { maxBytes: 10_000, timeoutMs: options.timeoutMs ?? 10_000, agent });
  return bytes?.toString('utf8');
}

describe('a download', () => {
  test('is the bytes of the answer', async () => {
    await expect(fetched({ status: 200, body: '{"a":"ü"}' })).resolves.toBe('{"a":"ü"}');
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /prices.json?key=secret']);
  });

  test.each([404, 410])('is undefined where the server answers %d', async (status) => {
    await expect(fetched({ status, body: 'no' })).resolves.toBeUndefined();
  });

  test.each<[string, Step, { trusted?: boolean; timeoutMs?: number }, RegExp]>([
    ['another status', { status: 500 }, {}, /the server answered 500/],
    ['a redirect, which could lead anywhere', { status: 302, headers: { Location: '/other' } }, {}, /answered 302/],
    ['too much', 'endless', {}, /larger than 10000 bytes/],
    ['less than announced', 'cut', {}, /could not be fetched/],
    ['no answer in time', 'hang', { timeoutMs: 200 }, /ABORT_ERR|AbortError|TimeoutError/],
    ['a certificate that nobody vouches for', { status: 200 }, { trusted: false }, /SELF_SIGNED/],
  ])('%s is an error that does not show the query', async (_, step, options, message) => {
    const error: unknown = await fetched(step, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toMatch(message);
    expect(String(error)).not.toContain('secret');
  });

  test('without TLS is not begun', async () => {
    server = await startLoopbackServer();
    const plain = download(new URL(`${server.url}/x`), { maxBytes: 10, timeoutMs: 1000 });
    await expect(plain).rejects.toThrow(/only https/);
    expect(server.begun()).toBe(0);
  });
});
