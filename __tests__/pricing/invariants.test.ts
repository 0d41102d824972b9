import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Rates } from '../../src/pricing/amount.ts';
import { parsePriceFile } from '../../src/pricing/price-file.ts';
import type { PriceRow } from '../../src/pricing/price-types.ts';
import { loadPriceTable } from '../../src/pricing/table.ts';

const PRICING = join(import.meta.dirname, '..', '..', 'pricing');
const json = readFileSync(join(PRICING, 'anthropic.json'), 'utf8');
const { dataAsOf, models, sources } = parsePriceFile(json, 'anthropic.json');

/** Its published cache prices are rounded. */
const ROUNDED = 'claude-3-haiku-20240307';

const rows = models.flatMap((model) =>
  [...model.prices, ...model.fast].map((row) => ({ name: `${model.id}@${row.effectiveFrom}`, model, row })),
);
const cards = rows.flatMap(({ name, model, row }) =>
  [row, ...row.tiers].map(({ rates }) => ({ name, model: model.id, rates })),
);

function pricesOf(rates: Rates): (bigint | undefined)[] {
  return [rates.input, rates.output, rates.cacheWrite5m, rates.cacheWrite1h, rates.cacheRead];
}

/** How often each price of the base row goes into that of the fast row: one number, or several, or NaN. */
function factorsOf(fast: PriceRow, base: PriceRow): number[] {
  const pairs = [[fast.rates, base.rates] as const].concat(
    fast.tiers.map(({ rates }, index) => [rates, base.tiers[index]?.rates ?? base.rates] as const),
  );
  const factors = pairs.flatMap(([card, under]) => {
    const prices = pricesOf(under);
    return pricesOf(card).map((price, index) => Number(price) / Number(prices[index]));
  });
  return [...new Set(factors)];
}

describe('pricing/anthropic.json', () => {
  test('has lost no model, row or id: old transcripts are priced again', () => {
    const fast = models.flatMap((model) => model.fast);
    expect(models.length).toBeGreaterThanOrEqual(31);
    expect(rows.length - fast.length).toBeGreaterThanOrEqual(36);
    expect(fast.length).toBeGreaterThanOrEqual(9);
    expect(loadPriceTable(PRICING).size).toBeGreaterThanOrEqual(446);
  });

  test('names each model by one of its ids', () => {
    expect(models.filter(({ id, ids }) => !ids.includes(id))).toEqual([]);
  });

  test('has ids in lower case, without what the look-up takes off', () => {
    const ids = [...loadPriceTable(PRICING).keys()];
    expect(ids.filter((id) => id !== id.trim().toLowerCase() || /\[1m\]$|@default$|^arn:/.test(id))).toEqual([]);
  });

  test('has rows for every day since the first', () => {
    const gaps = (list: readonly PriceRow[]) => list.slice(1).filter((row, index) => row.from !== list[index]?.until);
    expect(models.flatMap(({ prices, fast }) => [...gaps(prices), ...gaps(fast)])).toEqual([]);
  });

  test('has prices in force for every model, and fast ones only while there are others', () => {
    expect(models.filter(({ prices }) => prices.at(-1)?.until !== Infinity)).toEqual([]);
    const early = models.filter(({ prices, fast }) => (fast[0]?.from ?? Infinity) < (prices[0]?.from ?? Infinity));
    expect(early).toEqual([]);
  });

  test('has no price that was only announced', () => {
    const announced = rows.filter(({ row }) => row.from > Date.parse(dataAsOf));
    expect(announced.map(({ name }) => name)).toEqual([]);
  });

  test('has two sources for a price, or little confidence in it', () => {
    const weak = rows.filter(({ row }) => new Set(row.sources).size < 2 && row.confidence !== 'low');
    expect(weak.map(({ name }) => name)).toEqual([]);
  });

  test('describes each source that a row names, and no other', () => {
    expect(new Set(rows.flatMap(({ row }) => row.sources))).toEqual(new Set(sources));
    expect(sources).toHaveLength(new Set(sources).size);
  });

  test('has cache writes of 1.25 and 2 times the input price', () => {
    const odd = cards.filter(
      ({ rates: { input, cacheWrite5m, cacheWrite1h } }) =>
        (cacheWrite5m !== undefined && cacheWrite5m * 4n !== input * 5n) ||
        (cacheWrite1h !== undefined && cacheWrite1h !== input * 2n),
    );
    expect(odd.map(({ model }) => model)).toEqual([ROUNDED]);
  });

  test('has cache reads of a tenth, a twentieth or a fortieth of the input price', () => {
    const odd = cards.filter(
      ({ rates: { input, cacheRead } }) =>
        cacheRead !== undefined && ![10n, 20n, 40n].some((part) => cacheRead * part === input),
    );
    expect(odd.map(({ model }) => model)).toEqual([ROUNDED]);
  });

  test('has the five prices of a card, or none for the cache', () => {
    const withoutCache = cards.filter(({ rates }) => pricesOf(rates).includes(undefined));
    expect(withoutCache.map(({ model }) => model)).toEqual(['claude-2.1', 'claude-2.0']);
    expect(withoutCache.flatMap(({ rates }) => pricesOf(rates).slice(2))).toEqual(Array(6).fill(undefined));
  });

  test('has one factor, 2 or 6, for all categories of fast mode, tiers included', () => {
    const odd = models.flatMap(({ id, prices, fast }) =>
      fast.flatMap((row) => {
        const base = prices.findLast(({ from }) => from <= row.from);
        const factors = base === undefined ? [NaN] : factorsOf(row, base);
        return factors.length === 1 && [2, 6].includes(factors[0] ?? NaN)
          ? []
          : [[`${id}@${row.effectiveFrom}`, factors]];
      }),
    );
    // The launch promotion, half of six.
    expect(odd).toEqual([['claude-opus-4-6@2026-02-07', [3]]]);
  });

  test('has no tier that is cheaper than the card below it', () => {
    const cheaper = rows.filter(({ row }) =>
      row.tiers.some((tier) =>
        pricesOf(tier.rates).some((price, index) => (price ?? 0n) < (pricesOf(row.rates)[index] ?? 0n)),
      ),
    );
    expect(cheaper.map(({ name }) => name)).toEqual([]);
  });

  test('has the factors that there are', () => {
    const all = models.flatMap(({ factors }) => Object.entries(factors).map(([name, factor]) => `${name} ${factor}`));
    expect([...new Set(all)].toSorted()).toEqual(['batch 5', 'regional 11', 'usInference 11']);
  });
});
