/** Servers that are down, slow, wrong or in a bad mood, seen through the whole program: nothing is lost, nothing dropped. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { makeCertificate } from '../helpers/certificate.ts';
import { expectedIds, idsOf } from '../helpers/expected.ts';
import {
  API_KEY,
  type ConfiguredRig,
  expectWhole,
  type Faults,
  keyOf,
  leaks,
  makeRig,
  processesNaming,
  recordsOf,
  type Rig,
  seeded,
  SILENT,
} from '../helpers/fault-rig.ts';
import { type Judge, startJudge } from '../helpers/judge.ts';
import { type LoopbackServer, startLoopbackServer, type Step } from '../helpers/loopback-server.ts';

const MINUTE_MS = 60_000;
const judges: Judge[] = [];
const servers: LoopbackServer[] = [];
afterEach(async () => {
  await Promise.all([...judges.splice(0), ...servers.splice(0)].map((server) => server.close()));
});

interface Destination {
  state: string;
  records: number;
  refused: number;
  reason?: string;
  until?: number;
}

/** `stopwire run --json`, and what it says of its only destination. */
async function runOnce(rig: Rig, faults: Faults = {}, env: NodeJS.ProcessEnv = {}): Promise<Destination> {
  const { code, stdout, stderr } = await rig.run(faults, { env, args: ['--json'] });
  expect([code, stderr]).toEqual([expect.any(Number), '']);
  const [destination] = JSON.parse(stdout).destinations;
  expect(code).toBe(destination.state === 'current' ? 0 : 1);
  return destination;
}

async function judge(options: { port?: number } = {}): Promise<Judge> {
  const started = await startJudge(options);
  judges.push(started);
  return started;
}

/** Of the kind `http`. */
const to = (endpoint: string, options: object = {}, more: object = {}): ConfiguredRig => ({
  name: 'http',
  kind: 'http',
  redaction: 'none',
  options: { endpoint, apiKey: API_KEY, ...options },
  ...more,
});

async function judgedRig(options: object = {}): Promise<{ rig: Rig; server: Judge }> {
  const rig = await makeRig({ cases: [], destinations: [] });
  const server = await judge();
  rig.configure([to(server.url, options)]);
  return { rig, server };
}

const ALL_AT_ONCE = { maxRecords: 1_000, timeoutMs: 300 };
const page = { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<html>Sign in</html>' };
const rawAnswer = (text: string): Step => ({ raw: text });

describe('an answer that is no acknowledgement keeps the whole batch, which comes again as it was', () => {
  const cases: [string, Step[]][] = [
    ['back-off', [408, 409, 425, 429, 500, 502, 503, 504, 507, 520, 599].map((status) => ({ status }))],
    ['hold', [401, 403, 404, 405, 407, 410, 451].map((status) => ({ status }))],
    ['redirects', [301, 302, 303, 307, 308].map((status) => ({ status, headers: { location: '/elsewhere' } }))],
    ['odd statuses', [203, 206, 207, 418].map((status) => ({ status, body: '{}' }))],
    ['a success that is none', [page, page, page, { status: 200, body: 'OK' }, { status: 201, body: '{"accepted":' }]],
    ['encoded and endless', [{ status: 200, headers: { 'Content-Encoding': 'gzip' }, body: 'x' }, 'endless']],
    [
      'connections that break',
      ['cut', rawAnswer('what is this\r\n\r\n'), rawAnswer('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n')],
    ],
    ['no answer in time', ['hang', 'drip']],
  ];
  test.each(cases)('%s', async (_, steps) => {
    const rig = await makeRig({ destinations: ['http'], http: ALL_AT_ONCE });
    for (const [index, step] of steps.entries()) {
      rig.server.script(step);
      expect(await runOnce(rig)).toMatchObject({ state: expect.not.stringMatching('current'), records: 0, refused: 0 });
      expect(rig.server.requests).toHaveLength(index + 1);
    }
    rig.server.script({});
    expect(await runOnce(rig)).toMatchObject({ state: 'current' });
    expect(new Set(rig.server.requests.map(keyOf)).size).toBe(1);
    expect(new Set(rig.server.requests.map((request) => request.body)).size).toBe(1);
    expect(idsOf(rig.server.requests.slice(-1).flatMap(recordsOf))).toEqual(expectedIds(rig.projects));
    expect(leaks(rig)).toEqual([]);
  });

  test('a connection that breaks before the body was read', async () => {
    const rig = await makeRig({ destinations: ['http'], http: ALL_AT_ONCE });
    rig.server.script('reset-before-body');
    expect(await runOnce(rig)).toMatchObject({ records: 0 });
    rig.server.script({});
    expect(await runOnce(rig)).toMatchObject({ state: 'current' });
    expect(idsOf(rig.httpRecords())).toEqual(expectedIds(rig.projects));
  });

  test('three acknowledgements that are lost: the same ids, key and body each time', async () => {
    const rig = await makeRig({ destinations: ['file', 'http'] });
    rig.server.script('lost', 'lost', 'lost', {});
    for (let turn = 0; turn < 3; turn += 1) expect((await rig.run()).code).toBe(1);
    expect((await rig.run()).code).toBe(0);
    const [key] = rig.server.requests.map(keyOf);
    expect(rig.server.requests.slice(0, 4).map(keyOf)).toEqual(Array.from({ length: 4 }, () => key));
    expectWhole(rig, { crashes: 3 });
  });

  test.each([[{ status: 200 }], [{ status: 202, body: '{"queued":true}' }]])('but %j is one', async (step) => {
    const rig = await makeRig({ destinations: ['http'] });
    rig.server.script(step);
    expect(await runOnce(rig)).toMatchObject({ state: 'current' });
    expect(idsOf(rig.httpRecords())).toEqual(expectedIds(rig.projects));
  });
});

describe('how long a destination rests', () => {
  test.each<[string, Step, number, number]>([
    ['401: a quarter of an hour, until somebody has mended it', { status: 401 }, 14 * MINUTE_MS, 15 * MINUTE_MS],
    ['302: the same', { status: 302 }, 14 * MINUTE_MS, 15 * MINUTE_MS],
    ['500: two seconds at most at first', { status: 500 }, 0, 2_000],
    ['429 with Retry-After: 3', { status: 429, headers: { 'Retry-After': '3' } }, 2_000, 3_000],
    [
      '503 with Retry-After: 100000000000: an hour',
      { status: 503, headers: { 'Retry-After': '100000000000' } },
      59 * MINUTE_MS,
      60 * MINUTE_MS,
    ],
  ])('%s', async (_, step, atLeast, atMost) => {
    const rig = await makeRig({ destinations: ['http'] });
    rig.server.script(step);
    const before = Date.now();
    const { until = 0 } = await runOnce(rig, {}, { STOPWIRE_BACKOFF_SCALE: '1' });
    expect(until - before).toBeGreaterThan(atLeast);
    expect(until - Date.now()).toBeLessThanOrEqual(atMost);
  });

  test('no process asks again within a Retry-After of three seconds, whatever fires', async () => {
    const rig = await makeRig({ destinations: ['http'] });
    await rig.install();
    rig.server.script({ status: 429, headers: { 'Retry-After': '3' } }, {});
    const env = { STOPWIRE_BACKOFF_SCALE: '1' };
    const refused = rig.server.nextRequest();
    expect(await rig.fire({ env })).toEqual(SILENT);
    await refused;
    const before = performance.now();
    const taken = rig.server.nextRequest();
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await rig.fire({ env })).toEqual(SILENT);
      await sleep(300);
    }
    await taken;
    expect(performance.now() - before).toBeGreaterThan(2_900);
    await rig.settle();
    expect(idsOf(rig.server.requests.slice(1).flatMap(recordsOf))).toEqual(expectedIds(rig.projects));
  });
});

describe('a server that is not there', () => {
  test('for six turns: then everything arrives, nothing twice', async () => {
    const { rig, server } = await judgedRig();
    await server.close();
    for (let turn = 0; turn < 6; turn += 1) {
      rig.addLines(10);
      expect(await runOnce(rig)).toMatchObject({ state: 'resting', records: 0 });
    }
    const back = await judge({ port: server.port });
    expect(await runOnce(rig)).toMatchObject({ state: 'current' });
    expect(idsOf(back.taken())).toEqual(expectedIds(rig.projects));
  });

  test('by a name that does not resolve', async () => {
    const { rig, server } = await judgedRig();
    rig.addLines(10);
    rig.configure([to('https://collector.invalid/v1')]);
    const { state, reason } = await runOnce(rig, { FAULT_DNS: 1 });
    expect(state).not.toBe('current');
    expect(reason).toContain('name');
    rig.configure([to(server.url)]);
    expect(await runOnce(rig)).toMatchObject({ state: 'current' });
    expect(idsOf(server.taken())).toEqual(expectedIds(rig.projects));
  });

  test('behind a proxy that is not there; a server on this machine is reached without it', async () => {
    const { rig, server } = await judgedRig();
    rig.addLines(10);
    rig.configure([to('https://collector.invalid/v1')]);
    const env = {
      HTTPS_PROXY: 'http://127.0.0.1:9',
      HTTP_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: 'localhost,127.0.0.1',
    };
    expect(await runOnce(rig, {}, env)).toMatchObject({
      state: 'resting',
      reason: expect.stringMatching(/proxy|refused/),
    });
    rig.configure([to(server.url)]);
    expect(await runOnce(rig, {}, env)).toMatchObject({ state: 'current' });
    expect(idsOf(server.taken())).toEqual(expectedIds(rig.projects));
  });

  test('one of two: the other is complete at once, and neither gets anything twice', async () => {
    const { rig, server: a } = await judgedRig();
    const b = await judge();
    await b.close();
    rig.addLines(60);
    const both = [to(a.url, { maxRecords: 10 }), { ...to(b.url, { maxRecords: 10 }), name: 'b' }];
    rig.configure(both);
    expect((await rig.run()).code).toBe(1);
    expect(idsOf(a.taken())).toEqual(expectedIds(rig.projects));
    const back = await judge({ port: b.port });
    expect((await rig.run()).code).toBe(0);
    expect(idsOf(a.taken())).toEqual(expectedIds(rig.projects));
    expect(idsOf(back.taken())).toEqual(expectedIds(rig.projects));
  });
});

describe('a server in a mood', () => {
  test('that refuses two of five requests gets everything once', async () => {
    const { rig, server } = await judgedRig({ maxRecords: 10 });
    rig.addLines(80);
    const random = seeded(3);
    server.decide(() => (random() < 0.4 ? 503 : 204));
    await runUntilCurrent(rig);
    expect(idsOf(server.taken())).toEqual(expectedIds(rig.projects));
  });

  test('that takes five requests a second gets everything once', async () => {
    const { rig, server } = await judgedRig({ maxRecords: 10 });
    rig.addLines(80);
    const taken: number[] = [];
    server.decide(() => {
      if (taken.filter((at) => Date.now() - at < 1_000).length >= 5) return 429;
      taken.push(Date.now());
      return 204;
    });
    await runUntilCurrent(rig);
    expect(idsOf(server.taken())).toEqual(expectedIds(rig.projects));
  });

  test('that never answers does not hold up the session', async () => {
    const rig = await makeRig({ destinations: ['http'] });
    await rig.install();
    rig.server.script('hang');
    const arrived = rig.server.nextRequest();
    await rig.fire();
    await arrived;
    const before = performance.now();
    expect(await rig.fire()).toEqual(SILENT);
    expect(performance.now() - before).toBeLessThan(1_000);
    for (const { pid } of processesNaming(rig.home)) process.kill(pid, 'SIGKILL');
  });

  test('that is slower than what is written: a worker leaves after its time, and the next one goes on', async () => {
    const { rig, server } = await judgedRig({ maxRecords: 1 });
    rig.addLines(200);
    server.decide(() => ({ status: 204, delayMs: 40 }));
    const before = performance.now();
    // A minute passes in two seconds.
    expect(await rig.work({ FAULT_CLOCK_RATE: 30 })).toEqual(SILENT);
    expect(performance.now() - before).toBeLessThan(6_000);
    const first = server.judged.length;
    expect(idsOf(server.taken()).length).toBeLessThan(200);
    server.decide(() => 204);
    await runUntilCurrent(rig);
    expect(first).toBeGreaterThan(0);
    expect(idsOf(server.taken())).toEqual(expectedIds(rig.projects));
  });

  test('that takes no more than 20 KB is sent less, and in later runs no more than that', async () => {
    const { rig, server } = await judgedRig();
    rig.addLines(150);
    server.decide(({ bytes }) => (bytes > 20_000 ? 413 : 204));
    await runUntilCurrent(rig);
    expect(idsOf(server.taken())).toEqual(expectedIds(rig.projects));
    const before = server.judged.length;
    rig.addLines(150);
    await runUntilCurrent(rig);
    expect(idsOf(server.taken())).toEqual(expectedIds(rig.projects));
    expect(server.judged.slice(before).filter(({ status }) => status === 413)).toEqual([]);
  });

  test.each([
    ['is larger than it takes', 413, 100_000],
    ['it never takes', 400, 10],
    ['it never takes', 422, 10],
  ])(
    'one record that %s (%i) becomes a dead letter, once, after few requests, and the others arrive once',
    async (_, status, length) => {
      const { rig, server } = await judgedRig({ maxRecords: 64 });
      rig.addLines(20);
      const poison = rig.addLine('x'.repeat(length));
      rig.addLines(20);
      const isPoison = ({ uuid }: { [field: string]: unknown }): boolean => uuid === poison;
      server.decide(({ records }) => (records.some(isPoison) ? status : 204));
      expect(await runOnce(rig)).toMatchObject({ state: 'current', refused: 1 });
      const refused = server.judged.filter((batch) => batch.status === status);
      expect(refused.length).toBeLessThanOrEqual(8);
      const arrived = server.taken();
      expect(arrived.some(isPoison)).toBe(false);
      const [missing] = refused.at(-1)?.records ?? [];
      expect([...idsOf(arrived), String(missing?.['id'])].toSorted()).toEqual(expectedIds(rig.projects));
      expect(deadLetters(rig).filter((line) => line.includes(poison))).toHaveLength(1);
    },
  );
});

describe('what is meant for one server goes to no other', () => {
  test.each([302, 307])('a %i to another origin is not followed', async (status) => {
    const rig = await makeRig({ destinations: ['http'] });
    const other = await startLoopbackServer();
    servers.push(other);
    rig.server.script({ status, headers: { location: other.url } });
    expect(await runOnce(rig)).toMatchObject({ records: 0 });
    expect(other.connections()).toBe(0);
  });

  test.each([
    ['signed by itself', 'IP:127.0.0.1', 30],
    ['expired', 'IP:127.0.0.1', -1],
    ['for another name', 'DNS:collector.example', 30],
  ])('a certificate %s: no request is made, and all arrives once it is trusted', async (_, subjectAltName, days) => {
    const rig = await makeRig({ destinations: [] });
    const folder = mkdtempSync(join(rig.home, 'certificate-'));
    const server = await startLoopbackServer({ tls: makeCertificate(folder, { subjectAltName, days }) });
    servers.push(server);
    rig.configure([to(server.url)]);
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const { state } = await runOnce(rig);
    expect(state).not.toBe('current');
    await rig.run({}, { env });
    expect(server.begun()).toBe(0);
    if (subjectAltName.startsWith('DNS') || days < 0) return;
    expect(await runOnce(rig, {}, { NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') })).toMatchObject({
      state: 'current',
    });
    expect(idsOf(server.requests.flatMap(recordsOf))).toEqual(expectedIds(rig.projects));
  });

  test('a key that was rotated while records waited: the new one alone is sent from then on', async () => {
    const { rig, server } = await judgedRig();
    rig.addLines(30);
    server.decide(({ authorization }) => (authorization === 'Bearer new-key-9f8e7d6c5b4a' ? 204 : 401));
    const held = await runOnce(rig);
    expect(held).toMatchObject({ records: 0, refused: 0, reason: expect.stringContaining('key') });
    rig.configure([to(server.url, { apiKey: 'new-key-9f8e7d6c5b4a' })]);
    expect(await runOnce(rig)).toMatchObject({ state: 'current' });
    expect(idsOf(server.taken())).toEqual(expectedIds(rig.projects));
    expect(leaks(rig)).toEqual([]);
    expect(leaks(rig, 'new-key-9f8e7d6c5b4a')).toEqual([]);
  });
});

async function runUntilCurrent(rig: Rig): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) {
    const { state } = await runOnce(rig);
    if (state === 'current') return;
  }
  throw new Error('it never became current');
}

function deadLetters(rig: Rig): string[] {
  const folder = join(rig.state, 'dead-letters');
  return readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
}
