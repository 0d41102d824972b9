import { describe, expect, test } from '@jest/globals';
import type { Envelope } from '../../src/destinations/agentmon/event.ts';
import { eventsOf } from '../../src/destinations/agentmon/events.ts';
import { agentmon } from '../../src/destinations/agentmon.ts';
import { type Batch, type Destination, unchecked } from '../../src/destinations/destination.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import { uuid5 } from '../../src/lib/uuid5.ts';
import { redactor } from '../../src/pipeline/redact.ts';
import { testRemoteDestinationContract } from '../helpers/destination-contract.ts';
import { variedCases } from '../helpers/fixtures.ts';
import { type LoopbackServer, startLoopbackServer } from '../helpers/loopback-server.ts';
import { mapFixture } from '../helpers/mapped.ts';

const KEY = 'agentmon-0123456789abcdef';
const surroundings = { env: {}, storePath: '/nowhere', userAgent: 'stopwire/1.2.3' };
const never = new AbortController().signal;

const open = (options: object): Promise<Destination> => unchecked(agentmon).open(options, surroundings);

/** A failed request: one event, whatever came before it. */
function failureOf(id: string): MessageRecord {
  return { id, type: 'system', is_api_error: true, session_id: 's', timestamp: '2026-11-20T10:00:01.000Z' };
}

function batchOf(records: readonly MessageRecord[]): Batch {
  return { id: 'batch', records, json: records.map((record) => JSON.stringify(record)), upTo: new Map() };
}

const names = new Map(['a', 'b', 'c', 'd', 'e'].map((id) => [uuid5('agentmon', 's', id, 'error', undefined), id]));

describe.each(['array', 'single'])('with the body %s', (body) => {
  testRemoteDestinationContract(`agentmon, ${body}`, async () => {
    const server = await startLoopbackServer();
    return {
      destination: await open({ endpoint: server.url, apiKey: KEY, timeoutMs: 500, body }),
      server,
      secret: KEY,
      recordOf: failureOf,
      arrivedIds: async () => eventsIn(server).map(({ event }) => names.get(event.id) ?? 'unknown'),
      tearDown: () => server.close(),
    };
  });
});

function eventsIn({ requests }: LoopbackServer): Envelope[] {
  return requests.flatMap(({ body }) => JSON.parse(body));
}

const sum = (values: readonly unknown[]): number => values.reduce<number>((all, one) => all + Number(one ?? 0), 0);
const named = (events: readonly Envelope[], type: string): Envelope[] =>
  events.filter(({ event }) => event.type === type);

describe.each(variedCases)('the events of %s', (fixture) => {
  const records = mapFixture(fixture);
  const events = eventsOf(records);

  test('are the same each time, with an id for each that is a UUID', () => {
    expect(eventsOf(mapFixture(fixture))).toEqual(events);
    const ids = events.map(({ event }) => event.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id))).toEqual([]);
  });

  test('keep their ids however the lines are cut into batches', () => {
    const ids = (some: readonly Envelope[]): string[] => some.map(({ event }) => `${event.type} ${event.id}`);
    const cut = records.map((_, index) => index).filter((index) => index % 7 === 0);
    const apart = cut.flatMap((index) => eventsOf(records.slice(index, index + 7)));
    const isRunOfCommand = (name: string): boolean => name.startsWith('run.start');
    expect(ids(apart).filter((name) => !isRunOfCommand(name))).toEqual(
      ids(events).filter((name) => !isRunOfCommand(name)),
    );
  });

  test('add up to the tokens and the cost of the records, on the ends of runs and on snapshots', () => {
    const usages = {
      ends: named(events, 'run.end').map(({ payload }) => payload?.['usage']),
      snapshots: named(events, 'metric.snapshot').map(
        ({ payload }) => JSON.parse(JSON.stringify(payload)).metrics.usage,
      ),
    };
    for (const usage of Object.values(usages)) {
      const figures: { [name: string]: number }[] = JSON.parse(JSON.stringify(usage));
      const total = (name: string): number => sum(figures.map((one) => one[name]));
      expect(total('total_tokens')).toBe(sum(records.map((one) => one.incremental_total_tokens)));
      expect(total('output_tokens')).toBe(sum(records.map((one) => one.incremental_output_tokens)));
      expect(total('total_cost')).toBeCloseTo(sum(records.map((one) => one.incremental_cost_usd)), 10);
    }
  });

  test('end each span that a result was written for, and each run in which a model has answered', () => {
    const ended = (start: string, end: string, key: string): void => {
      const ends = new Set(named(events, end).map(({ correlation }) => correlation[key]));
      // Clients of version 2.0 warm agents up that are never asked anything.
      const starts = named(events, start).filter(
        ({ attributes = {} }) => !('model' in attributes) || attributes['model'],
      );
      expect(starts.filter(({ correlation }) => !ends.has(correlation[key]))).toEqual([]);
    };
    const calls = new Set(records.flatMap(({ tool_use_ids: ids = [] }) => ids));
    const results = new Set(records.flatMap(({ tool_result_ids: ids = [] }) => ids));
    if (calls.size === results.size) ended('span.start', 'span.end', 'span_id');
    ended('run.start', 'run.end', 'run_id');
  });
});

describe('the events of a session', () => {
  test('hang those of a sub-agent below the call that it works for, in a run of its own', () => {
    const events = eventsOf(mapFixture('2.1.329-subagent'));
    const call = events.find(({ attributes }) => attributes?.['span_kind'] === 'sub-agent');
    const runs = named(events, 'run.end').map(({ correlation }) => correlation);
    expect(runs).toHaveLength(2);
    expect(runs[0]).not.toHaveProperty('parent_span_id');
    expect(runs[1]).toMatchObject({ parent_span_id: call?.correlation['span_id'] });
    expect(runs[1]?.['run_id']).not.toBe(runs[0]?.['run_id']);
    expect(named(events, 'session.start')).toHaveLength(1);
  });

  test("call a first turn that of the session, and no sub-agent's", () => {
    const starts = named(eventsOf(mapFixture('2.1.329-subagent')), 'run.start');
    expect(starts.map(({ attributes }) => attributes?.['is_first_turn'])).toEqual([true, false]);
  });

  test.each([
    ['auto', true],
    ['manual', false],
  ])('put a compaction into the run that it interrupts, and one between runs into none: %s', (trigger, isInRun) => {
    const timestamp = '2026-11-20T10:00:05.000Z';
    const events = eventsOf([
      {
        id: 'c',
        type: 'system',
        session_id: 's',
        turn_id: 't',
        timestamp,
        compact_trigger: trigger,
        compact_duration_ms: 500,
      },
    ]);
    expect(events.map(({ event }) => [event.type, event.ts])).toEqual([
      ['span.start', '2026-11-20T10:00:04.500Z'],
      ['span.end', timestamp],
    ]);
    expect(events.map(({ correlation }) => 'run_id' in correlation)).toEqual([isInRun, isInRun]);
  });

  test.each([
    ['ok', { completed: true, interrupted: false }],
    ['interrupted', { completed: false, interrupted: true }],
    ['error', { completed: false, interrupted: false }],
    [undefined, { completed: true, interrupted: false }],
  ])('say how a session ended, by its last turn: %s', (status, payload) => {
    const timestamp = '2026-11-20T10:00:05.000Z';
    const last: MessageRecord = { id: 'l', type: 'assistant', session_id: 's', timestamp, turn_status: status };
    expect(eventsOf([last, { id: 'e', type: 'cost-state', session_id: 's', timestamp }])).toMatchObject([
      { event: { type: 'session.end' }, payload },
    ]);
  });

  test.each([
    ['2.1.329-tuiinterrupt', 'interrupted'],
    ['2.1.329-errors', 'error'],
    ['2.1.329-simple', 'success'],
  ])('say how a run ended: %s has one that is %s', (fixture, status) => {
    const runs = named(eventsOf(mapFixture(fixture)), 'run.end');
    expect(runs.map(({ payload }) => payload?.['status'])).toContain(status);
  });

  test('show no more than the beginning of a text', () => {
    const long = 'x'.repeat(2_000);
    const timestamp = '2026-11-20T10:00:01.000Z';
    const prompt: MessageRecord = { id: 'p', type: 'user', turn_id: 't', is_first_turn: true, text: long, timestamp };
    const result: MessageRecord = {
      id: 'r',
      type: 'user',
      tool_use_id: 'c',
      tool_result_ids: ['c'],
      tool_results: [long],
      timestamp,
    };
    const [, started, ended] = eventsOf([prompt, result]);
    expect(started?.payload).toMatchObject({ prompt_preview: long.slice(0, 200) });
    expect(ended?.payload).toMatchObject({ result_preview: long.slice(0, 500) });
  });

  test('begin the run of a command where a model has answered it, and not without', () => {
    const at = (seconds: number): string => `2026-11-20T10:00:0${seconds}.000Z`;
    const turn = { turn_id: 't', session_id: 's' };
    const prompt: MessageRecord = {
      ...turn,
      id: 'p',
      type: 'user',
      prompt_kind: 'command',
      is_first_turn: false,
      text: '/review',
      timestamp: at(1),
    };
    const end: MessageRecord = {
      ...turn,
      id: 'e',
      type: 'assistant',
      text: 'Done.',
      turn_status: 'ok',
      turn_closings: 1,
      turn_prompt_kind: 'command',
      turn_started_at: at(1),
      timestamp: at(5),
    };
    expect(eventsOf([prompt])).toEqual([]);
    const [start] = eventsOf([prompt, end]);
    const [startAlone, endAlone] = eventsOf([end]);
    expect(start).toMatchObject({ event: { type: 'run.start', ts: at(1) }, payload: { prompt_preview: '/review' } });
    expect(startAlone).toMatchObject({ event: { type: 'run.start', ts: at(1) }, correlation: start?.correlation });
    expect(startAlone?.payload?.['prompt_preview']).toBeUndefined();
    expect(endAlone?.event.type).toBe('run.end');
  });

  test('leave out what was copied from another transcript', () => {
    const copies = mapFixture('2.1.329-thinktool').map((record) => ({ ...record, is_replay: true }));
    expect(eventsOf(copies).map(({ event }) => event.type)).toEqual(['session.start']);
  });

  test.each(variedCases)('hold nothing of what was said in %s where a destination gets no content', (fixture) => {
    const records = mapFixture(fixture);
    const redact = redactor('content', { hashKey: Buffer.alloc(32) });
    const sent = JSON.stringify(eventsOf(records.map(redact)));
    const said = records.flatMap(({ text = '', tool_inputs: inputs = [], tool_results: results = [] }) => {
      return [text, ...inputs, ...results].filter((one) => one.length > 20);
    });
    expect(said.length).toBeGreaterThan(0);
    expect(said.filter((one) => sent.includes(JSON.stringify(one.slice(0, 200)).slice(1, -1)))).toEqual([]);
  });
});

describe('requests', () => {
  const records = mapFixture('2.1.329-simple');
  const deliver = async (options: object): Promise<LoopbackServer['requests']> => {
    const server = await startLoopbackServer();
    const destination = await open({ endpoint: server.url, ...options });
    expect(await destination.deliver(batchOf(records), never)).toEqual({ kind: 'delivered' });
    await destination.close();
    await server.close();
    return server.requests;
  };

  test('hold all events of a batch, or one each', async () => {
    const [together] = await deliver({});
    const single = await deliver({ body: 'single' });
    expect(together?.path).toBe('/v1/events');
    expect(single.map(({ body }) => JSON.parse(body))).toEqual(JSON.parse(together?.body ?? ''));
  });

  test.each([
    ['array', 100],
    ['single', 25],
  ])('with the body %s, take %i records at once', async (body, maxRecords) => {
    const destination = await open({ body });
    expect(destination.limits.maxRecords).toBe(maxRecords);
    await destination.close();
  });

  test('say flat what they say nested', async () => {
    const [nested] = await deliver({ clientId: 'desk' });
    const [flat] = await deliver({ clientId: 'desk', nesting: 'flat' });
    const raised = JSON.parse(nested?.body ?? '').map(({ source, correlation, ...rest }: Envelope) => {
      return { ...rest, ...source, ...correlation };
    });
    expect(JSON.parse(flat?.body ?? '')).toEqual(raised);
    expect(raised[0]).toMatchObject({ framework: 'claude-code', client_id: 'desk', host: 'lab' });
  });

  test('are not made for records that no event is about', async () => {
    const server = await startLoopbackServer();
    const destination = await open({ endpoint: server.url });
    expect(await destination.deliver(batchOf([{ id: 'x', type: 'mode' }]), never)).toEqual({ kind: 'delivered' });
    expect(server.requests).toEqual([]);
    await destination.close();
    await server.close();
  });

  test.each([
    [202, 'delivered'],
    [400, 'delivered'],
    [401, 'hold'],
    [404, 'hold'],
    [500, 'retry'],
  ])('that ask whether events would be taken: status %i means %s', async (status, kind) => {
    const server = await startLoopbackServer();
    server.script({ status });
    const destination = await open({ endpoint: server.url });
    expect(await destination.check?.(never)).toMatchObject({ kind });
    expect(server.requests.map(({ body }) => body)).toEqual(['[]']);
    await destination.close();
    await server.close();
  });

  test('go where the variable of the vendor says', () => {
    const env = { AGENTMON_INGEST_URL: 'http://127.0.0.1:9090' };
    expect(Array.from(agentmon.fromEnvironment?.(env) ?? [])).toEqual([['endpoint', 'http://127.0.0.1:9090']]);
    expect(Array.from(agentmon.fromEnvironment?.({}) ?? [])).toEqual([]);
  });
});
