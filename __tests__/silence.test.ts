import { appendFileSync, mkdirSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { emptyConfig, type Config } from '../src/config.ts';
import type { MessageRecord } from '../src/fields/index.ts';
import { thisMachine } from '../src/machine.ts';
import { run } from '../src/run.ts';
import { openJournal, type Journal } from '../src/state/journal.ts';
import { pathsFrom } from '../src/state/paths.ts';
import { type LoopbackServer, startLoopbackServer } from './helpers/loopback-server.ts';
import { makeTempDirectory } from './helpers/temp-directory.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 1, 9);
const SESSION = '11111111-2222-4333-8444-555555555555';

/** A session that a person works in, and a machine whose clock follows it. */
interface Rig {
  server: LoopbackServer;
  journal: Journal;
  /** The client writes lines, so many hours after it began. */
  write: (hours: number, ...lines: object[]) => void;
  /** A hook fires elsewhere, so many hours after the session began. Answers what has arrived. */
  fireAt: (hours: number) => Promise<MessageRecord[]>;
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

async function newRig(): Promise<Rig> {
  const server = await startLoopbackServer();
  const paths = pathsFrom({ HOME: makeTempDirectory() });
  mkdirSync(paths.stateDirectory, { recursive: true });
  const root = join(paths.home, '.claude');
  const path = join(root, 'projects', '-code-app', `${SESSION}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  const journal = openJournal(paths.journal);
  const config = configOf(server);
  const made: Rig = {
    server,
    journal,
    write(hours, ...lines) {
      const at = new Date(START + hours * HOUR);
      const common = { sessionId: SESSION, cwd: '/code/app', version: '2.1.329', timestamp: at.toISOString() };
      appendFileSync(path, lines.map((line) => `${JSON.stringify({ ...common, ...line })}\n`).join(''));
      utimesSync(path, at, at);
    },
    async fireAt(hours) {
      const machine = { ...thisMachine(paths, {}), now: () => new Date(START + hours * HOUR), random: () => 0 };
      const before = server.requests.length;
      await run({ config, roots: [root], journal, machine, signal: new AbortController().signal });
      return server.requests.slice(before).flatMap(({ body }) => JSON.parse(body).records);
    },
  };
  open.push(made);
  return made;
}

function configOf({ url }: LoopbackServer): Config {
  const options = { endpoint: url, gzipAboveBytes: 1_000_000_000 };
  return { ...emptyConfig(), destinations: [{ name: 'http', kind: 'http', redaction: 'none', options }] };
}

const prompt = (id: string) => ({ type: 'user', uuid: id, promptId: id, message: { role: 'user', content: 'go on' } });
const call = (id: string, padding = '') => ({
  type: 'assistant',
  uuid: `call-${id}`,
  message: {
    id: `message-${id}`,
    model: 'claude-opus-4-8',
    stop_reason: 'tool_use',
    usage: { input_tokens: 10, output_tokens: 5 },
    content: [{ type: 'tool_use', id: `tool-${id}`, name: 'Bash', input: { command: `make ${padding}` } }],
  },
});
const result = (id: string) => ({
  type: 'user',
  uuid: `result-${id}`,
  message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: `tool-${id}`, content: 'done' }] },
});
const answer = (id: string) => ({
  type: 'assistant',
  uuid: `answer-${id}`,
  message: {
    id: `message-end-${id}`,
    model: 'claude-opus-4-8',
    stop_reason: 'end_turn',
    usage: { input_tokens: 20, output_tokens: 7 },
    content: [{ type: 'text', text: 'There.' }],
  },
});

const ends = (records: readonly MessageRecord[]) =>
  records.flatMap(({ type, turn_id: id, turn_status: status, turn_closings: closings }) =>
    status === undefined ? [] : [{ type, id, status, closings }],
  );

describe('a turn that no line ends', () => {
  test('ends after six hours of silence, and is delivered once, with the session', async () => {
    rig.write(0, prompt('a'), call('a'));
    expect((await rig.fireAt(0)).map(({ type }) => type)).toEqual(['user', 'assistant']);
    expect(await rig.fireAt(5.9)).toEqual([]);
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
      one.write(8, prompt('b'), answer('b'));
      records.push(...(await one.fireAt(8)));
      expect(ends(records)).toEqual([
        { type: 'turn', id: 'a', status: 'unfinished', closings: 0 },
        { type: 'assistant', id: 'b', status: 'ok', closings: 1 },
      ]);
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
      session_input_tokens: 30,
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
});

test.each([
  ['command', '<command-name>/cost</command-name>'],
  ['bash', '<bash-input>ls</bash-input>'],
])('what the client answers itself waits for no end: %s', async (kind, content) => {
  rig.write(0, { ...prompt('a'), message: { role: 'user', content } });
  expect((await rig.fireAt(0)).map(({ prompt_kind: promptKind }) => promptKind)).toEqual([kind]);
  rig.write(8, prompt('b'));
  expect((await rig.fireAt(8)).map(({ type }) => type)).toEqual(['user']);
});
