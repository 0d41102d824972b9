import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MessageRecord } from '../../src/fields/index.ts';
import { price } from '../../src/pipeline/price.ts';
import { loadPriceTable } from '../../src/pricing/table.ts';

const table = loadPriceTable(join(import.meta.dirname, '..', '..', 'pricing'));
const NOW = '2026-11-21T12:00:00.000Z';

function recordOf(values: Partial<MessageRecord>): MessageRecord {
  return { id: 'r', type: 'assistant', timestamp: NOW, model: 'claude-opus-5-5', ...values };
}

function cost(values: Partial<MessageRecord>): Partial<MessageRecord> {
  const { cost_usd, cost_pico_usd, cost_status, cost_flags, price_id } = price(recordOf(values), table);
  return JSON.parse(JSON.stringify({ cost_usd, cost_pico_usd, cost_status, cost_flags, price_id }));
}

describe('the amount', () => {
  test('every category has its price, and the row is named', () => {
    const counts = {
      input_tokens: 3,
      output_tokens: 7,
      cache_creation_tokens: 300,
      cache_creation_5m_tokens: 100,
      cache_creation_1h_tokens: 200,
      cache_read_tokens: 1000,
    };
    expect(cost(counts)).toEqual({
      cost_usd: 0.002452,
      cost_pico_usd: '2452000000',
      cost_status: 'priced',
      price_id: 'claude-opus-5-5@2026-09-22',
    });
  });

  test.each<[string, Partial<MessageRecord>, string]>([
    ['a million input tokens', {}, '4'],
    ['inference in the US', { inference_geo: 'us' }, '4.4'],
    ['batch', { service_tier: 'batch' }, '2'],
    ['fast', { speed: 'fast' }, '8'],
    ['fast in the US', { speed: 'fast', inference_geo: 'us' }, '8.8'],
    ['a region of Bedrock', { model: 'eu.anthropic.claude-opus-5-5' }, '4.4'],
    [
      'batch in a region of Bedrock, in the US',
      { model: 'us.anthropic.claude-opus-5-5', service_tier: 'batch', inference_geo: 'us' },
      '2.42',
    ],
    ['ten searches, which no factor touches', { service_tier: 'batch', web_search_requests: 10 }, '2.1'],
  ])('%s', (_, values, usd) => {
    expect(cost({ input_tokens: 1_000_000, ...values })).toMatchObject({
      cost_usd: Number(usd),
      cost_status: 'priced',
    });
  });

  test.each([
    ['at the threshold', { input_tokens: 60_000, cache_read_tokens: 40_000 }, 0.0064, 'claude-haiku-5-5@2026-10-07'],
    [
      'one token over it',
      { input_tokens: 60_000, cache_read_tokens: 40_001 },
      0.03200005,
      'claude-haiku-5-5@2026-10-07/over-100000',
    ],
    [
      'over it by cache writes, output included',
      { output_tokens: 1000, cache_creation_tokens: 100_001, cache_creation_1h_tokens: 100_001 },
      0.102501,
      'claude-haiku-5-5@2026-10-07/over-100000',
    ],
    ['output alone', { input_tokens: 10, output_tokens: 120_000 }, 0.060001, 'claude-haiku-5-5@2026-10-07'],
  ])('the prompt tier: %s', (_, counts, usd, id) => {
    expect(cost({ model: 'claude-haiku-5-5', ...counts })).toMatchObject({ cost_usd: usd, price_id: id });
  });

  test('the model that was asked for is priced, not the one that answered', () => {
    const answeredByOther = { requested_model: 'claude-sonnet-5-5', model: 'claude-opus-5-5', input_tokens: 1 };
    expect(cost(answeredByOther)).toMatchObject({ cost_pico_usd: '2000000', price_id: 'claude-sonnet-5-5@2026-10-07' });
    expect(cost({ ...answeredByOther, requested_model: 'claude-next' })).toEqual({ cost_status: 'unknown_model' });
  });

  test('the price is that of its day', () => {
    const read = { model: 'claude-sonnet-5-5', cache_read_tokens: 1_000_000 };
    expect(cost({ ...read, timestamp: '2026-10-06T23:59:59.999Z' })).toMatchObject({ cost_usd: 0.2 });
    expect(cost({ ...read, timestamp: '2026-10-07T00:00:00.000Z' })).toMatchObject({ cost_usd: 0.1 });
  });
});

describe('no amount', () => {
  test.each<[string, Partial<MessageRecord>, string]>([
    ['an unknown model', { model: 'claude-opus-9' }, 'unknown_model'],
    ['no model', { model: undefined }, 'unknown_model'],
    ['a day before the first price', { timestamp: '2026-09-21T23:59:59Z' }, 'no_price_for_date'],
    ['no day', { timestamp: undefined }, 'no_price_for_date'],
    ['fast on a model without it', { model: 'claude-sonnet-5-5', speed: 'fast' }, 'fast_rate_unknown'],
    ['fast after its end', { model: 'claude-opus-4-7', speed: 'fast' }, 'fast_rate_unknown'],
    ['the cache on a model without cache prices', { model: 'claude-2.1', cache_read_tokens: 1 }, 'cache_price_unknown'],
    ['a refusal that may be billed', { stop_reason: 'refusal', output_tokens: 0 }, 'refusal_billing_unknown'],
  ])('%s', (_, values, status) => {
    expect(cost({ input_tokens: 1, output_tokens: 1, ...values })).toEqual({ cost_status: status });
  });

  test('no string that the table does not know has an amount', () => {
    const words = fc.oneof(fc.string(), fc.stringMatching(/^claude-(opus|sonnet|haiku|fable)-\d{1,2}(-\d{1,2})?$/));
    fc.assert(
      fc.property(words, (model) => {
        fc.pre(!table.has(model.trim().toLowerCase()));
        expect(cost({ model, input_tokens: 1 })).toEqual({ cost_status: 'unknown_model' });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('no bill', () => {
  test('a line that the client wrote itself', () => {
    expect(cost({ model: '<synthetic>', input_tokens: 0, output_tokens: 0, timestamp: undefined })).toEqual({
      cost_usd: 0,
      cost_pico_usd: '0',
      cost_status: 'not_billed',
      cost_flags: ['synthetic_model'],
    });
  });

  test('a refusal before any output, while none was billed', () => {
    const refusal = { stop_reason: 'refusal', input_tokens: 1000, output_tokens: 0 };
    const lastFreeMoment = '2026-09-23T23:59:59.999Z';
    expect(cost({ ...refusal, timestamp: lastFreeMoment })).toMatchObject({
      cost_usd: 0,
      cost_status: 'not_billed',
      cost_flags: ['unbilled_refusal'],
    });
    expect(cost({ ...refusal, timestamp: lastFreeMoment, output_tokens: 1 })).toMatchObject({ cost_status: 'priced' });
    expect(cost({ ...refusal, timestamp: '2026-09-24T00:00:00Z' })).toEqual({ cost_status: 'refusal_billing_unknown' });
  });

  test.each([
    ['of a category that is billed', { category: 'bio' }, 'priced', '4000000000'],
    ['of another category', { category: 'cyber' }, 'not_billed', '0'],
    ['of no category', { category: null }, 'not_billed', '0'],
    ['of a category that the line does not tell', {}, 'refusal_billing_unknown', undefined],
  ])('a refusal before any output, %s', (_, details, cost_status, cost_pico_usd) => {
    const refusal = { stop_reason: 'refusal', input_tokens: 1000, output_tokens: 0 };
    const told = { ...refusal, stop_details: JSON.stringify({ type: 'refusal', ...details }) };
    const { cost_status: status, cost_pico_usd: picoUsd } = cost(told);
    expect([status, picoUsd]).toEqual([cost_status, cost_pico_usd]);
  });
});

describe('what had to be assumed', () => {
  test.each<[string, Partial<MessageRecord>, string[] | undefined, number]>([
    ['nothing', { service_tier: 'standard', speed: 'standard', inference_geo: 'not_available' }, undefined, 4],
    ['nothing where the region is empty', { inference_geo: '' }, undefined, 4],
    ['a region that is not in the price list', { inference_geo: 'eu' }, ['inference_geo_unknown'], 4],
    [
      'a region that the model does not have',
      { model: 'claude-opus-4-5', inference_geo: 'us' },
      ['inference_geo_unsupported'],
      5,
    ],
    ['priority at list price', { service_tier: 'priority' }, ['priority_tier_list_price'], 4],
    ['an unknown tier of service', { service_tier: 'flex' }, ['service_tier_unknown'], 4],
    [
      'batch on a model without it',
      { model: 'claude-2.1', service_tier: 'batch' },
      ['low_confidence_price', 'service_tier_unknown'],
      8,
    ],
    ['an unknown speed', { speed: 'turbo' }, ['speed_unknown'], 4],
    ['the region of Bedrock', { model: 'anthropic.claude-opus-5-5' }, ['bedrock_region_unknown'], 4],
    ['the price of a region', { model: 'us-gov.anthropic.claude-opus-5-5' }, ['region_price_unknown'], 4.4],
    ["a gateway's bill", { model: 'anthropic/claude-opus-5.5' }, ['gateway_price'], 4],
    ['a price with one source', { model: 'claude-mythos-preview' }, ['low_confidence_price'], 25],
  ])('%s', (_, values, flags, usd) => {
    const { cost_flags, cost_usd, cost_status } = cost({ input_tokens: 1_000_000, ...values });
    expect({ cost_flags, cost_usd, cost_status }).toEqual({ cost_flags: flags, cost_usd: usd, cost_status: 'priced' });
  });

  test.each<[string, Partial<MessageRecord>, string]>([
    ['without a split, all of them', {}, '50000000000'],
    ['with a short split, the rest', { cache_creation_5m_tokens: 1000, cache_creation_1h_tokens: 3000 }, '59000000000'],
    ['with one half of a split, the rest', { cache_creation_1h_tokens: 6000 }, '68000000000'],
  ])('cache writes last five minutes: %s', (_, split, picoUsd) => {
    expect(cost({ cache_creation_tokens: 10_000, ...split })).toMatchObject({
      cost_pico_usd: picoUsd,
      cost_flags: ['cache_ttl_assumed_5m'],
    });
  });

  test('a full split leaves nothing to assume', () => {
    const split = { cache_creation_tokens: 10_000, cache_creation_5m_tokens: 4000, cache_creation_1h_tokens: 6000 };
    expect(cost(split)).toMatchObject({ cost_pico_usd: '68000000000' });
    expect(cost(split).cost_flags).toBeUndefined();
  });
});

describe('the record', () => {
  test.each<[string, MessageRecord]>([
    ['of another type', { ...recordOf({ input_tokens: 1 }), type: 'user' }],
    ['without usage', recordOf({ stop_reason: 'end_turn' })],
  ])('%s passes as it is', (_, record) => {
    expect(price(record, table)).toBe(record);
  });

  test('is not changed, and keeps its other fields', () => {
    const record = Object.freeze(recordOf({ input_tokens: 1, text: 'hello', cwd: '/project' }));
    expect(price(record, table)).toMatchObject({ ...record });
  });

  test('priced again says the same; with another price table, nothing of the old one is left', () => {
    const once = price(recordOf({ input_tokens: 10, cache_creation_tokens: 10, inference_geo: 'moon' }), table);
    expect(price(once, table)).toEqual(once);
    const withoutPrices = price(once, new Map());
    expect(JSON.parse(JSON.stringify(withoutPrices))).toEqual({
      ...recordOf({ input_tokens: 10, cache_creation_tokens: 10, inference_geo: 'moon' }),
      cost_status: 'no_price_table',
    });
  });

  const tokens = fc.integer({ min: 0, max: 10_000 });
  const counts = fc.record({
    input_tokens: tokens,
    output_tokens: tokens,
    cache_read_tokens: tokens,
    cache_creation_tokens: tokens,
    web_search_requests: fc.integer({ min: 0, max: 20 }),
  });
  const pico = (values: Partial<MessageRecord>): bigint => BigInt(cost(values).cost_pico_usd ?? NaN);

  test('within a tier, each category adds its own amount', () => {
    fc.assert(
      fc.property(counts, (all) => {
        const parts = Object.entries(all).map(([name, number]) => pico({ [name]: number }));
        expect(pico(all)).toBe(parts.reduce((sum, part) => sum + part));
      }),
    );
  });

  test('exact amounts add up to one total in any order', () => {
    const shuffled = fc
      .array(counts, { minLength: 2, maxLength: 20 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    const total = (all: Partial<MessageRecord>[]): bigint => all.map(pico).reduce((sum, amount) => sum + amount);
    fc.assert(fc.property(shuffled, ([all, other]) => expect(total(other)).toBe(total(all))));
  });
});
