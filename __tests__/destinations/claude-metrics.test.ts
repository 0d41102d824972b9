import { mkdtempSync, rmSync, utimesSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Event } from '../../src/destinations/claude-metrics/event.ts';
import { eventsOf } from '../../src/destinations/claude-metrics/events.ts';
import { claudeMetrics } from '../../src/destinations/claude-metrics.ts';
import { type Batch, type Delivery, type Destination, unchecked } from '../../src/destinations/destination.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import { uuid5 } from '../../src/lib/uuid5.ts';
import { redactor } from '../../src/pipeline/redact.ts';
import { testRemoteDestinationContract } from '../helpers/destination-contract.ts';
import { variedCases } from '../helpers/fixtures.ts';
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server.ts';
import { mapFixture } from '../helpers/mapped.ts';

const KEY = 'cm_0123456789abcdef0123456789abcdef';
const surroundings = { env: {}, storePath: '/nowhere', userAgent: 'stopwire/1.2.3' };
const never = new AbortController().signal;
const choices = { bashCommands: false };

const open = (options: object, stateDirectory?: string): Promise<Destination> =>
  unchecked(claudeMetrics).open(
    { apiKey: KEY, ...options },
    { ...surroundings, ...(stateDirectory !== undefined && { stateDirectory }) },
  );

const TIMESTAMP = '2026-11-20T10:00:01.000Z';

/** A result: one event, whatever came before it. */
function resultOf(id: string): MessageRecord {
  return { id, type: 'user', tool_result_ids: [id], tool_name: 'Bash', session_id: 's', timestamp: TIMESTAMP };
}

function batchOf(records: readonly MessageRecord[], id = 'batch'): Batch {
  return { id, records, json: records.map((record) => JSON.stringify(record)), upTo: new Map() };
}

const names = new Map(['a', 'b', 'c', 'd', 'e'].map((id) => [uuid5('claude-metrics', 's', id, '/events/tool'), id]));

testRemoteDestinationContract('claude-metrics', async () => {
  const server = await startLoopbackServer();
  return {
    destination: await open({ endpoint: server.url, timeoutMs: 500 }),
    server,
    secret: KEY,
    recordOf: resultOf,
    arrivedIds: async () =>
      server.requests
        .filter(({ path }) => path === '/events/tool')
        .map(({ body }) => names.get(JSON.parse(body).event_id) ?? 'unknown'),
    tearDown: () => server.close(),
  };
});

const sum = (values: readonly unknown[]): number => values.reduce<number>((all, one) => all + Number(one ?? 0), 0);
const bodiesOf = (events: readonly Event[], path: Event['path']): Event['body'][] =>
  events.filter((event) => event.path === path).map(({ body }) => body);

describe.each(variedCases)('the events of %s', (fixture) => {
  const records = mapFixture(fixture);
  const events = eventsOf(records, choices);

  test('are the same each time, with an id for each that is a UUID', () => {
    expect(eventsOf(mapFixture(fixture), choices)).toEqual(events);
    const ids = events.filter(({ path }) => path !== '/events/session').map(({ body }) => String(body['event_id']));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id))).toEqual([]);
  });

  test('keep their ids however the lines are cut into batches', () => {
    const ids = (some: readonly Event[]): unknown[] => some.flatMap(({ body }) => body['event_id'] ?? []);
    const cut = records.map((_, index) => index).filter((index) => index % 7 === 0);
    expect(ids(cut.flatMap((index) => eventsOf(records.slice(index, index + 7), choices)))).toEqual(ids(events));
  });

  test('add up to the tokens of the records, over all executions', () => {
    const executions = bodiesOf(events, '/events/execution');
    const total = (name: string): number => sum(executions.map((body) => body[name]));
    expect(total('tokens_in') + total('tokens_out')).toBe(sum(records.map((one) => one.incremental_total_tokens)));
    expect(total('tokens_out')).toBe(sum(records.map((one) => one.incremental_output_tokens)));
    expect(total('cache_read_tokens')).toBe(sum(records.map((one) => one.incremental_cache_read_tokens)));
    expect(total('cache_creation_tokens')).toBe(sum(records.map((one) => one.incremental_cache_creation_tokens)));
  });

  test('have one event for each result of a tool, and one roll-up for each session', () => {
    const results = records.filter(({ tool_result_ids: ids }) => ids !== undefined);
    expect(bodiesOf(events, '/events/tool')).toHaveLength(results.length);
    const sessions = bodiesOf(events, '/events/session').map((body) => body['session_id']);
    expect(new Set(sessions).size).toBe(sessions.length);
  });

  test('hold nothing of what was said where a destination gets no content', () => {
    const redact = redactor('content', { hashKey: Buffer.alloc(32) });
    const sent = JSON.stringify(eventsOf(records.map(redact), { bashCommands: true }));
    const said = records.flatMap(
      ({ text = '', tool_inputs: inputs = [], tool_results: results = [], bash_command }) => {
        return [text, ...inputs, ...results, bash_command ?? ''].filter((one) => one.length > 20);
      },
    );
    expect(said.length).toBeGreaterThan(0);
    expect(said.filter((one) => sent.includes(JSON.stringify(one.slice(0, 200)).slice(1, -1)))).toEqual([]);
  });

  test('never hold thinking', () => {
    const thoughts = records.flatMap(({ thinking = '' }) => (thinking.length > 20 ? thinking : []));
    const sent = JSON.stringify(events);
    expect(thoughts.filter((one) => sent.includes(JSON.stringify(one).slice(1, -1)))).toEqual([]);
  });
});

describe('an event', () => {
  const one = (record: Partial<MessageRecord>, more: object = {}): Event['body'] | undefined =>
    eventsOf([{ ...resultOf('a'), ...record }], { ...choices, ...more })[0]?.body;

  test.each<[string, Partial<MessageRecord>, object, string]>([
    ['the account of the record', { account_email: 'dev@example.test' }, {}, 'dev@example.test'],
    ['the one that was set', { account_email: 'dev@example.test' }, { accountEmail: 'me@x.test' }, 'me@x.test'],
    ['user and host without one', { os_user: 'DOM\\dev', host_name: 'lab' }, {}, 'DOM-dev@lab'],
    ['user and host where it is hidden', { account_email: 'REDACTED', os_user: 'dev', host_name: 'h' }, {}, 'dev@h'],
  ])('belongs to %s', (_title, record, more, email) => {
    expect(one(record, more)).toMatchObject({ account_email: email });
  });

  test('holds a command only where that was asked for, cut at 8,000 characters', () => {
    const bash_command = 'x'.repeat(9_000);
    expect(one({ bash_command })).toMatchObject({ bash_command: null });
    expect(one({ bash_command }, { bashCommands: true })).toMatchObject({ bash_command: 'x'.repeat(8_000) });
  });

  test.each([
    ['exit_nonzero', 'exit_nonzero'],
    ['unknown_tool', 'error'],
    [undefined, 'error'],
  ])('of a call that failed with %s has the class %s, which the server knows', (given, told) => {
    const failed = { tool_success: false, ...(given !== undefined && { tool_error_class: given }) };
    expect(one(failed)).toMatchObject({ success: false, error_class: told });
  });

  test.each([
    ['2.1.329-tuiinterrupt', 'cancelled', 'user_interrupt'],
    ['2.1.329-simple', 'ok', 'end_turn'],
    ['2.1.329-errors', 'error', 'refusal'],
    ['2.1.50-multiturn', 'ok', 'unknown'],
  ])('of a turn says how it ended: %s has one with %s, %s', (fixture, status, reason) => {
    const executions = bodiesOf(eventsOf(mapFixture(fixture), choices), '/events/execution');
    expect(executions.map((body) => [body['status'], body['stop_reason']])).toContainEqual([status, reason]);
  });

  test('of a turn without an answer, which only a silence ended, says that it was filled in', () => {
    const left: MessageRecord = { id: 'a', type: 'turn', derived: true, session_id: 's', turn_id: 't' };
    const execution = (turn_status: string): Event['body'] | undefined =>
      bodiesOf(eventsOf([{ ...left, turn_status }], choices), '/events/execution')[0];
    expect(execution('unfinished')).toMatchObject({
      status: 'cancelled',
      client_meta: { synthetic: 'interrupt_backfill' },
    });
    expect(execution('unknown')).toMatchObject({
      status: 'ok',
      client_meta: expect.not.objectContaining({ synthetic: expect.anything() }),
    });
  });

  test('of a turn without thinking and calls has no means of them', () => {
    const [execution] = bodiesOf(eventsOf(mapFixture('2.1.329-simple'), choices), '/events/execution');
    const nothing = {
      thinking_tokens: null,
      thinking_blocks_count: null,
      parallel_tools_max: null,
      parallel_tools_avg: null,
    };
    expect(execution).toMatchObject(nothing);
  });

  test.each<[string, Partial<MessageRecord>, number | null]>([
    ['of the session', {}, null],
    ['of an agent', { agent_depth: 1 }, 1],
    ['that starts an agent', { subagent_type: 'Explore' }, 1],
    ['of an agent that starts another', { agent_depth: 1, subagent_type: 'Explore' }, 2],
  ])('of a call %s has the depth of the agent', (_title, record, depth) => {
    expect(one(record)).toMatchObject({ subagent_depth: depth });
  });

  test.each([
    ['linux', 'amd64', 'linux', 'x64'],
    ['windows', 'x86', 'win32', 'ia32'],
    ['darwin', 'arm64', 'darwin', 'arm64'],
  ])('names the system %s and the processor %s as Node.js does: %s, %s', (os_type, host_arch, os, arch) => {
    expect(one({ os_type, host_arch })).toMatchObject({ client_meta: { os, os_name: os, arch } });
  });

  test.each([
    ['end_turn', 'end_turn'],
    ['tool_use', 'in_flight'],
    ['stop_sequence', 'unknown'],
    [undefined, 'unknown'],
  ])('of a session whose last stop reason was %s says that it ended as %s', (session_stop_reason, kind) => {
    const sums: MessageRecord = { id: 'a', type: 'session', session_id: 's', timestamp: TIMESTAMP };
    const end: MessageRecord = { id: 'b', type: 'cost-state', session_id: 's', timestamp: TIMESTAMP };
    const records = [{ ...sums, ...(session_stop_reason !== undefined && { session_stop_reason }) }, end];
    expect(bodiesOf(eventsOf(records, choices), '/events/session')).toMatchObject([{ exit_kind: kind }]);
  });

  test('names servers and skills with their scope', () => {
    const record = {
      ...resultOf('a'),
      type: 'session',
      mcp_servers: ['github (user)'],
      skills_registered: ['pdf (project)'],
    };
    expect(eventsOf([record], choices).at(-1)?.body['client_meta']).toMatchObject({
      mcp_servers: [{ name: 'github', scope: 'user' }],
      skills_registered: [{ name: 'pdf', scope: 'project' }],
    });
  });

  test('is made of no line that was copied from another transcript', () => {
    const copies = mapFixture('2.1.329-thinktool').map((record) => ({ ...record, is_replay: true }));
    expect(eventsOf(copies, choices).map(({ path }) => path)).toEqual(['/events/session']);
  });
});

describe('requests', () => {
  let server: LoopbackServer;
  let folder: string;
  let destination: Destination;
  const deliver = (records: readonly MessageRecord[], id?: string): Promise<Delivery> =>
    destination.deliver(batchOf(records, id), never);
  const paths = (): string[] => server.requests.map(({ path }) => path);

  beforeEach(async () => {
    server = await startLoopbackServer();
    folder = mkdtempSync(join(tmpdir(), 'stopwire-claude-metrics-'));
    destination = await open({ endpoint: `${server.url}/api/v1` }, folder);
  });
  afterEach(async () => {
    await destination.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  test('carry the token, ask for JSON, and share a connection', async () => {
    await deliver([resultOf('a'), resultOf('b')]);
    const [first] = server.requests;
    expect(first).toMatchObject({ method: 'POST', path: '/api/v1/events/tool' });
    expect(first?.headers).toMatchObject({ authorization: `Bearer ${KEY}`, accept: 'application/json' });
    expect(server.connections()).toBe(1);
  });

  test('that bring what the server has already are taken', async () => {
    server.script({ status: 202, body: '{"duplicate":true}' });
    expect(await deliver([resultOf('a')])).toEqual({ kind: 'delivered' });
  });

  test('that the server finds wrong are rejected, with what it says', async () => {
    server.script({ status: 422, body: '{"message":"The event id must be a valid UUID."}' });
    expect(await deliver([resultOf('a')])).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('must be a valid UUID'),
    });
  });

  test('go on with the one that failed when the batch is tried again', async () => {
    server.script({ status: 202 }, { status: 500 }, { status: 202 });
    const records = [resultOf('a'), resultOf('b'), resultOf('c')];
    expect(await deliver(records)).toMatchObject({ kind: 'retry' });
    expect(await deliver(records)).toEqual({ kind: 'delivered' });
    const ids = server.requests.map(({ body }) => names.get(JSON.parse(body).event_id));
    expect(ids).toEqual(['a', 'b', 'b', 'c', undefined]);
  });

  test('end with a heartbeat, which no other process repeats within ten minutes', async () => {
    await deliver([resultOf('a')], '1');
    await deliver([resultOf('b')], '2');
    await destination.close();
    destination = await open({ endpoint: `${server.url}/api/v1` }, folder);
    await deliver([resultOf('c')], '3');
    expect(paths()).toEqual(['tool', 'x', 'tool', 'tool'].map(pathOf));
    const sent = server.requests.find(({ path }) => path === pathOf('x'));
    expect(JSON.parse(sent?.body ?? '')).toMatchObject({ client_meta: { sent_at: expect.stringMatching(/Z$/) } });
  });

  test('bring another heartbeat ten minutes later, and after the clock was set back', async () => {
    for (const seconds of [-600, 60]) {
      await deliver([resultOf('a')], `before ${seconds}`);
      await destination.close();
      const [name = ''] = readdirSync(folder);
      const time = Date.now() / 1000 + seconds;
      utimesSync(join(folder, name), time, time);
      destination = await open({ endpoint: `${server.url}/api/v1` }, folder);
    }
    await deliver([resultOf('b')], 'last');
    expect(paths().filter((one) => one === pathOf('x'))).toHaveLength(3);
  });

  test('of a canary are one heartbeat, and no other behind it', async () => {
    await deliver([{ id: 'canary-1', type: 'canary', timestamp: TIMESTAMP }]);
    expect(server.requests.map(({ body }) => JSON.parse(body))).toMatchObject([
      { account_email: 'unknown@stopwire.invalid', client_meta: { sent_at: TIMESTAMP } },
    ]);
    expect(paths()).toEqual([pathOf('x')]);
  });

  test('bring no heartbeat where records did not arrive, or none is wanted', async () => {
    server.script({ status: 500 });
    await deliver([resultOf('a')]);
    server.script({ status: 202 });
    const silent = await open({ endpoint: `${server.url}/api/v1`, healthChecks: false }, folder);
    await silent.deliver(batchOf([resultOf('a')]), never);
    await silent.close();
    expect(paths()).toEqual([pathOf('tool'), pathOf('tool')]);
  });

  test('are no fewer where a heartbeat is refused', async () => {
    server.script({ status: 202 }, { status: 500 });
    expect(await deliver([resultOf('a')])).toEqual({ kind: 'delivered' });
  });

  test.each([
    [202, 'delivered'],
    [422, 'delivered'],
    [401, 'hold'],
    [404, 'hold'],
    [500, 'retry'],
  ])('that ask whether events would be taken: status %i means %s', async (status, kind) => {
    server.script({ status });
    expect(await destination.check?.(never)).toMatchObject({ kind });
    expect(paths()).toEqual([pathOf('x')]);
  });

  function pathOf(name: string): string {
    return name === 'x' ? '/api/v1/health-checks' : `/api/v1/events/${name}`;
  }
});

describe('options', () => {
  test('a token that is none is not sent anywhere, and not shown', async () => {
    await expect(open({ apiKey: 'sk-secret-0123' })).rejects.toThrow(/^(?!.*sk-secret).*does not begin with "cm_"/);
  });

  test("are what the vendor's variables say", () => {
    const env = {
      CLAUDE_METRICS_API_URL: 'https://metrics.example/api/v1',
      CLAUDE_METRICS_API_TOKEN: KEY,
      CLAUDE_METRICS_ACCOUNT_EMAIL: '',
      CLAUDE_METRICS_BASH_ARGS: '1',
    };
    expect(Object.fromEntries(claudeMetrics.fromEnvironment?.(env) ?? [])).toEqual({
      endpoint: 'https://metrics.example/api/v1',
      apiKey: KEY,
      bashCommands: 'true',
    });
  });
});
