import { appendFileSync, mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { emptyConfig } from '../src/config.ts';
import { thisMachine } from '../src/machine.ts';
import { run } from '../src/run.ts';
import { readDeadLetters } from '../src/state/dead-letters.ts';
import { openJournal, type Journal } from '../src/state/journal.ts';
import { pathsFrom } from '../src/state/paths.ts';
import { makeTempDirectory } from './helpers/temp-directory.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 1, 9);
const WEEK = hours(43, 7 * 24);

/** Decides on a request by its path and its body, which is JSON. */
type Verdict = (path: string, body: string) => number | { status: number; retryAfter: string };

/** A collector that decides on each request, and one destination `otlp` on a machine whose clock the test sets. */
interface Rig {
  journal: Journal;
  requests: () => number;
  decide: (verdict: Verdict) => void;
  /** The client writes a line a name; those that begin with `answer` give spans and metrics, too. */
  write: (session: string, ...names: string[]) => void;
  /** A hook fires, so many hours after the start. */
  fireAt: (hour: number, options?: object) => Promise<void>;
  /** Names of the lines that have arrived as logs, sorted, each as often as it has. */
  arrived: () => string[];
  /** How many tokens the metrics that were taken add up to. */
  tokens: () => number;
  letters: () => { name: string; reason: string }[];
}

let rig: Rig;
let close: () => void;
beforeEach(async () => {
  const taken: { path: string; body: string }[] = [];
  let requests = 0;
  let verdict: Verdict = () => 200;
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = await bodyOf(request);
    requests += 1;
    const decided = verdict(path, body);
    const { status, retryAfter } = typeof decided === 'number' ? { status: decided, retryAfter: undefined } : decided;
    if (status === 200) taken.push({ path, body });
    response.writeHead(status, retryAfter === undefined ? {} : { 'Retry-After': retryAfter }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${portOf(server.address())}`;
  const paths = pathsFrom({ HOME: makeTempDirectory() });
  mkdirSync(paths.stateDirectory, { recursive: true });
  const root = join(paths.home, '.claude');
  const journal = openJournal(paths.journal);
  close = () => {
    journal.close();
    server.close();
    server.closeAllConnections();
  };
  const bodies = (path: string) => taken.flatMap((one) => (one.path === path ? [one.body] : []));
  rig = {
    journal,
    requests: () => requests,
    decide(next) {
      verdict = next;
    },
    write(session, ...names) {
      const path = join(root, 'projects', '-code-app', `${session}.jsonl`);
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, names.map((name) => `${JSON.stringify(lineOf(session, name))}\n`).join(''));
    },
    async fireAt(hour, more = {}) {
      const machine = { ...thisMachine(paths, {}), now: () => new Date(START + hour * HOUR), random: () => 0.999 };
      const options = { endpoint, protocol: 'http/json', gzipAboveBytes: 1_000_000_000, ...more };
      const config = {
        ...emptyConfig(),
        destinations: [{ name: 'collector', kind: 'otlp', redaction: 'none', options }],
      };
      const signal = new AbortController().signal;
      for (let isLeft = true; isLeft;) {
        const { destinations } = await run({ config, roots: [root], journal, machine, signal });
        isLeft = destinations.some(({ state }) => state === 'outdated');
      }
    },
    arrived: () =>
      bodies('/v1/logs')
        .flatMap((body) => Array.from(body.matchAll(/"message\.uuid","value":\{"stringValue":"([^"]+)"/g)))
        .flatMap(([, name = '']) => name)
        .toSorted(),
    tokens: () =>
      bodies('/v1/metrics')
        .flatMap((body) => JSON.parse(body).resourceMetrics)
        .flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap(({ metrics }) => metrics)
        .filter(({ name }) => name === 'claude_code.token.usage')
        .flatMap(({ sum }) => sum.dataPoints)
        .reduce((sum, { asInt, asDouble }) => sum + Number(asInt ?? asDouble), 0),
    letters: () =>
      Array.from(readDeadLetters(paths.deadLetters, 'collector'), ({ record, reason }) => {
        return { name: String(record.uuid), reason };
      }),
  };
});
afterEach(() => close());

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function lineOf(session: string, uuid: string): object {
  const common = { uuid, sessionId: session, cwd: '/code/app', version: '2.1.329', timestamp: '2026-11-01T08:00:00Z' };
  if (!uuid.startsWith('answer')) return { ...common, type: 'system', subtype: 'informational', content: uuid };
  const usage = { input_tokens: 10, output_tokens: 5 };
  const content = [{ type: 'text', text: 'There.' }];
  const message = { id: `message-${uuid}`, model: 'claude-opus-4-8', stop_reason: 'end_turn', usage, content };
  return { ...common, type: 'assistant', message };
}

/** So many hours, evenly from the start to the last. */
function hours(count: number, last: number): number[] {
  return Array.from({ length: count }, (_, index) => (index * last) / (count - 1));
}

function named(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(3, '0')}`);
}

async function fireAtAll(times: readonly number[], options: object = {}): Promise<void> {
  for (const hour of times) await rig.fireAt(hour, options);
}

/** Fails over whatever holds one of these. */
function failingOver(...words: string[]): Verdict {
  return (_path, body) => (words.some((word) => body.includes(word)) ? 500 : 200);
}

const OTHERS = named('line', 20);
/** One record at fault amid others. */
const WITH_ONE_BAD = [...OTHERS.slice(0, 7), 'bad', ...OTHERS.slice(7)];

describe('a record that a collector fails over', () => {
  beforeEach(() => {
    rig.write('a', ...WITH_ONE_BAD);
    rig.decide(failingOver('"bad"'));
  });

  test.each([
    ['seven failures over two days', hours(7, 48), 49],
    ['eight within an hour', hours(8, 1), 2],
    ['more than eight within a day', hours(12, 23), 23.9],
  ])('is kept with its batch after %s, and again', async (_title, times, again) => {
    await fireAtAll([...times, again]);
    expect([rig.arrived(), rig.letters()]).toEqual([[], []]);
    rig.decide(() => 200);
    await rig.fireAt(again + 1);
    expect(rig.arrived()).toEqual([...OTHERS, 'bad'].toSorted());
  });

  test('is a dead letter after eight over a day, and all others arrive once', async () => {
    await fireAtAll(hours(8, 24));
    expect(rig.arrived()).toEqual([]);
    await rig.fireAt(24.5);
    expect(rig.letters()).toEqual([
      {
        name: 'bad',
        reason: '500 Internal Server Error (failed 9 times since 2026-11-01T09:00:00.000Z, while others were taken)',
      },
    ]);
    expect(rig.arrived()).toEqual(OTHERS);
    rig.write('a', 'later');
    await fireAtAll([25, 26]);
    expect(rig.arrived()).toEqual(['later', ...OTHERS].toSorted());
    expect(rig.letters()).toHaveLength(1);
    expect(rig.journal.rest('collector')).toBeUndefined();
  });

  test('is kept where most of the failures were an outage', async () => {
    rig.decide(() => 503);
    await fireAtAll(hours(40, 40));
    rig.decide(failingOver('"bad"'));
    await fireAtAll(hours(8, 1).map((hour) => 41 + hour));
    expect([rig.arrived(), rig.letters()]).toEqual([[], []]);
  });

  test('is given up where outages came between the failures', async () => {
    for (const hour of hours(9, 32)) {
      rig.decide(failingOver('"bad"'));
      await rig.fireAt(hour);
      rig.decide(() => 503);
      await rig.fireAt(hour + 1);
    }
    expect([rig.arrived(), rig.letters().length]).toEqual([OTHERS, 1]);
  });

  test('is kept where the day has passed only on a clock that was set back', async () => {
    await fireAtAll(hours(8, 20));
    await fireAtAll(hours(12, 23).map((hour) => hour - 1_000));
    expect([rig.arrived(), rig.letters()]).toEqual([[], []]);
  });

  test('is tried as long anew after a change of the configuration', async () => {
    await fireAtAll(hours(8, 24));
    await fireAtAll(
      hours(8, 23).map((hour) => 25 + hour),
      { headers: ['X-Team: b'] },
    );
    expect([rig.arrived(), rig.letters()]).toEqual([[], []]);
  });

  test('is a dead letter at once where a failure is not to be tried again', async () => {
    const options = { retryServerErrors: false };
    await rig.fireAt(0, options);
    expect(rig.letters()).toEqual([{ name: 'bad', reason: '500 Internal Server Error' }]);
    expect(rig.arrived()).toEqual(OTHERS);
  });

  test('is kept where it is not to be tried again, by a collector that has never taken anything', async () => {
    rig.decide(() => 500);
    await fireAtAll(hours(8, 48), { retryServerErrors: false });
    expect(rig.letters()).toEqual([]);
  });
});

test('many records that a collector fails over are given up together', async () => {
  const bad = named('bad', 12);
  const all = named('line', 200).flatMap((name, index) => (index % 17 === 3 ? [name, ...bad.splice(0, 1)] : [name]));
  rig.write('a', ...all);
  rig.decide(failingOver('"bad-'));
  await fireAtAll([...hours(8, 24), 25]);
  expect(rig.letters().map(({ name }) => name)).toEqual(named('bad', 12));
  expect(rig.arrived()).toEqual(named('line', 200));
});

test('a record alone in its batch waits for others, which show that it is the one at fault', async () => {
  rig.decide(failingOver('"bad"'));
  rig.write('a', 'bad');
  await fireAtAll(hours(40, 80), { maxRecords: 5 });
  expect(rig.letters()).toEqual([]);
  rig.write('b', ...OTHERS);
  await fireAtAll([81, 82], { maxRecords: 5 });
  expect(rig.letters()).toMatchObject([{ name: 'bad' }]);
  expect(rig.arrived()).toEqual(OTHERS);
});

describe('a collector that is out of order for a week costs nothing', () => {
  const answers = named('answer', 6);
  const all = [...answers.slice(0, 3), ...OTHERS, ...answers.slice(3)];

  test.each<[string, Verdict]>([
    ['500 to everything', () => 500],
    ['500 to whatever is not empty', (_path, body) => (/^\{"\w+":\[\]\}$/.test(body) ? 200 : 500)],
    ['503 with Retry-After to everything', () => ({ status: 503, retryAfter: '1800' })],
    ['500 to all logs', (path) => (path === '/v1/logs' ? 500 : 200)],
  ])('%s', async (_title, verdict) => {
    rig.write('a', ...all);
    rig.decide(verdict);
    await fireAtAll(WEEK);
    rig.write('b', 'later');
    await fireAtAll([170, 171]);
    expect([rig.arrived(), rig.letters()]).toEqual([[], []]);
    expect(rig.requests()).toBeLessThan(40 * WEEK.length);
    rig.decide(() => 200);
    await rig.fireAt(172);
    expect([rig.arrived(), rig.tokens()]).toEqual([['later', ...all].toSorted(), 90]);
  });

  test('500 to all metrics, while traces and logs are taken', async () => {
    rig.write('a', ...all);
    rig.decide((path) => (path === '/v1/metrics' ? 500 : 200));
    await fireAtAll(WEEK);
    expect(rig.letters()).toEqual([]);
    rig.decide(() => 200);
    await rig.fireAt(170);
    expect([[...new Set(rig.arrived())], rig.tokens()]).toEqual([all.toSorted(), 90]);
  });
});
