import { describe, expect, test } from '@jest/globals';
import type { TraceBy } from '../../../src/destinations/otlp/ids.ts';
import type { Span } from '../../../src/destinations/otlp/model.ts';
import { spansOf } from '../../../src/destinations/otlp/spans.ts';
import type { MessageRecord } from '../../../src/fields/index.ts';
import { claimedRecords } from '../../helpers/claimed.ts';
import { fixtureCases } from '../../helpers/fixtures.ts';

const ways: TraceBy[] = ['turn', 'session'];
const everyCase = fixtureCases().flatMap((name) => {
  const records = claimedRecords(name);
  return ways.map((traceBy) => ({ name, records, traceBy }));
});

describe.each(everyCase)('the spans of $name, a trace for each $traceBy', ({ records, traceBy }) => {
  const spans = spansOf(records, traceBy);
  const byId = new Map(spans.map((span) => [span.spanId, span]));

  test('have ids of their own, of the right length', () => {
    expect(byId.size).toBe(spans.length);
    for (const { traceId, spanId } of spans) {
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(spanId).toMatch(/^[0-9a-f]{16}$/);
    }
  });

  test('have parents, which are in the same trace', () => {
    const missing = spans.filter(({ parentSpanId }) => parentSpanId !== undefined && !byId.has(parentSpanId));
    expect(missing).toEqual([]);
    expect(pairs(spans, byId).filter(([span, parent]) => span.traceId !== parent.traceId)).toEqual([]);
  });

  test('end after they begin, and begin no earlier than their parents', () => {
    for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
      expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
    }
    for (const [span, parent] of pairs(spans, byId)) {
      expect(BigInt(span.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(parent.startTimeUnixNano));
    }
  });

  test('have no circle', () => {
    for (const span of spans) expect(ancestors(span, byId).length).toBeLessThan(10);
  });

  test('have each attribute once', () => {
    const twice = spans.filter(({ attributes }) => new Set(attributes.map(({ key }) => key)).size < attributes.length);
    expect(twice).toEqual([]);
  });

  test('are the same when their records come one by one, but for what stood on other records', () => {
    const one = records.flatMap((record) => spansOf([record], traceBy));
    expect(new Set(one.map(({ spanId }) => spanId))).toEqual(new Set(byId.keys()));
    for (const { spanId, traceId, parentSpanId, name: title, startTimeUnixNano } of one) {
      expect(byId.get(spanId)).toMatchObject({ traceId, name: title, startTimeUnixNano });
      expect(byId.get(spanId)?.parentSpanId).toBe(parentSpanId);
    }
  });
});

describe('a tree', () => {
  test('holds the sub-agent below the call that started it, at any depth', () => {
    expect(treeOf('2.1.329-subagentnest')).toEqual([
      'invoke_agent claude-code',
      '  chat claude-opus-5-5',
      '  execute_tool Agent',
      '    invoke_agent general-purpose',
      '      chat claude-opus-5-5',
      '      execute_tool Agent',
      '        invoke_agent general-purpose',
      '          chat claude-opus-5-5',
      '          execute_tool Bash',
      '          chat claude-opus-5-5',
      '          execute_tool Read',
      '          chat claude-opus-5-5',
      '      chat claude-opus-5-5',
      '  chat claude-opus-5-5',
    ]);
  });

  test.each(['1.0.128-subagent', '2.0.14-subagent'])(
    'holds a sub-agent within the session file below its call, where the trace is the session: %s',
    (name) => {
      expect(treeOf(name, 'session').slice(0, 5)).toEqual([
        expect.stringMatching(/^invoke_agent claude-code$/),
        expect.stringMatching(/^ {2}chat /),
        expect.stringMatching(/^ {2}execute_tool Task$/),
        expect.stringMatching(/^ {4}invoke_agent general-purpose$/),
        expect.stringMatching(/^ {6}chat /),
      ]);
    },
  );
});

describe('a span', () => {
  const spans = spansOf(claimedRecords('2.1.329-parallel'), 'turn');

  test('of a response counts what the cache held among the prompt, and says what it cost', () => {
    expect(valuesOf(spans[0])).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-opus-5-5',
      'gen_ai.response.finish_reasons': ['tool_use'],
      'gen_ai.usage.output_tokens': 49,
    });
    const { 'gen_ai.usage.input_tokens': input, ...values } = valuesOf(spans[0]);
    const parts = [
      'claude_code.uncached_input_tokens',
      'gen_ai.usage.cache_read.input_tokens',
      'gen_ai.usage.cache_creation.input_tokens',
    ];
    expect(input).toBe(parts.reduce((sum, name) => sum + Number(values[name]), 0));
    expect(values['claude_code.cost_usd']).toBe(0.017327);
  });

  test('of a response lasts up to its last line and holds all of its calls', () => {
    const [span] = spans;
    expect(Number(BigInt(span?.endTimeUnixNano ?? 0) - BigInt(span?.startTimeUnixNano ?? 0)) / 1e6).toBe(434);
    const [message] = JSON.parse(String(valuesOf(span)['gen_ai.output.messages']));
    expect(message.parts.map(({ type }: { type: string }) => type)).toEqual([
      'text',
      'tool_call',
      'tool_call',
      'tool_call',
    ]);
  });

  test('of a call that failed has an error for its status', () => {
    const failed = spans.filter(({ status }) => status !== undefined);
    expect(failed.map(({ name, status }) => [name, status])).toEqual([
      ['execute_tool Bash', { code: 2, message: 'exit_nonzero' }],
    ]);
    expect(valuesOf(failed[0])['error.type']).toBe('exit_nonzero');
  });

  test('of a turn holds the prompt, the answer and what it added up to', () => {
    const values = valuesOf(spans.at(-1));
    expect(values).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'claude_code.turn.status': 'ok',
      'claude_code.turn.tool_calls': 3,
      'claude_code.turn.tool_errors': 1,
    });
    expect(JSON.parse(String(values['gen_ai.input.messages']))[0].role).toBe('user');
    expect(JSON.parse(String(values['gen_ai.output.messages']))[0].finish_reason).toBe('end_turn');
  });

  test('says nothing that the record does not say any more', () => {
    const bare: MessageRecord = {
      id: 'a',
      type: 'user',
      session_id: 's',
      turn_id: 't',
      timestamp: '2026-01-02T03:04:05.678Z',
      tool_result_ids: ['c'],
      tool_use_id: 'c',
      tool_input: 'REDACTED',
    };
    const [span] = spansOf([bare], 'turn');
    expect(valuesOf(span)).toMatchObject({ 'gen_ai.tool.call.arguments': 'REDACTED' });
    expect(span).toMatchObject({ startTimeUnixNano: '1767323045678000000', endTimeUnixNano: '1767323045678000000' });
  });
});

test('a request that was given up is an error below its turn', () => {
  const spans = spansOf(claimedRecords('2.1.329-stopfailure'), 'turn');
  const failed = spans.filter(({ name }) => name === 'chat');
  expect(failed.length).toBeGreaterThan(0);
  for (const { status } of failed) expect(status?.code).toBe(2);
});

test('a turn that a Stop hook lets go on has a span for each further end', () => {
  const spans = spansOf(claimedRecords('2.1.329-hook-exit2'), 'turn');
  const turns = spans.filter(({ name }) => name.startsWith('invoke_agent'));
  const roots = turns.filter(({ parentSpanId }) => parentSpanId === undefined);
  expect(turns.length).toBe(roots.length * 9);
});

function pairs(spans: readonly Span[], byId: ReadonlyMap<string, Span>): [span: Span, parent: Span][] {
  return spans.flatMap((span) => {
    const parent = byId.get(span.parentSpanId ?? '');
    return parent === undefined ? [] : [[span, parent]];
  });
}

function ancestors(span: Span, byId: ReadonlyMap<string, Span>): Span[] {
  const above: Span[] = [];
  let next = byId.get(span.parentSpanId ?? '');
  while (next !== undefined && above.length < 10) {
    above.push(next);
    next = byId.get(next.parentSpanId ?? '');
  }
  return above;
}

/** The names of all spans, each below its parent, by their start. */
function treeOf(name: string, traceBy: TraceBy = 'turn'): string[] {
  const spans = spansOf(claimedRecords(name), traceBy);
  const below = (parent: string | undefined, indent: string): string[] =>
    spans
      .filter(({ parentSpanId }) => parentSpanId === parent)
      .toSorted((one, other) => (BigInt(one.startTimeUnixNano) < BigInt(other.startTimeUnixNano) ? -1 : 1))
      .flatMap((span) => [`${indent}${span.name}`, ...below(span.spanId, `${indent}  `)]);
  return below(undefined, '');
}

function valuesOf(span: Span | undefined): { [key: string]: unknown } {
  return Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, plain(value)]));
}

function plain(value: Span['attributes'][number]['value']): unknown {
  if ('intValue' in value) return Number(value.intValue);
  if ('arrayValue' in value) return value.arrayValue.values.map(plain);
  return Object.values(value)[0];
}
