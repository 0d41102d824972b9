import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { entriesOf } from '../../../src/destinations/loki/entries.ts';
import { encode, type Encoding, OWN_LABELS, staticLabels } from '../../../src/destinations/loki/streams.ts';
import { fields, type MessageRecord } from '../../../src/fields/index.ts';
import { redactor } from '../../../src/pipeline/redact.ts';
import { fixtureCases } from '../../helpers/fixtures.ts';
import { mapFixture } from '../../helpers/mapped.ts';

const ENCODING: Encoding = {
  labels: { service_name: 'claude-code' },
  hourLabel: true,
  structuredMetadata: true,
  maxLineBytes: 262_144,
};

interface Stream {
  stream: { [name: string]: string };
  values: [time: string, line: string, metadata: { [name: string]: string }][];
}

function bodyOf(records: readonly MessageRecord[], encoding: Partial<Encoding> = {}): string {
  const entries = records.flatMap((record) => entriesOf(record, 'all')).filter(({ ms }) => !Number.isNaN(ms));
  return encode(entries, { ...ENCODING, ...encoding });
}

function streamsOf(records: readonly MessageRecord[], encoding: Partial<Encoding> = {}): Stream[] {
  return JSON.parse(bodyOf(records, encoding)).streams;
}

function linesOf(streams: readonly Stream[]): { [name: string]: unknown }[] {
  return streams.flatMap(({ values }) => values.map(([, line]) => JSON.parse(line)));
}

const every = fixtureCases().flatMap(mapFixture);
const all = streamsOf(every);

describe('the streams of all fixtures', () => {
  test('are in the order of time, and the times of a stream are those of their lines', () => {
    for (const { values } of all) {
      const times = values.map(([time]) => BigInt(time));
      expect(times).toEqual(times.toSorted((one, other) => (one < other ? -1 : Number(one > other))));
      const written = values.map(([, line]) => Date.parse(JSON.parse(line).timestamp));
      expect(times.map((time) => Number(time / 1_000_000n))).toEqual(written);
    }
  });

  test('have few labels, and these few values', () => {
    const valuesOf = (name: string): number => new Set(all.map(({ stream }) => stream[name])).size;
    expect(new Set(all.flatMap(({ stream }) => Object.keys(stream)))).toEqual(new Set(OWN_LABELS));
    expect(valuesOf('service_name')).toBe(1);
    expect(valuesOf('level')).toBe(3);
    // 13 kinds of tool events, and seven others.
    expect(valuesOf('event')).toBeGreaterThan(10);
    expect(valuesOf('event')).toBeLessThanOrEqual(20);
    expect(valuesOf('hour')).toBeLessThanOrEqual(168);
  });

  test('hold no two lines that are more than an hour apart within a week', () => {
    for (const { values } of all) {
      const times = values.map(([time]) => Number(BigInt(time) / 1_000_000n));
      const apart = times.map((time, index) => time - (times[index - 1] ?? time));
      expect(apart.filter((ms) => ms > 3_600_000 && ms < 167 * 3_600_000)).toEqual([]);
    }
  });

  test('hold each event once, at a time that no other line of its file has', () => {
    // In `multiturn` a session is forked, and only what a machine remembers tells the copies.
    for (const name of fixtureCases().filter((one) => !one.endsWith('multiturn'))) {
      const streams = streamsOf(mapFixture(name));
      // The record of a session keeps its id at the end of each turn.
      const lines = linesOf(streams).filter(({ event_type: event }) => event !== 'session');
      const events = lines.map(({ id, event_type: event }) => `${String(id)} ${String(event)}`);
      expect(new Set(events).size).toBe(events.length);
      const times = streams.flatMap(({ values }) =>
        values.map(([time, line]) => `${time} ${JSON.parse(line).metadata.agent_id} ${JSON.parse(line).session_id}`),
      );
      expect(new Set(times).size).toBe(times.length);
    }
  });

  test('have an event for each result of a tool, with its path or command where it has one', () => {
    const results = every.filter(({ tool_result_ids: ids, is_replay }) => ids !== undefined && !is_replay);
    const events = linesOf(all).filter(({ action_details: details }) => details !== undefined);
    expect(new Set(events.map(({ id }) => id))).toEqual(new Set(results.map(({ id }) => id)));
    expect(events).toHaveLength(results.length);
    expect(events.map(({ action_details: details }) => details)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ operation: 'read', file_path: '/home/dev/project/README.md' }),
        expect.objectContaining({ operation: 'bash', command: 'exit 7', outside_project_scope: false }),
      ]),
    );
  });

  test('add up to the tokens and the cost of the records', () => {
    const sumOf = (values: readonly unknown[]): number =>
      values.reduce<number>((sum, one) => sum + Number(one ?? 0), 0);
    const own = every.filter(({ is_replay }) => !is_replay);
    const metadata = all.flatMap(({ values }) => values.map(([, , one]) => one));
    const sums = {
      cost_usd: 'incremental_cost_usd',
      input_tokens: 'incremental_input_tokens',
      output_tokens: 'incremental_output_tokens',
      cache_read_tokens: 'incremental_cache_read_tokens',
      cache_creation_tokens: 'incremental_cache_creation_tokens',
    } as const;
    for (const [name, field] of Object.entries(sums)) {
      const expected = sumOf(own.map((record) => record[field]));
      expect(expected).toBeGreaterThan(0);
      expect(sumOf(metadata.map((one) => one[name]))).toBeCloseTo(expected, 9);
    }
  });

  test('name models, and not what the client writes in the place of one', () => {
    const models = new Set(all.flatMap(({ values }) => values.flatMap(([, , { model }]) => model ?? [])));
    expect(every.some(({ model }) => model === '<synthetic>')).toBe(true);
    expect(Array.from(models).filter((model) => !model.startsWith('claude-'))).toEqual([]);
    expect(linesOf(all).filter(({ metadata }) => JSON.stringify(metadata).includes('<synthetic>'))).toEqual([]);
  });

  test('say of no text that the level content hides', () => {
    const redact = redactor('content', { hashKey: Buffer.alloc(32) });
    const body = bodyOf(every.map(redact));
    const hidden = Object.keys(fields).filter((name) => fields[name]?.privacy === 'content');
    const texts = every
      .flatMap((record) => hidden.flatMap((name) => new Map<string, unknown>(Object.entries(record)).get(name)))
      .filter((text): text is string => typeof text === 'string' && text.length > 20)
      .map((text) => JSON.stringify(JSON.stringify(text)).slice(3, -3));
    expect(texts.length).toBeGreaterThan(1_000);
    expect(bodyOf(every)).toContain(texts.find((text) => text.includes('Running three things')));
    expect(Array.from(new Set(texts)).filter((text) => body.includes(text))).toEqual([]);
  });

  test('are described in docs/loki.md, with each label, event and name of structured metadata', () => {
    const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'loki.md'), 'utf8');
    const names = all.flatMap(({ stream, values }) => [
      ...Object.keys(stream),
      stream['event'] ?? '',
      ...values.flatMap(([, , metadata]) => Object.keys(metadata)),
    ]);
    expect(Array.from(new Set(names)).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('a line', () => {
  const records = mapFixture('2.1.329-parallel');
  const valuesIn = (streams: readonly Stream[]): string[] =>
    streams.flatMap(({ stream, values }) => values.map((value) => JSON.stringify([stream, value]))).toSorted();

  test('is the same to the byte in whichever batch it comes', () => {
    expect(bodyOf(records)).toBe(bodyOf(records));
    expect(valuesIn(records.flatMap((record) => streamsOf([record])))).toEqual(valuesIn(streamsOf(records)));
  });

  test('of the same millisecond keeps its place', () => {
    const texts = Array.from({ length: 30 }, (_, index): MessageRecord => {
      const timestamp = '2026-11-21T11:00:00.000Z';
      return { id: String(index), type: 'assistant', timestamp, line_number: 9_950 + index };
    });
    const ids = linesOf(streamsOf(texts.toReversed())).map(({ id }) => Number(id));
    expect(ids).toEqual(texts.map(({ id }) => Number(id)));
  });

  test.each([
    ['as long as many lines', '😀"\n'.repeat(200_000)],
    ['of characters that take two bytes each', 'é'.repeat(12_000)],
  ])('with a text %s is cut to what the server takes, and says so', (_title, text) => {
    const first = records.find(({ type }) => type === 'assistant');
    const long: MessageRecord = { ...first, id: 'a', type: 'assistant', text };
    const lines = streamsOf([long], { maxLineBytes: 16_384 }).flatMap(({ values }) => values.map(([, line]) => line));
    expect(lines).toHaveLength(1);
    expect(Buffer.byteLength(lines[0] ?? '')).toBeLessThanOrEqual(16_384);
    const line = JSON.parse(lines[0] ?? '');
    expect(line).toMatchObject({ id: 'a', is_shortened: true, response: { cost_usd: 0.017327 } });
    expect(line.response.text.at(-1)).toBe('…');
    expect(text).toContain(line.response.text.slice(0, -1));
  });

  test.each([
    ['2026-11-22T00:00:00.000Z', 'sun-00'],
    ['2026-11-21T09:59:59.999Z', 'sat-09'],
    ['2026-11-21T10:00:00.000Z', 'sat-10'],
    ['2026-11-20T23:30:00.000Z', 'fri-23'],
  ])('of %s is in the stream of the hour %s', (timestamp, hour) => {
    expect(streamsOf([{ id: 'a', type: 'assistant', timestamp }])).toMatchObject([{ stream: { hour } }]);
  });

  test('has its labels, and no structured metadata where a server has none', () => {
    const labels = { service_name: 'x', ...staticLabels(['team=web', 'env=a=b']) };
    const streams = streamsOf(records, { labels, hourLabel: false, structuredMetadata: false });
    expect(new Set(streams.flatMap(({ values }) => values.map((value) => value.length)))).toEqual(new Set([2]));
    const { event, level, ...others } = streams[0]?.stream ?? {};
    expect({ event, level }).toEqual({ event: 'prompt', level: 'info' });
    expect(others).toEqual({ service_name: 'x', team: 'web', env: 'a=b' });
  });
});

describe('a record', () => {
  const timestamp = '2026-11-21T11:00:00.000Z';

  test.each<[string, MessageRecord, string[]]>([
    ['that ends a turn', { id: 'a', type: 'assistant', turn_status: 'ok' }, ['response info', 'turn info']],
    ['of an open turn', { id: 'a', type: 'turn', turn_status: 'unfinished' }, ['turn warn']],
    ['of a failed request', { id: 'a', type: 'assistant', is_api_error: true }, ['api_error error']],
    [
      'of a tool that failed',
      { id: 'a', type: 'user', tool_result_ids: ['x'], tool_success: false },
      ['tool_usage warn'],
    ],
    [
      'whose tool result ends the turn',
      { id: 'a', type: 'user', tool_result_ids: ['x'], turn_status: 'limit_reached' },
      ['tool_usage info', 'turn warn'],
    ],
    ['of a session', { id: 'a', type: 'session' }, ['session info']],
    ['of a compaction', { id: 'a', type: 'system', subtype: 'compact_boundary' }, ['compaction info']],
    ['that begins no turn', { id: 'a', type: 'user', prompt_kind: 'meta' }, []],
    ['that was copied', { id: 'a', type: 'assistant', is_replay: true, turn_status: 'ok' }, []],
  ])('%s', (_title, record, expected) => {
    const entries = entriesOf({ ...record, timestamp }, 'all');
    expect(entries.map(({ event, level }) => `${event} ${level}`)).toEqual(expected);
  });

  test.each<[string, Partial<MessageRecord>, boolean]>([
    ['a file outside', { is_outside_project: true }, true],
    ['a file inside', { is_outside_project: false }, false],
    ['a command that names a place outside', { command_outside_paths: ['/etc/passwd'] }, true],
    ['a search on the web', {}, false],
  ])('of %s has outside_project_scope', (_title, call, outside) => {
    const [entry] = entriesOf({ id: 'a', type: 'user', tool_result_ids: ['x'], timestamp, ...call }, 'tools');
    expect(entry?.line).toMatchObject({ action_details: { outside_project_scope: outside } });
    expect(entry?.metadata).toMatchObject({ outside_project_scope: outside });
  });
});
