import { appendFileSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { emptyConfig, type Config } from '../src/config.ts';
import type { MessageRecord } from '../src/fields/index.ts';
import { thisMachine } from '../src/machine.ts';
import { forecast, run, type RunOptions } from '../src/run.ts';
import { openJournal, type Journal } from '../src/state/journal.ts';
import { pathsFrom } from '../src/state/paths.ts';
import { type LoopbackServer, startLoopbackServer } from './helpers/loopback-server.ts';
import { answer, call, prompt, result } from './helpers/session-lines.ts';
import { makeTempDirectory } from './helpers/temp-directory.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 1, 9);
const SESSION = '11111111-2222-4333-8444-555555555555';

/** A session that a person works in, and a machine whose clock follows it. */
interface Rig {
  server: LoopbackServer;
  journal: Journal;
  /** The transcript. */
  path: string;
  /** The client writes lines, so many hours after it began. */
  write: (hours: number, ...lines: object[]) => void;
  /** The same, without a newline: a whole line, or a part of one. */
  writeText: (hours: number, text: string) => void;
  /** A hook fires elsewhere, so many hours after the session began. Answers what has arrived. */
  fireAt: (hours: number, how?: Fire) => Promise<MessageRecord[]>;
  /** How many records a dry run would foresee then. */
  foreseenAt: (hours: number) => Promise<number>;
}

interface Fire {
  config?: Partial<Config>;
  /** Called when the first line of the fire is mapped. */
  onMapping?: () => void;
}

const open: Rig[] = [];
let rig: Rig;
beforeEach(async () => {
  rig = await newRig();
});
afterEach(async () => {
  for (const { journal, server } of open.splice(0)) {
    journal.close();
    await server.close();
  }
});

async function newRig(name = SESSION): Promise<Rig> {
  const server = await startLoopbackServer();
  const paths = pathsFrom({ HOME: makeTempDirectory() });
  mkdirSync(paths.stateDirectory, { recursive: true });
  const root = join(paths.home, '.claude');
  const path = join(root, 'projects', '-code-app', `${name}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  const journal = openJournal(paths.journal);
  const optionsAt = (hours: number, { config = {}, onMapping = () => undefined }: Fire = {}): RunOptions => {
    const { capture, ...machine } = thisMachine(paths, {});
    return {
      config: { ...configOf(server), ...config },
      roots: [root],
      journal,
      machine: {
        ...machine,
        now: () => timeAt(hours),
        random: () => 0,
        capture(configured) {
          onMapping();
          return capture(configured);
        },
      },
      signal: new AbortController().signal,
    };
  };
  const made: Rig = {
    server,
    journal,
    path,
    write: (hours, ...lines) => made.writeText(hours, lines.map((line) => `${textOf(line, hours)}\n`).join('')),
    writeText(hours, text) {
      appendFileSync(path, text);
      touch(path, hours);
    },
    async fireAt(hours, how) {
      const before = server.requests.length;
      await run(optionsAt(hours, how));
      return server.requests.slice(before).flatMap(({ body }) => JSON.parse(body).records);
    },
    foreseenAt: async (hours) => (await forecast(optionsAt(hours))).reduce((sum, { records }) => sum + records, 0),
  };
  open.push(made);
  return made;
}

const timeAt = (hours: number): Date => new Date(START + hours * HOUR);
const touch = (path: string, hours: number): void => utimesSync(path, timeAt(hours), timeAt(hours));

function textOf(line: object, hours: number): string {
  const common = { sessionId: SESSION, cwd: '/code/app', version: '2.1.329', timestamp: timeAt(hours).toISOString() };
  return JSON.stringify({ ...common, ...line });
}

function configOf({ url }: LoopbackServer): Config {
  const options = { endpoint: url, gzipAboveBytes: 1_000_000_000 };
  return { ...emptyConfig(), destinations: [{ name: 'http', kind: 'http', redaction: 'none', options }] };
}

const ends = (records: readonly MessageRecord[]) =>
  records.flatMap(({ type, turn_id: id, turn_status: status, turn_closings: closings }) =>
    status === undefined ? [] : [{ type, id, status, closings }],
  );

describe('a turn that no line ends', () => {
  test('ends after six hours of silence, and is delivered once, with the session', async () => {
    rig.write(0, prompt('a'), call('a'));
    expect((await rig.fireAt(0)).map(({ type }) => type)).toEqual(['user', 'assistant']);
    expect(await rig.fireAt(5.9)).toEqual([]);
    expect([await rig.foreseenAt(5.9), await rig.foreseenAt(6.1)]).toEqual([0, 2]);
    const records = await rig.fireAt(6.1);
    expect(records.map(({ type }) => type)).toEqual(['turn', 'session']);
    expect(records[0]).toMatchObject({
      turn_id: 'a',
      turn_status: 'unfinished',
      turn_responses: 1,
      turn_input_tokens: 10,
      turn_cost_usd: 0.000175,
      project: '/code/app',
      timestamp: '2026-11-01T09:00:00.000Z',
    });
    expect(records[1]).toMatchObject({ session_status: 'unfinished', session_turns: 1, session_cost_usd: 0.000175 });
    expect(await rig.fireAt(6.2)).toEqual([]);
    expect(await rig.fireAt(48)).toEqual([]);
  });

  test('ends in the sweep that finds it, where nobody has looked for long', async () => {
    rig.write(0, prompt('a'), call('a'));
    expect((await rig.fireAt(24)).map(({ type }) => type)).toEqual(['user', 'assistant', 'turn', 'session']);
    expect(await rig.fireAt(25)).toEqual([]);
  });

  test('has ended when the next prompt comes, whether or not it was told in between', async () => {
    const looked = [];
    for (const looks of [true, false]) {
      const one = await newRig();
      one.write(0, prompt('a'), call('a'));
      const records = await one.fireAt(0);
      if (looks) records.push(...(await one.fireAt(7)));
      one.write(8, { type: 'mode', mode: 'plan', timestamp: undefined });
      if (looks) records.push(...(await one.fireAt(8)));
      one.write(8, { ...prompt('b'), cwd: '/elsewhere' }, answer('b'));
      records.push(...(await one.fireAt(8)));
      expect(ends(records)).toEqual([
        { type: 'turn', id: 'a', status: 'unfinished', closings: 0 },
        { type: 'assistant', id: 'b', status: 'ok', closings: 1 },
      ]);
      expect(records.find(({ type }) => type === 'turn')).toMatchObject({ cwd: '/code/app', line_number: 1 });
      looked.push(new Set(records.map(({ id }) => id)));
    }
    expect(looked[0]).toEqual(looked[1]);
  });

  test.each([
    ['a short turn', ''],
    ['one of more bytes than are folded again', 'x'.repeat(5_000_000)],
  ])('ends once more where it goes on: %s', async (_, padding) => {
    rig.write(0, prompt('a'), call('a', padding));
    const records = [...(await rig.fireAt(0)), ...(await rig.fireAt(7))];
    rig.write(9, result('a'));
    records.push(...(await rig.fireAt(9)));
    rig.write(9.1, answer('a'));
    records.push(...(await rig.fireAt(9.1)));
    expect(ends(records)).toEqual([
      { type: 'turn', id: 'a', status: 'unfinished', closings: 0 },
      { type: 'assistant', id: 'a', status: 'ok', closings: 2 },
    ]);
    expect(records.find(({ uuid }) => uuid === 'result-a')).toMatchObject({ tool_name: 'Bash' });
    expect(records.findLast(({ type }) => type === 'session')).toMatchObject({
      session_turns: 1,
      session_input_tokens: 20,
    });
  });

  test('goes on within six hours as if nothing had been', async () => {
    rig.write(0, prompt('a'), call('a'));
    const records = await rig.fireAt(0);
    rig.write(5.9, result('a'), answer('a'));
    records.push(...(await rig.fireAt(5.9)), ...(await rig.fireAt(48)));
    expect(ends(records)).toEqual([{ type: 'assistant', id: 'a', status: 'ok', closings: 1 }]);
  });

  test('comes again in the same batch, where its acknowledgement was lost', async () => {
    rig.write(0, prompt('a'), call('a'));
    await rig.fireAt(0);
    rig.server.script({ status: 503 });
    await rig.fireAt(7);
    rig.server.script({ status: 204 });
    await rig.fireAt(9);
    const [lost, again] = rig.server.requests.slice(-2);
    expect(JSON.parse(again?.body ?? '').records).toHaveLength(2);
    expect(again?.headers['idempotency-key']).toBe(lost?.headers['idempotency-key']);
    expect(again?.body).toBe(lost?.body);
  });

  test('goes on with the result of its call, too, and ends again', async () => {
    rig.write(0, prompt('a'), call('a'));
    const records = [...(await rig.fireAt(0)), ...(await rig.fireAt(7))];
    rig.write(9, result('a'));
    records.push(...(await rig.fireAt(9)), ...(await rig.fireAt(16)));
    expect(ends(records)).toEqual([
      { type: 'turn', id: 'a', status: 'unfinished', closings: 0 },
      { type: 'turn', id: 'a', status: 'unknown', closings: 1 },
    ]);
  });

  test('ends in the session of its lines, whatever their file is called', async () => {
    const one = await newRig('agent-a1b2c3');
    const other = await newRig('another-name');
    for (const { write, fireAt } of [one, other]) {
      write(0, prompt('a'), call('a'));
      const records = await fireAt(7);
      expect(new Set(records.map(({ session_id: session }) => session))).toEqual(new Set([SESSION]));
    }
  });

  test('ends behind what a killed client has left of a line', async () => {
    rig.write(0, prompt('a'), call('a'));
    rig.writeText(0, '{"type":"user","uu');
    expect((await rig.fireAt(0)).map(({ type }) => type)).toEqual(['user', 'assistant']);
    expect((await rig.fireAt(7)).map(({ type }) => type)).toEqual(['turn', 'session']);
    expect(await rig.fireAt(8)).toEqual([]);
  });

  test('has ended where its folder is delivered and that of the next prompt is not, and not the other way round', async () => {
    const away = { cwd: '/code/app/away' };
    rig.write(0, prompt('a'), call('a'));
    rig.write(8, { ...prompt('b'), ...away }, { ...call('b'), ...away });
    rig.write(16, prompt('c'));
    const records = await rig.fireAt(16, { config: { exclude: ['/code/app/away'] } });
    expect(records.map(({ type, turn_id: id }) => [type, id])).toEqual([
      ['user', 'a'],
      ['assistant', 'a'],
      ['turn', 'a'],
      ['session', undefined],
      ['user', 'c'],
    ]);
  });

  test('has ended for who gets its lines, not for who gets those behind it', async () => {
    const since = timeAt(4).toISOString();
    rig.write(0, prompt('a'), call('a'));
    rig.write(8, prompt('b'));
    const destinations = configOf(rig.server).destinations.map((one) => ({ ...one, since }));
    expect((await rig.fireAt(8, { config: { destinations } })).map(({ turn_id: id }) => id)).toEqual(['b']);
  });
});

describe('where a silence is read', () => {
  beforeEach(async () => {
    rig.write(0, prompt('a'), call('a'));
    await rig.fireAt(0);
  });

  test('what the client writes at that moment is delivered', async () => {
    const records = await rig.fireAt(7, { onMapping: () => rig.write(7, result('a'), answer('a')) });
    records.push(...(await rig.fireAt(7.1)));
    expect(records.map(({ uuid }) => uuid)).toEqual(expect.arrayContaining(['result-a', 'answer-a']));
    expect(await rig.fireAt(24)).toEqual([]);
  });

  test('a file that was written anew, in its old size and time, is delivered from its start', async () => {
    const { size } = statSync(rig.path);
    const line = textOf(prompt('b'), 0);
    writeFileSync(rig.path, `${line.slice(0, -1)}${' '.repeat(size - line.length - 1)}}\n`);
    touch(rig.path, 0);
    expect((await rig.fireAt(7)).map(({ uuid }) => uuid)).toEqual([]);
    // Once a day, files are compared with their cursors.
    expect((await rig.fireAt(25)).map(({ uuid, turn_id: id }) => uuid ?? id)).toEqual(['b', 'b', undefined]);
  });

  test('a line that was written a little later than it says does not find its turn ended', async () => {
    expect(await rig.fireAt(6.02)).toEqual([]);
    rig.write(6.03, { ...answer('a'), timestamp: timeAt(5.99).toISOString() });
    expect(ends(await rig.fireAt(6.03))).toEqual([{ type: 'assistant', id: 'a', status: 'ok', closings: 1 }]);
  });
});

test('an end behind a line without a newline comes again as it was, though others have come to it', async () => {
  const path = join(dirname(rig.path), 'other.jsonl');
  rig.writeText(0, `${textOf(prompt('a'), 0)}\n${textOf(call('a'), 0)}`);
  writeFileSync(path, `${textOf({ ...prompt('b'), sessionId: 'other' }, 1)}\n`);
  touch(path, 1);
  await rig.fireAt(1);
  rig.server.script({ status: 503 });
  await rig.fireAt(6.5);
  rig.server.script({ status: 204 });
  await rig.fireAt(9);
  const [, lost, again] = rig.server.requests;
  expect(JSON.parse(lost?.body ?? '').records).toHaveLength(2);
  expect(again?.body).toBe(lost?.body);
});

test.each([
  ['command', '<command-name>/cost</command-name>'],
  ['bash', '<bash-input>ls</bash-input>'],
])('what the client answers itself waits for no end: %s', async (kind, content) => {
  rig.write(0, prompt('a', content));
  expect((await rig.fireAt(0)).map(({ prompt_kind: promptKind }) => promptKind)).toEqual([kind]);
  rig.write(8, prompt('b'));
  expect((await rig.fireAt(8)).map(({ type }) => type)).toEqual(['user']);
});
