import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  parseAgreedRate,
  parseFactor,
  parseRate,
  parseRequestRate,
  rateText,
  tokensCost,
  toUsd,
  unitsCost,
  type Rates,
  type TokenCounts,
} from '../../src/pricing/amount.ts';

const NONE: TokenCounts = { input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };
const RATES: Rates = {
  input: 4_000_000n,
  output: 20_000_000n,
  cacheWrite5m: 5_000_000n,
  cacheWrite1h: 8_000_000n,
  cacheRead: 200_000n,
};

describe('decimal strings', () => {
  test.each([
    ['12.5', 12_500_000n],
    ['0.625', 625_000n],
    ['0.01', 10_000n],
    ['0.001', 1000n],
    ['15', 15_000_000n],
    ['0', 0n],
  ])('%s USD per million tokens is %s pico USD per token', (decimal, rate) => {
    expect(parseRate(decimal)).toBe(rate);
  });

  test('a price that was agreed on can have six places', () => {
    expect(['5.3125', '0.000001', '12.5'].map(parseAgreedRate)).toEqual([5_312_500n, 1n, 12_500_000n]);
    expect(parseAgreedRate('0.0000001')).toBeUndefined();
  });

  test.each(['0', '1', '12.5', '0.625', '100', '5.3125', '0.000001', '1000000'])(
    '%s is written as it was read',
    (text) => {
      expect(rateText(parseAgreedRate(text) ?? -1n)).toBe(text);
    },
  );

  test('10 USD per thousand requests is a cent each', () => {
    expect(parseRequestRate('10')).toBe(10_000_000_000n);
  });

  test('a factor is in tenths', () => {
    expect(['0.5', '1.1', '2'].map(parseFactor)).toEqual([5n, 11n, 20n]);
  });

  test.each(['', '.5', '5.', '-1', '+1', '1e3', '1,5', ' 1', '0x10', '0.0005', 'NaN'])('%j is no price', (decimal) => {
    expect(parseRate(decimal)).toBeUndefined();
    expect(parseRequestRate(decimal)).toBeUndefined();
  });

  test('a factor of two places could not be exact', () => {
    expect(parseFactor('1.15')).toBeUndefined();
  });
});

describe('amounts', () => {
  const count = fc.integer({ min: 0, max: 2 ** 40 });
  const someCounts = fc.record({
    input: count,
    output: count,
    cacheWrite5m: count,
    cacheWrite1h: count,
    cacheRead: count,
  });

  test('each category has its own rate', () => {
    const each = { input: 1, output: 10, cacheWrite5m: 100, cacheWrite1h: 1000, cacheRead: 10_000 };
    expect(tokensCost(each, RATES, [])).toBe(
      4_000_000n + 200_000_000n + 500_000_000n + 8_000_000_000n + 2_000_000_000n,
    );
  });

  test('three factors on the smallest rate that there can be leave no remainder', () => {
    const rates = { ...RATES, input: 1000n };
    expect(tokensCost({ ...NONE, input: 1 }, rates, [5n, 11n, 11n])).toBe(605n);
  });

  test('the cost of a sum is the sum of the costs', () => {
    fc.assert(
      fc.property(someCounts, someCounts, (one, other) => {
        const both = {
          input: one.input + other.input,
          output: one.output + other.output,
          cacheWrite5m: one.cacheWrite5m + other.cacheWrite5m,
          cacheWrite1h: one.cacheWrite1h + other.cacheWrite1h,
          cacheRead: one.cacheRead + other.cacheRead,
        };
        const costs = [one, other].map((counts) => tokensCost(counts, RATES, [11n]) ?? 0n);
        expect(tokensCost(both, RATES, [11n])).toBe(costs.reduce((sum, cost) => sum + cost));
      }),
    );
  });

  test('tokens of a category without a price have no cost, and none of them cost nothing', () => {
    const rates = { ...RATES, cacheRead: undefined };
    expect(tokensCost({ ...NONE, input: 1, cacheRead: 1 }, rates, [])).toBeUndefined();
    expect(tokensCost({ ...NONE, input: 1 }, rates, [])).toBe(4_000_000n);
  });

  test('units are counted one by one', () => {
    expect(unitsCost(3, 10_000_000_000n)).toBe(30_000_000_000n);
  });
});

describe('dollars', () => {
  test.each([
    [152_000_000n, 0.000152],
    [300_000_000_000n, 0.3],
    [0n, 0],
    [1n, 1e-12],
  ])('%s pico USD are %s USD', (picoUsd, usd) => {
    expect(toUsd(picoUsd)).toBe(usd);
  });

  test('an amount beyond 2^53 pico USD is rounded once, to the nearest double', () => {
    const amount = 2n ** 53n + 1n;
    const nearest = Number('9007.199254740993');
    expect(Number(amount) / 1e12).not.toBe(nearest);
    expect(toUsd(amount)).toBe(nearest);
  });
});
