/** Whatever a client writes, whenever hooks fire and whatever fails: what arrives is what one reading at the end gives. */
import { appendFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emptyConfig, type Config } from '../src/config.ts';
import type { MessageRecord } from '../src/fields/index.ts';
import { thisMachine } from '../src/machine.ts';
import { run } from '../src/run.ts';
import { decodeFacts, encodeFact } from '../src/state/facts.ts';
import { emptyMemory } from '../src/state/journal-memory.ts';
import { openJournal, type Journal } from '../src/state/journal.ts';
import { pathsFrom } from '../src/state/paths.ts';
import { type LoopbackServer, startLoopbackServer } from './helpers/loopback-server.ts';
import { answer, call, prompt, result, type SessionLine } from './helpers/session-lines.ts';
import { makeTempDirectory } from './helpers/temp-directory.ts';

const RUNS = { seed: 20_261_121, numRuns: 60, interruptAfterTimeLimit: 30_000 };

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 1, 9);

/** A session, a sub-agent of it, and a session in a file of another name. */
const FILES = ['session-1.jsonl', join('session-1', 'subagents', 'agent-a1.jsonl'), 'renamed.jsonl'];
const SESSIONS = ['session-1', 'session-1', 'session-2'];

/** What makes the `n`-th line of a file. A call is answered by the next result. */
const KINDS = {
  prompt: (n: number) => prompt(`p-${n}`),
  command: (n: number) => prompt(`p-${n}`, '<command-name>/cost</command-name>'),
  call: (n: number) => call(`${n}`),
  result: (n: number) => ({ ...result(`${n - 1}`), uuid: `r-${n}` }),
  answer: (n: number) => answer(`${n}`),
  remark: (n: number) => answer(`${n}`, null),
  summary: (n: number) => ({ type: 'system', subtype: 'stop_hook_summary', uuid: `s-${n}`, hookInfos: [] }),
  inline: (n: number) => ({ ...prompt(`i-${n}`), isSidechain: true, parentUuid: null }),
  // These two have no time and no place.
  mode: (n: number) => ({ type: 'mode', mode: `mode ${n}` }),
  title: (n: number) => ({ type: 'custom-title', customTitle: `Title ${n}` }),
  // Half a line, and the next one behind it.
  torn: () => '{"type":"user","uu',
} satisfies { [kind: string]: (n: number) => SessionLine | string };
type Kind = keyof typeof KINDS;
const kind: fc.Arbitrary<Kind> = fc.constantFrom(
  ...(['prompt', 'prompt', 'call', 'call', 'call', 'result', 'result', 'result', 'answer', 'answer'] as const),
  ...(['remark', 'command', 'summary', 'inline', 'mode', 'title', 'torn'] as const),
);

const write = fc.record({
  do: fc.constant('write' as const),
  file: fc.constantFrom(0, 0, 0, 1, 2),
  kinds: fc.array(kind, { minLength: 1, maxLength: 3 }),
  isPrivate: fc.constantFrom(false, false, true),
  /** Milliseconds between a line's time and its being written. */
  late: fc.constantFrom(0, 0, 240_000),
  /** `half`: the client is stopped in the middle of the last line, and finishes it if it goes on soon. */
  end: fc.constantFrom('newline', 'newline', 'newline', 'none', 'half'),
  isHuge: fc.integer({ min: 0, max: 199 }).map((chance) => chance === 0),
});
const wait = fc.record({
  do: fc.constant('wait' as const),
  hours: fc.constantFrom(0.001, 2, 5.97, 6.03, 6.5, 7, 30, 200),
});
const fire = fc.record({
  do: fc.constant('fire' as const),
  /** `killed`: after the first batch was delivered, and before that was noted. */
  fault: fc.constantFrom('none', 'none', 'none', 'none', 'refused', 'lost', 'killed'),
  journal: fc.constantFrom('kept', 'reopened', 'compacted'),
});
const story = fc.array(fc.oneof(write, wait, fire), { minLength: 6, maxLength: 24, size: 'max' });
type Write = typeof write extends fc.Arbitrary<infer Value> ? Value : never;
type Fire = typeof fire extends fc.Arbitrary<infer Value> ? Value : never;
type Step = typeof story extends fc.Arbitrary<(infer Value)[]> ? Value : never;

let server: LoopbackServer;
beforeAll(async () => {
  server = await startLoopbackServer();
});
afterAll(() => server.close());

function configOf(): Config {
  const destination = (name: string, maxRecords: number) => ({
    name,
    kind: 'http',
    redaction: 'none' as const,
    options: { endpoint: `${server.url}/${name}`, gzipAboveBytes: 1_000_000_000, maxRecords },
  });
  const late = { ...destination('late', 3), since: new Date(START + 10 * HOUR).toISOString() };
  return { ...emptyConfig(), excludeBranches: ['private'], destinations: [destination('all', 7), late] };
}

/** The client: writes into its files, and gives them the time that it is. */
function clientIn(folder: string) {
  let lines = 0;
  const files = FILES.map((name) => ({ path: join(folder, name), writtenAt: 0, owed: '' }));
  return ({ file, kinds, isPrivate, late, end, isHuge }: Write, now: number): void => {
    const one = files[file];
    if (one === undefined) return;
    const textOf = (drawn: Kind): string => {
      lines += 1;
      const line: SessionLine | string = KINDS[drawn](lines);
      if (typeof line === 'string') return line;
      if (line['type'] === 'mode' || line['type'] === 'custom-title') return JSON.stringify(line);
      const place = { cwd: '/code/app', gitBranch: isPrivate ? 'private' : 'main', version: `2.1.${lines}` };
      const timestamp = new Date(now - late).toISOString();
      const padding = isHuge ? 'x'.repeat(4_300_000) : '';
      return JSON.stringify({ ...line, ...place, sessionId: SESSIONS[file], timestamp, padding });
    };
    // What comes before the first place is held to be from there, as far as that has been written.
    const opening = one.writtenAt === 0 ? `${textOf('prompt')}\n` : '';
    const text = kinds.map(textOf).join('\n');
    // Another client does not finish what a killed one has left of a line: it writes behind it.
    const isGlued = one.owed !== '' && one.owed !== '\n' && now - one.writtenAt > 5 * HOUR;
    const isWhole = isGlued || end === 'newline';
    const length = end === 'half' && !isGlued ? text.length - 7 : text.length;
    mkdirSync(dirname(one.path), { recursive: true });
    appendFileSync(one.path, opening + (isGlued ? '' : one.owed) + text.slice(0, length) + (isWhole ? '\n' : ''));
    one.owed = isWhole ? '' : `${text.slice(length)}\n`;
    one.writtenAt = now;
    utimesSync(one.path, new Date(now), new Date(now));
  };
}

/** stopwire, with a state of its own in the same home. */
function stopwireIn(home: string, name: string) {
  const paths = { ...pathsFrom({ HOME: join(home, name) }), hostId: join(home, 'host-id') };
  mkdirSync(paths.stateDirectory, { recursive: true });
  const began = server.requests.length;
  const refused: [from: number, to: number][] = [];
  let journal = openJournal(paths.journal);
  return {
    async fire({ fault, journal: kept }: Omit<Fire, 'do'>, now: number): Promise<void> {
      if (kept !== 'kept') {
        journal.close();
        if (kept === 'compacted') compact(paths.journal);
        journal = openJournal(paths.journal);
      }
      server.script(fault === 'refused' ? { status: 503 } : fault === 'lost' ? 'lost' : {});
      const before = server.requests.length;
      await run({
        config: configOf(),
        roots: [join(home, '.claude')],
        journal: fault === 'killed' ? dying(journal) : journal,
        machine: { ...thisMachine(paths, {}), now: () => new Date(now), random: () => 0 },
        signal: new AbortController().signal,
      });
      if (fault === 'refused') refused.push([before, server.requests.length]);
    },
    /** What has arrived at a destination since this one began: batches, and their records. */
    arrivedAt(destination: string) {
      const requests = server.requests
        .map((request, index) => ({ ...request, isTaken: !refused.some(([from, to]) => index >= from && index < to) }))
        .slice(began)
        .filter(({ path }) => path === `/${destination}`);
      const records = requests.flatMap(({ body, isTaken }): MessageRecord[] =>
        isTaken ? JSON.parse(body).records : [],
      );
      return { requests, records };
    },
    close: () => journal.close(),
  };
}

function compact(path: string): void {
  const memory = emptyMemory();
  for (const fact of decodeFacts(readFileSync(path, 'utf8'))) memory.apply(fact);
  writeFileSync(path, memory.facts().map(encodeFact).join(''));
}

const dying = (journal: Journal): Journal => ({
  ...journal,
  commit() {
    throw new Error('killed');
  },
});

/** By name; those of one name are all the same, but for the record of a session, which is renewed. */
function named<Thing>(
  things: readonly Thing[],
  nameOf: (thing: Thing) => unknown,
  isRenewed: (thing: Thing) => boolean,
) {
  const byName = new Map<unknown, Thing>();
  for (const thing of things) {
    const before = byName.get(nameOf(thing));
    if (before !== undefined && !isRenewed(thing)) expect(thing).toEqual(before);
    byName.set(nameOf(thing), thing);
  }
  return byName;
}

const recordsById = (records: readonly MessageRecord[]): Map<unknown, MessageRecord> =>
  named(
    records,
    ({ id }) => id,
    ({ type }) => type === 'session',
  );

async function tell(steps: readonly Step[]): Promise<void> {
  const home = makeTempDirectory();
  const client = clientIn(join(home, '.claude', 'projects', '-code-app'));
  const many = stopwireIn(home, 'many');
  let now = START;
  for (const step of steps) {
    if (step.do === 'wait') now += step.hours * HOUR;
    else if (step.do === 'write') client(step, now);
    else await many.fire(step, now);
  }
  now += 24 * HOUR;
  const calm = { fault: 'none', journal: 'reopened' } as const;
  await many.fire(calm, now);
  const requests = server.requests.length;
  await many.fire(calm, now + HOUR);
  expect(server.requests).toHaveLength(requests);
  const once = stopwireIn(home, 'once');
  await once.fire(calm, now);
  for (const { name } of configOf().destinations) {
    const arrived = many.arrivedAt(name);
    const records = recordsById(arrived.records);
    const wanted = recordsById(once.arrivedAt(name).records);
    expect(new Set(records.keys())).toEqual(new Set(wanted.keys()));
    for (const [id, record] of records) expect(record).toEqual(wanted.get(id));
    named(
      arrived.requests.map(({ headers, body }) => ({ key: headers['idempotency-key'], body })),
      ({ key }) => key,
      () => false,
    );
    const responses = new Set([...records.values()].flatMap(({ message_id: id }) => id ?? []));
    const tokens = [...records.values()].reduce((sum, record) => sum + (record.incremental_input_tokens ?? 0), 0);
    expect(tokens).toBe(10 * responses.size);
  }
  many.close();
  once.close();
}

test('many fires deliver what one does', () => fc.assert(fc.asyncProperty(story, tell), RUNS));
