/** What a response with `usage.iterations` costs: each step by its own model. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { costOf, type ResponseCost } from '../../src/pricing/response-cost.ts';
import { loadPriceTable } from '../../src/pricing/table.ts';
import type { ResponseUsage } from '../../src/pricing/usage.ts';

const table = loadPriceTable(join(import.meta.dirname, '..', '..', 'pricing'));

interface Iteration {
  type?: string;
  model?: string;
  input_tokens?: number | null;
  output_tokens?: number | null;
  cache_read_input_tokens?: number;
  cache_creation_input_tokens?: number;
  cache_creation?: { ephemeral_5m_input_tokens?: number; ephemeral_1h_input_tokens?: number } | null;
}

/** Opus 5.5: 4 USD in, 20 out, 5 and 8 to write, 0.2 to read. */
function costWith(iterations: readonly Iteration[], usage: ResponseUsage = {}): ResponseCost {
  return costOf(
    {
      model: 'claude-opus-5-5',
      timestamp: '2026-11-21T12:00:00Z',
      input_tokens: 1000,
      output_tokens: 100,
      iterations: JSON.stringify(iterations),
      iteration_count: iterations.length,
      ...usage,
    },
    table,
  );
}

const MESSAGE: Iteration = { type: 'message', model: 'claude-opus-5-5', input_tokens: 1000, output_tokens: 100 };
/** 1,000 × 4 + 100 × 20. */
const TOP_LEVEL = 6_000_000_000n;

describe('the steps of the answer', () => {
  test.each<[string, Iteration[], ResponseUsage, bigint]>([
    ['none are listed: the top level', [], {}, TOP_LEVEL],
    ['one that says the same: that', [MESSAGE], {}, TOP_LEVEL],
    ['the top level is the first alone: all of them', [MESSAGE, MESSAGE], {}, 2n * TOP_LEVEL],
    [
      'the top level is their sum: the same either way',
      [MESSAGE, MESSAGE],
      { input_tokens: 2000, output_tokens: 200 },
      2n * TOP_LEVEL,
    ],
    ['one token short in one field: the top level', [{ ...MESSAGE, output_tokens: 99 }], {}, TOP_LEVEL],
    ['short by cache reads: the top level', [MESSAGE], { cache_read_tokens: 10 }, TOP_LEVEL + 2_000_000n],
    ['short by cache writes: the top level', [MESSAGE], { cache_creation_tokens: 10 }, TOP_LEVEL + 50_000_000n],
    ['null counts: the top level', [{ type: 'message', input_tokens: null, output_tokens: null }], {}, TOP_LEVEL],
  ])('%s', (_, iterations, usage, picoUsd) => {
    expect(costWith(iterations, usage).cost_pico_usd).toBe(String(picoUsd));
  });

  test('a step without a model, or with that of the message, is the model that was asked for', () => {
    const asked = { requested_model: 'claude-sonnet-5-5' };
    const unnamed = { type: 'message', input_tokens: 1000, output_tokens: 100 };
    // 1,000 × 2 + 100 × 10 each.
    expect(costWith([MESSAGE, unnamed], asked)).toMatchObject({
      cost_pico_usd: '6000000000',
      price_step_ids: ['claude-sonnet-5-5@2026-10-07', 'claude-sonnet-5-5@2026-10-07'],
    });
  });

  test('the prompt tier is that of each step, not of their sum', () => {
    const step = { type: 'message', input_tokens: 60_000, output_tokens: 0 };
    const usage = { model: 'claude-haiku-5-5', input_tokens: 120_000, output_tokens: 0 };
    // 120,000 × 0.1; over the threshold it would be five times that.
    expect(costWith([step, step], usage)).toMatchObject({ cost_pico_usd: '12000000000', price_tier: 'standard' });
    const over = { ...step, input_tokens: 100_001 };
    // 60,000 × 0.1 + 100,001 × 0.5.
    expect(costWith([step, over], usage)).toMatchObject({
      cost_pico_usd: '56000500000',
      price_step_ids: ['claude-haiku-5-5@2026-10-07', 'claude-haiku-5-5@2026-10-07/over-100000'],
    });
  });

  test('the region and the service apply to every step, and searches count once at full price', () => {
    const usage = { service_tier: 'batch', inference_geo: 'us', web_search_requests: 2 };
    // 2 × 6,000,000,000 × 0.5 × 1.1 + 2 × 0.01 USD.
    expect(costWith([MESSAGE, MESSAGE], usage).cost_pico_usd).toBe('26600000000');
  });

  test('fast mode applies to the steps of the answer', () => {
    expect(costWith([MESSAGE, MESSAGE], { speed: 'fast' })).toMatchObject({
      cost_pico_usd: '24000000000',
      price_speed: 'fast',
    });
  });
});

describe('cache writes of a step', () => {
  const WRITE = { ...MESSAGE, input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 1000 };
  const NO_TOKENS = { input_tokens: 0, output_tokens: 0 };

  test.each<[string, Iteration, ResponseUsage, bigint, string]>([
    [
      'with a split of its own',
      { ...WRITE, cache_creation: { ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 600 } },
      {},
      6_800_000_000n,
      'known',
    ],
    [
      'live as long as all others of the response: an hour',
      WRITE,
      { cache_creation_tokens: 1000, cache_creation_1h_tokens: 1000 },
      8_000_000_000n,
      'known',
    ],
    [
      'live as long as all others of the response: five minutes',
      { ...WRITE, cache_creation: null },
      { cache_creation_tokens: 1000, cache_creation_5m_tokens: 1000 },
      5_000_000_000n,
      'known',
    ],
    [
      'are taken as five minutes where the response has both',
      WRITE,
      { cache_creation_tokens: 1000, cache_creation_5m_tokens: 500, cache_creation_1h_tokens: 500 },
      5_000_000_000n,
      'assumed',
    ],
    [
      'are taken as five minutes where nothing is told',
      WRITE,
      { cache_creation_tokens: 1000 },
      5_000_000_000n,
      'assumed',
    ],
  ])('%s', (_, iteration, usage, picoUsd, split) => {
    const { cost_pico_usd, cache_split, cost_flags } = costWith([iteration], { ...NO_TOKENS, ...usage });
    expect([cost_pico_usd, cache_split]).toEqual([String(picoUsd), split]);
    expect(cost_flags).toEqual(split === 'assumed' ? ['cache_ttl_assumed_5m'] : undefined);
  });
});

describe('steps on top', () => {
  /** Fable 5.1: 10 USD in, 50 out. */
  const ADVICE = { type: 'advisor_message', model: 'claude-fable-5-1', input_tokens: 2000, output_tokens: 10 };
  const COMPACTION = { type: 'compaction', input_tokens: 50_000, output_tokens: 1000 };

  test.each<[string, Iteration[], ResponseUsage, bigint]>([
    ["advice, at its own model's price", [MESSAGE, ADVICE], {}, TOP_LEVEL + 20_500_000_000n],
    ['advice without a step of the answer', [ADVICE], {}, TOP_LEVEL + 20_500_000_000n],
    [
      'advice of the adviser that the line names',
      [MESSAGE, { type: 'advisor_message', input_tokens: 2000, output_tokens: 10 }],
      { advisor_model: 'claude-fable-5-1' },
      TOP_LEVEL + 20_500_000_000n,
    ],
    ['advice of the same model', [MESSAGE, { ...ADVICE, model: 'claude-opus-5-5' }], {}, TOP_LEVEL + 8_200_000_000n],
    ['a compaction, at the price of the message', [MESSAGE, COMPACTION], {}, TOP_LEVEL + 220_000_000_000n],
    ['both', [ADVICE, MESSAGE, COMPACTION], {}, TOP_LEVEL + 240_500_000_000n],
  ])('%s', (_, iterations, usage, picoUsd) => {
    expect(costWith(iterations, usage).cost_pico_usd).toBe(String(picoUsd));
  });

  test('advice is taken at standard speed, and the amount says so', () => {
    expect(costWith([MESSAGE, ADVICE], { speed: 'fast' })).toMatchObject({
      cost_pico_usd: String(2n * TOP_LEVEL + 20_500_000_000n),
      cost_flags: ['step_speed_assumed'],
      price_id: 'claude-opus-5-5@2026-09-22/fast',
      price_step_ids: ['claude-opus-5-5@2026-09-22/fast', 'claude-fable-5-1@2026-09-01'],
    });
  });

  test('a step whose model has no price leaves no amount, not a smaller one', () => {
    expect(costWith([MESSAGE, { ...ADVICE, model: 'claude-next' }])).toEqual({
      cost_status: 'unknown_model',
      cost_flags: ['step_without_price'],
    });
  });
});

describe('a fallback to another model', () => {
  const SERVED = { type: 'fallback_message', model: 'claude-opus-5-5', input_tokens: 1000, output_tokens: 100 };
  const DECLINED = { type: 'message', model: 'claude-fable-5-1', input_tokens: 1000, output_tokens: 0 };
  const asked = { requested_model: 'claude-fable-5-1' };

  test.each<[string, Iteration[], ResponseUsage, bigint, string[] | undefined]>([
    ['the attempt that served, by its model', [SERVED], asked, TOP_LEVEL, undefined],
    [
      'an attempt that was declined after output, by its own',
      [{ ...DECLINED, output_tokens: 10 }, SERVED],
      asked,
      TOP_LEVEL + 10_500_000_000n,
      undefined,
    ],
    [
      'an attempt without a model is of the one that was asked for',
      [{ type: 'message', input_tokens: 1000, output_tokens: 10 }, SERVED],
      asked,
      TOP_LEVEL + 10_500_000_000n,
      undefined,
    ],
    [
      'earlier steps of the one that served',
      [DECLINED, { ...SERVED, type: 'message' }, SERVED],
      { ...asked, timestamp: '2026-09-23T23:59:59.999Z' },
      2n * TOP_LEVEL,
      undefined,
    ],
    [
      'declined before output, while that was free',
      [DECLINED, SERVED],
      { ...asked, timestamp: '2026-09-23T23:59:59.999Z' },
      TOP_LEVEL,
      undefined,
    ],
    [
      'declined before output since some of that is billed: left out, and said',
      [DECLINED, SERVED],
      { ...asked, timestamp: '2026-09-24T00:00:00Z' },
      TOP_LEVEL,
      ['refusal_billing_unknown'],
    ],
    ['standard speed is taken', [SERVED], { ...asked, speed: 'fast' }, TOP_LEVEL, ['step_speed_assumed']],
  ])('%s', (_, iterations, usage, picoUsd, flags) => {
    const { cost_pico_usd, cost_flags, price_id } = costWith(iterations, usage);
    expect([cost_pico_usd, cost_flags, price_id]).toEqual([String(picoUsd), flags, 'claude-opus-5-5@2026-09-22']);
  });
});

describe('what is not understood', () => {
  test.each<[string, string | undefined, string]>([
    ['no JSON', 'REDACTED', 'iterations_unreadable'],
    ['no text', undefined, 'iterations_unreadable'],
    ['no list', '{}', 'iterations_unreadable'],
    ['no objects', '[1]', 'iterations_unreadable'],
    ['a type of its own', '[{"type":"dream","input_tokens":5}]', 'iteration_type_unknown'],
    ['no type', '[{"input_tokens":5}]', 'iteration_type_unknown'],
  ])('%s: the top level is priced, and flagged', (_, iterations, flag) => {
    expect(costWith([], { iterations, iteration_count: 1 })).toMatchObject({
      cost_pico_usd: String(TOP_LEVEL),
      cost_flags: [flag],
    });
  });
});
