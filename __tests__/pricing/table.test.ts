import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UserError } from '../../src/errors.ts';
import { findPrice, loadPriceTable, type PriceQuery } from '../../src/pricing/table.ts';

const table = loadPriceTable(join(import.meta.dirname, '..', '..', 'pricing'));
const NOW = '2026-11-21T12:00:00.000Z';

const scratch = mkdtempSync(join(tmpdir(), 'stopwire-prices-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function find(query: Partial<PriceQuery>) {
  return findPrice(table, { model: 'claude-opus-5-5', timestamp: NOW, promptTokens: 0, ...query });
}

/** The row that was found, or why none was. */
function answer(query: Partial<PriceQuery>): string {
  const found = find(query);
  return found.status === 'found' ? found.id : found.status;
}

function flagsOf(model: string): readonly string[] {
  const found = find({ model });
  return found.status === 'found' ? found.flags : [found.status];
}

describe('the id of a model', () => {
  test.each([
    ['its own id', 'claude-opus-5-5', 'claude-opus-5-5@2026-09-22'],
    ['the model that it begins with is another one', 'claude-opus-5', 'claude-opus-5@2026-07-24'],
    ['an alias', 'claude-haiku-4-5', 'claude-haiku-4-5-20251001@2025-10-15'],
    ['spaces and capitals', '  Claude-Haiku-4-5\n', 'claude-haiku-4-5-20251001@2025-10-15'],
    ["the client's sign for the long window", 'claude-opus-5-5[1m]', 'claude-opus-5-5@2026-09-22'],
    ['Google Cloud, dated', 'claude-sonnet-4-5@20250929', 'claude-sonnet-4-5-20250929@2025-09-29'],
    ['Google Cloud, default version', 'claude-opus-4-8@default', 'claude-opus-4-8@2026-05-28'],
    ['Bedrock', 'anthropic.claude-opus-4-6-v1', 'claude-opus-4-6@2026-03-13'],
    ['Bedrock in a region', 'eu.anthropic.claude-opus-4-6-v1', 'claude-opus-4-6@2026-03-13'],
    [
      'Bedrock in a region, with the long window',
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0[1m]',
      'claude-sonnet-4-5-20250929@2025-09-29',
    ],
    [
      'the ARN of an inference profile',
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-5-5',
      'claude-opus-5-5@2026-09-22',
    ],
    ['a gateway', 'anthropic/claude-opus-4.5', 'claude-opus-4-5-20251101@2025-11-24'],
    ['a provider prefix', 'vertex_ai/claude-opus-4-5@20251101', 'claude-opus-4-5-20251101@2025-11-24'],
    ['a provider prefix before a gateway', 'openrouter/anthropic/claude-opus-5.5', 'claude-opus-5-5@2026-09-22'],
  ])('%s: %j', (_, model, expected) => {
    expect(answer({ model })).toBe(expected);
  });

  test.each([
    '',
    'opus',
    'sonnet[1m]',
    'claude',
    'claude-opus',
    'claude-opus-9',
    'claude-opus-5-6',
    'claude-opus-5-5-20260922',
    'claude-opus-5-5-latest',
    'claude-haiku-5',
    'xclaude-opus-5-5',
    'claude-opus-5-5 ultra',
    'ca.anthropic.claude-opus-5-5',
    'litellm/claude-opus-5-5',
    'anthropic/anthropic/claude-opus-5-5',
    'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6',
    'gpt-5',
    '__proto__',
    'constructor',
  ])('%j is unknown', (model) => {
    expect(answer({ model })).toBe('unknown_model');
  });

  test('a request without a model is unknown', () => {
    expect(answer({ model: undefined })).toBe('unknown_model');
  });

  test('whatever is written before, after or into an id, it is unknown or spelt out in the list', () => {
    const ids = fc.constantFrom(...table.keys());
    const bits = fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom(...'abz019-.:/@[]m '.split('')) });
    const close = fc
      .tuple(ids, bits, fc.nat())
      .map(([id, bit, at]) => id.slice(0, at % (id.length + 1)) + bit + id.slice(at % (id.length + 1)));
    fc.assert(
      fc.property(fc.oneof(fc.string(), close), (model) => {
        const id = model.trim().toLowerCase();
        fc.pre(!table.has(id) && !/\[1m\]$|@default$|^arn:/.test(id) && !table.has(id.slice(id.indexOf('/') + 1)));
        expect(answer({ model })).toBe('unknown_model');
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['claude-opus-5-5', []],
    ['global.anthropic.claude-opus-5-5', []],
    ['us.anthropic.claude-opus-5-5', []],
    ['anthropic.claude-opus-5-5', ['bedrock_region_unknown']],
    ['us-gov.anthropic.claude-opus-5-5', ['region_price_unknown']],
    ['anthropic/claude-opus-5.5', ['gateway_price']],
    ['openrouter/anthropic/claude-opus-5.5', ['gateway_price']],
    ['bedrock/anthropic.claude-opus-5-5', ['bedrock_region_unknown', 'gateway_price']],
    ['claude-mythos-preview', ['low_confidence_price']],
  ])('%s leaves open %j', (model, flags) => {
    expect(flagsOf(model)).toEqual(flags);
  });

  test('on a model without a regional factor, the region leaves nothing open', () => {
    expect(flagsOf('anthropic.claude-opus-4-1-20250805-v1:0')).toEqual([]);
    expect(flagsOf('us-gov.anthropic.claude-opus-4-1-20250805-v1:0')).toEqual([]);
  });

  test.each([
    ['claude-opus-5-5', undefined],
    ['anthropic.claude-opus-5-5', undefined],
    ['global.anthropic.claude-opus-5-5', undefined],
    ['us.anthropic.claude-opus-5-5', 11n],
    ['eu.anthropic.claude-haiku-4-5-20251001-v1:0', 11n],
    ['us-gov.anthropic.claude-opus-5-5', 11n],
    ['us.anthropic.claude-opus-4-1-20250805-v1:0', undefined],
  ])('%s has the regional factor %s', (model, regional) => {
    expect(find({ model })).toMatchObject({ regional });
  });
});

describe('the day', () => {
  test.each([
    ['the last moment of a row', '2026-10-06T23:59:59.999Z', 'claude-sonnet-5-5@2026-09-28'],
    ['the first moment of the next', '2026-10-07T00:00:00.000Z', 'claude-sonnet-5-5@2026-10-07'],
    ['the same moment in another zone', '2026-10-07T01:00:00.000+02:00', 'claude-sonnet-5-5@2026-09-28'],
    ['years on', '2031-01-01T00:00:00.000Z', 'claude-sonnet-5-5@2026-10-07'],
    ['before the model came out', '2026-09-27T23:59:59.999Z', 'no_price_for_date'],
    ['no day', undefined, 'no_price_for_date'],
    ['not a day', 'yesterday', 'no_price_for_date'],
  ])('%s', (_, timestamp, expected) => {
    expect(answer({ model: 'claude-sonnet-5-5', timestamp })).toBe(expected);
  });
});

describe('the speed', () => {
  test.each([
    ['fast', 'claude-opus-5-5', 'fast', NOW, 'claude-opus-5-5@2026-09-22/fast'],
    ['standard', 'claude-opus-5-5', 'standard', NOW, 'claude-opus-5-5@2026-09-22'],
    ['a model without it', 'claude-sonnet-5-5', 'fast', NOW, 'fast_rate_unknown'],
    ['its last day', 'claude-opus-4-8', 'fast', '2026-11-30T23:59:59Z', 'claude-opus-4-8@2026-05-28/fast'],
    ['the day after', 'claude-opus-4-8', 'fast', '2026-12-01T00:00:00Z', 'fast_rate_unknown'],
    ['before the model', 'claude-opus-4-8', 'fast', '2026-05-27T00:00:00Z', 'no_price_for_date'],
    ['a fast id', 'anthropic/claude-opus-5.5-fast', undefined, NOW, 'claude-opus-5-5@2026-09-22/fast'],
    ['a fast id, served as standard', 'anthropic/claude-opus-5.5-fast', 'standard', NOW, 'claude-opus-5-5@2026-09-22'],
  ])('%s', (_, model, speed, timestamp, expected) => {
    expect(answer({ model, speed, timestamp })).toBe(expected);
  });
});

describe('the prompt tier', () => {
  test.each([
    ['claude-haiku-5-5', 100_000, NOW, 'claude-haiku-5-5@2026-10-07'],
    ['claude-haiku-5-5', 100_001, NOW, 'claude-haiku-5-5@2026-10-07/over-100000'],
    ['claude-sonnet-4-5', 200_001, NOW, 'claude-sonnet-4-5-20250929@2025-09-29/over-200000'],
    ['claude-sonnet-4', 900_000, '2025-08-11T23:00:00Z', 'claude-sonnet-4-20250514@2025-05-22'],
    ['claude-opus-4-6', 900_000, '2026-03-12T23:00:00Z', 'claude-opus-4-6@2026-02-05/over-200000'],
    ['claude-opus-4-6', 900_000, '2026-03-13T00:00:00Z', 'claude-opus-4-6@2026-03-13'],
    ['claude-opus-5-5', 900_000, NOW, 'claude-opus-5-5@2026-09-22'],
  ])('%s at %s prompt tokens on %s', (model, promptTokens, timestamp, expected) => {
    expect(answer({ model, promptTokens, timestamp })).toBe(expected);
  });

  test('fast mode has tiers of its own', () => {
    const query = { model: 'claude-opus-4-6', speed: 'fast', timestamp: '2026-03-01T00:00:00Z', promptTokens: 200_001 };
    expect(answer(query)).toBe('claude-opus-4-6@2026-02-17/fast/over-200000');
  });
});

describe('loading', () => {
  const ROW = {
    effective_from: '2026-01-01',
    effective_to: null,
    input: '1',
    output: '5',
    cache_write_5m: '1.25',
    cache_write_1h: '2',
    cache_read: '0.1',
    confidence: 'high',
    sources: ['page'],
  };
  const MODEL = { id: 'model-a', ids: ['model-a'], factors: {}, prices: [ROW] };
  const FILE = {
    schema_version: 1,
    provider: 'acme',
    data_as_of: '2026-01-02',
    unit: 'USD per 1,000,000 tokens',
    web_search_usd_per_1000: '10',
    models: [MODEL],
    sources: [
      { id: 'page', name: 'page', url: 'https://example.com', content_date: '2026-01-01', read_on: '2026-01-02' },
    ],
  };

  function directoryOf(files: { [name: string]: unknown }): string {
    const directory = mkdtempSync(join(scratch, 'pricing-'));
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
    }
    return directory;
  }

  function errorOf(directory: string): unknown {
    try {
      loadPriceTable(directory);
    } catch (error) {
      return error;
    }
    return undefined;
  }

  test('every JSON file of the folder is read, and nothing else', () => {
    const other = { ...FILE, models: [{ ...MODEL, id: 'model-b', ids: ['model-b'] }] };
    const directory = directoryOf({ 'acme.json': FILE, 'zeta.json': other, 'README.md': '# Prices' });
    expect([...loadPriceTable(directory).keys()]).toEqual(['model-a', 'model-b']);
  });

  test('of several tiers, the highest that the prompt is over applies', () => {
    const { input, output, cache_write_5m, cache_write_1h, cache_read } = ROW;
    const card = { input, output, cache_write_5m, cache_write_1h, cache_read };
    const tiers = [100, 200].map((tokens) => ({ over_prompt_tokens: tokens, ...card }));
    const two = loadPriceTable(directoryOf({ 'acme.json': withRow({ prompt_tiers: tiers }) }));
    const ids = [100, 101, 200, 201].map((promptTokens) =>
      findPrice(two, { model: 'model-a', timestamp: NOW, promptTokens }),
    );
    expect(ids).toMatchObject([
      { id: 'model-a@2026-01-01' },
      { id: 'model-a@2026-01-01/over-100' },
      { id: 'model-a@2026-01-01/over-100' },
      { id: 'model-a@2026-01-01/over-200' },
    ]);
  });

  test.each([
    ['no JSON', '{', 'it is not JSON'],
    ['no object', [], 'the whole is not an object'],
    ['another schema', { ...FILE, schema_version: 2 }, 'schema_version is not 1'],
    ['an unknown key', { ...FILE, currency: 'EUR' }, 'the whole has the unknown key "currency"'],
    ['no models', { ...FILE, models: undefined }, 'models is not a list'],
    ['no id', { ...FILE, models: [{ ...MODEL, id: '' }] }, 'models[0].id is not a text'],
    ['a tier that is misspelt', withRow({ prompt_tier: [] }), 'models[0].prices[0] has the unknown key "prompt_tier"'],
    ['a price as a number', withRow({ input: 1 }), 'models[0].prices[0].input is not a decimal string'],
    ['a price of four places', withRow({ output: '0.0001' }), 'models[0].prices[0].output is not a decimal string'],
    ['no input price', withRow({ input: null }), 'models[0].prices[0].input is not a decimal string'],
    ['a cache price left out', withRow({ cache_read: undefined }), 'models[0].prices[0].cache_read is not a decimal'],
    [
      'a day that is none',
      withRow({ effective_from: '2026-02-30' }),
      'models[0].prices[0].effective_from is not a day',
    ],
    ['an end left out', withRow({ effective_to: undefined }), 'models[0].prices[0].effective_to is not a text'],
    ['an end before the start', withRow({ effective_to: '2025-01-01' }), 'models[0].prices[0] ends before it begins'],
    ['a confidence of its own', withRow({ confidence: 'fair' }), 'models[0].prices[0].confidence is not high'],
    [
      'a threshold that is no number',
      withRow({ prompt_tiers: [{ over_prompt_tokens: '100000' }] }),
      'models[0].prices[0].prompt_tiers[0].over_prompt_tokens is not a number of tokens',
    ],
    [
      'a factor of two places',
      { ...FILE, models: [{ ...MODEL, factors: { batch: '0.55' } }] },
      'models[0].factors.batch is not a decimal string',
    ],
    [
      'two prices for one day',
      { ...FILE, models: [{ ...MODEL, prices: [ROW, { ...ROW, effective_from: '2026-02-01' }] }] },
      'models[0].prices[1] begins before the row above it ends',
    ],
    [
      'one id for two models',
      { ...FILE, models: [MODEL, { ...MODEL, id: 'model-b' }] },
      'model-b has the id model-a, which model-a has',
    ],
  ])('%s is refused, with file and place', (_, content, place) => {
    const error = errorOf(directoryOf({ 'acme.json': content }));
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toMatch(/The price file pricing-\w+\/acme\.json cannot be used: /);
    expect(String(error)).toContain(place);
    expect(String(error)).not.toContain(tmpdir());
  });

  test('one id in two files is refused', () => {
    const error = errorOf(directoryOf({ 'acme.json': FILE, 'other.json': FILE }));
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain('other.json');
  });

  test('a folder without price files, or none at all, is an error that says so', () => {
    const empty = errorOf(directoryOf({ 'README.md': '# Prices' }));
    const missing = errorOf(join(scratch, 'nowhere'));
    expect([empty, missing]).toEqual([expect.any(UserError), expect.any(UserError)]);
    expect(String(empty)).toContain('holds no price file');
    expect(String(missing)).toContain('nowhere of price files cannot be read');
  });

  function withRow(change: { [name: string]: unknown }): unknown {
    return { ...FILE, models: [{ ...MODEL, prices: [{ ...ROW, ...change }] }] };
  }
});
