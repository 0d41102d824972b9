/** Every rule of a price as a table: a usage, and what it costs to the pico USD. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { costOf, type ResponseCost } from '../../src/pricing/response-cost.ts';
import { loadPriceTable } from '../../src/pricing/table.ts';
import type { ResponseUsage } from '../../src/pricing/usage.ts';

const table = loadPriceTable(join(import.meta.dirname, '..', '..', 'pricing'));

function cost(usage: ResponseUsage): ResponseCost {
  return costOf({ model: 'claude-opus-5-5', timestamp: '2026-11-21T12:00:00Z', ...usage }, table);
}

function picoUsd(usage: ResponseUsage): string {
  const { cost_pico_usd, cost_status } = cost(usage);
  return cost_pico_usd ?? cost_status;
}

/** A million tokens of each category. */
const MILLION = {
  input_tokens: 1_000_000,
  output_tokens: 1_000_000,
  cache_read_tokens: 1_000_000,
  cache_creation_tokens: 2_000_000,
  cache_creation_5m_tokens: 1_000_000,
  cache_creation_1h_tokens: 1_000_000,
};

/** Of a category alone: a million of it, in USD. */
const CATEGORIES: [keyof ResponseUsage, ResponseUsage][] = [
  ['input_tokens', { input_tokens: 1 }],
  ['output_tokens', { output_tokens: 1 }],
  ['cache_creation_5m_tokens', { cache_creation_tokens: 1, cache_creation_5m_tokens: 1 }],
  ['cache_creation_1h_tokens', { cache_creation_tokens: 1, cache_creation_1h_tokens: 1 }],
  ['cache_read_tokens', { cache_read_tokens: 1 }],
];

describe('the five categories', () => {
  test.each<[string, number[]]>([
    ['claude-fable-5-2', [8_000_000, 40_000_000, 10_000_000, 16_000_000, 200_000]],
    ['claude-fable-5-1', [10_000_000, 50_000_000, 12_500_000, 20_000_000, 250_000]],
    ['claude-fable-5', [10_000_000, 50_000_000, 12_500_000, 20_000_000, 1_000_000]],
    ['claude-opus-5-5', [4_000_000, 20_000_000, 5_000_000, 8_000_000, 200_000]],
    ['claude-opus-5', [5_000_000, 25_000_000, 6_250_000, 10_000_000, 500_000]],
    ['claude-opus-4-1-20250805', [15_000_000, 75_000_000, 18_750_000, 30_000_000, 1_500_000]],
    ['claude-sonnet-5-5', [2_000_000, 10_000_000, 2_500_000, 4_000_000, 100_000]],
    ['claude-sonnet-5', [2_000_000, 10_000_000, 2_500_000, 4_000_000, 200_000]],
    ['claude-sonnet-4-6', [3_000_000, 15_000_000, 3_750_000, 6_000_000, 300_000]],
    ['claude-haiku-5-5', [100_000, 500_000, 125_000, 200_000, 10_000]],
    ['claude-haiku-4-5', [1_000_000, 5_000_000, 1_250_000, 2_000_000, 100_000]],
    ['claude-3-haiku-20240307', [250_000, 1_250_000, 300_000, 500_000, 30_000]],
  ])('one token of each on %s: %j pico USD', (model, amounts) => {
    expect(CATEGORIES.map(([, usage]) => picoUsd({ model, ...usage }))).toEqual(amounts.map(String));
  });

  test('a million of each is their sum, which the total of the cache writes is no part of', () => {
    expect(picoUsd(MILLION)).toBe('37200000000000');
  });
});

describe('cache writes', () => {
  test.each<[string, ResponseUsage, string, string]>([
    ['all of five minutes', { cache_creation_5m_tokens: 100 }, '500000000', 'known'],
    ['all of an hour', { cache_creation_1h_tokens: 100 }, '800000000', 'known'],
    [
      'a split larger than the sum',
      { cache_creation_5m_tokens: 60, cache_creation_1h_tokens: 60 },
      '780000000',
      'known',
    ],
    ['no split', {}, '500000000', 'assumed'],
    [
      'a rest that is in neither',
      { cache_creation_5m_tokens: 30, cache_creation_1h_tokens: 60 },
      '680000000',
      'assumed',
    ],
  ])('%s', (_, split, amount, cache_split) => {
    expect(cost({ cache_creation_tokens: 100, ...split })).toMatchObject({ cost_pico_usd: amount, cache_split });
  });

  test('without any there is nothing to split', () => {
    expect(cost({ input_tokens: 1 })).not.toHaveProperty('cache_split');
  });
});

describe('long prompts', () => {
  const HAIKU = { model: 'claude-haiku-5-5' };

  test.each<[string, ResponseUsage, string]>([
    ['a token below the line', { input_tokens: 99_999, output_tokens: 1000 }, '10499900000'],
    ['on the line', { input_tokens: 100_000, output_tokens: 1000 }, '10500000000'],
    ['a token over it: the whole request, output too', { input_tokens: 100_001, output_tokens: 1000 }, '52500500000'],
    ['over it by a cache read', { input_tokens: 100_000, cache_read_tokens: 1 }, '50000050000'],
    ['over it by a cache write', { input_tokens: 100_000, cache_creation_tokens: 1 }, '50000625000'],
    [
      'over it by a write of an hour',
      { input_tokens: 100_000, cache_creation_tokens: 1, cache_creation_1h_tokens: 1 },
      '50001000000',
    ],
    ['output does not count', { input_tokens: 100_000, output_tokens: 100_000 }, '60000000000'],
    ['factors come on top', { input_tokens: 100_001, inference_geo: 'us' }, '55000550000'],
  ])('Haiku 5.5, %s', (_, usage, amount) => {
    expect(picoUsd({ ...HAIKU, ...usage })).toBe(amount);
  });

  test.each<[string, string, string, number, string]>([
    ['Sonnet 4 before the long window', 'claude-sonnet-4-20250514', '2025-08-11', 200_001, '600003000000'],
    ['Sonnet 4 from its day on', 'claude-sonnet-4-20250514', '2025-08-12', 200_001, '1200006000000'],
    ['Sonnet 4 on the line', 'claude-sonnet-4-20250514', '2025-08-12', 200_000, '600000000000'],
    ['Sonnet 4.5', 'claude-sonnet-4-5', '2026-01-01', 200_001, '1200006000000'],
    ['Opus 4.6 on the last day of the tier', 'claude-opus-4-6', '2026-03-12', 200_001, '2000010000000'],
    ['Opus 4.6 on the day after', 'claude-opus-4-6', '2026-03-13', 200_001, '1000005000000'],
    ['Sonnet 4.6 on the last day of the tier', 'claude-sonnet-4-6', '2026-03-12', 200_001, '1200006000000'],
    ['Sonnet 4.6 on the day after', 'claude-sonnet-4-6', '2026-03-13', 200_001, '600003000000'],
    ['Opus 5.5, which has none', 'claude-opus-5-5', '2026-11-21', 1_000_000, '4000000000000'],
  ])('%s', (_, model, day, input_tokens, amount) => {
    expect(picoUsd({ model, timestamp: `${day}T12:00:00Z`, input_tokens })).toBe(amount);
  });
});

describe('dated changes, on the day and the day before', () => {
  test.each<[string, string, ResponseUsage, string, string, string]>([
    ['Sonnet 5.5 cache reads', 'claude-sonnet-5-5', { cache_read_tokens: 10 }, '2026-10-07', '2000000', '1000000'],
    ['Opus 5.5 comes out', 'claude-opus-5-5', { input_tokens: 1 }, '2026-09-22', 'no_price_for_date', '4000000'],
    ['Fable 5.2 comes out', 'claude-fable-5-2', { input_tokens: 1 }, '2026-11-09', 'no_price_for_date', '8000000'],
    [
      'the rise of Sonnet 5 that never came',
      'claude-sonnet-5',
      { output_tokens: 1 },
      '2026-09-01',
      '10000000',
      '10000000',
    ],
    [
      'fast Opus 4.8 ends',
      'claude-opus-4-8',
      { speed: 'fast', input_tokens: 1 },
      '2026-12-01',
      '10000000',
      'fast_rate_unknown',
    ],
    [
      'fast Opus 4.7 ends',
      'claude-opus-4-7',
      { speed: 'fast', input_tokens: 1 },
      '2026-07-25',
      '30000000',
      'fast_rate_unknown',
    ],
  ])('%s', (_, model, usage, day, before, after) => {
    const first = Date.parse(`${day}T00:00:00Z`);
    const at = (ms: number): string => picoUsd({ model, ...usage, timestamp: new Date(ms).toISOString() });
    expect([at(first - 1), at(first)]).toEqual([before, after]);
  });
});

describe('fast mode', () => {
  test.each<[string, string, string]>([
    ['claude-fable-5-2', '2026-11-21', '148400000000000'],
    ['claude-opus-5-5', '2026-11-21', '74400000000000'],
    ['claude-opus-5', '2026-11-21', '93500000000000'],
    ['claude-opus-4-8', '2026-11-21', '93500000000000'],
    ['claude-opus-4-7', '2026-05-01', '280500000000000'],
    ['claude-opus-4-6', '2026-05-01', '280500000000000'],
    ['claude-sonnet-5-5', '2026-11-21', 'fast_rate_unknown'],
    ['claude-haiku-5-5', '2026-11-21', 'fast_rate_unknown'],
  ])('%s on %s: every category has its factor', (model, day, amount) => {
    expect(picoUsd({ model, timestamp: `${day}T12:00:00Z`, speed: 'fast', ...MILLION })).toBe(amount);
  });

  test('what was asked for does not count, what was answered does', () => {
    expect(picoUsd({ speed: 'standard', input_tokens: 1 })).toBe('4000000');
    expect(picoUsd({ speed: 'fast', input_tokens: 1, inference_geo: 'us' })).toBe('8800000');
  });
});

describe('factors', () => {
  test.each<[string, ResponseUsage, string]>([
    ['US inference', { inference_geo: 'us' }, '40920000000000'],
    ['anywhere', { inference_geo: 'global' }, '37200000000000'],
    ['not told', { inference_geo: 'not_available' }, '37200000000000'],
    ['US on a model before 4.6', { model: 'claude-opus-4-5', inference_geo: 'us' }, '46750000000000'],
    ['batch', { service_tier: 'batch' }, '18600000000000'],
    ['batch in the US', { service_tier: 'batch', inference_geo: 'us' }, '20460000000000'],
    ['priority', { service_tier: 'priority' }, '37200000000000'],
    ['Bedrock in a region', { model: 'eu.anthropic.claude-opus-5-5' }, '40920000000000'],
    ['Bedrock anywhere', { model: 'global.anthropic.claude-opus-5-5' }, '37200000000000'],
    [
      'Bedrock in a region, before the factor',
      { model: 'us.anthropic.claude-opus-4-1-20250805-v1:0' },
      '140250000000000',
    ],
    ['searches, which have none', { service_tier: 'batch', web_search_requests: 3 }, '18630000000000'],
  ])('%s', (_, usage, amount) => {
    expect(picoUsd({ ...MILLION, ...usage })).toBe(amount);
  });

  test('a fetched page costs its tokens, and what a container costs is not told', () => {
    expect(cost({ input_tokens: 1, code_execution_requests: 1 })).toMatchObject({
      cost_pico_usd: '4000000',
      cost_flags: ['code_execution_not_priced'],
    });
    expect(cost({ input_tokens: 1, code_execution_requests: 0 })).not.toHaveProperty('cost_flags');
  });
});

describe('nothing', () => {
  test.each<[string, ResponseUsage, string]>([
    ['zero tokens cost zero', { input_tokens: 0, output_tokens: 0 }, '0'],
    ['no counts at all cost zero', {}, '0'],
    ['a search without tokens costs a search', { web_search_requests: 1 }, '10000000000'],
    ['a line of the client itself costs zero', { model: '<synthetic>', input_tokens: 5 }, '0'],
    [
      'zero cache tokens need no cache price',
      { model: 'claude-2.1', input_tokens: 1, cache_read_tokens: 0 },
      '8000000',
    ],
    ['one cache token does', { model: 'claude-2.1', input_tokens: 1, cache_read_tokens: 1 }, 'cache_price_unknown'],
    ['an unknown model has no price, not even of nothing', { model: 'claude-next', input_tokens: 0 }, 'unknown_model'],
  ])('%s', (_, usage, amount) => {
    expect(picoUsd(usage)).toBe(amount);
  });

  test('without a price table nothing has a price', () => {
    expect(costOf({ model: 'claude-opus-5-5', input_tokens: 1 }, new Map())).toEqual({ cost_status: 'no_price_table' });
  });
});

describe('where the amount comes from', () => {
  test.each<[string, ResponseUsage, object]>([
    [
      'a plain request',
      { input_tokens: 1, cache_creation_tokens: 1, cache_creation_1h_tokens: 1 },
      {
        price_id: 'claude-opus-5-5@2026-09-22',
        price_effective_from: '2026-09-22',
        price_basis: 'list',
        price_tier: 'standard',
        price_speed: 'standard',
        price_table_version: '2026-11-20',
        cache_split: 'known',
      },
    ],
    [
      'a long prompt',
      { model: 'claude-haiku-5-5', input_tokens: 100_001 },
      { price_id: 'claude-haiku-5-5@2026-10-07/over-100000', price_tier: 'long_prompt', price_speed: 'standard' },
    ],
    [
      'fast mode',
      { speed: 'fast', cache_creation_tokens: 1 },
      { price_id: 'claude-opus-5-5@2026-09-22/fast', price_speed: 'fast', cache_split: 'assumed' },
    ],
  ])('%s', (_, usage, provenance) => {
    expect(cost(usage)).toMatchObject(provenance);
  });

  test('what has no price says nothing of one', () => {
    expect(Object.keys(cost({ model: 'claude-next', input_tokens: 1 }))).toEqual(['cost_status']);
  });
});
