import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs, MAX_WAIT_MS } from '../../src/lib/backoff.ts';

const JITTER = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('backoffMs', () => {
  test.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [9, 256_000],
    [10, 450_000],
    [11, 450_000],
    [5_000, 450_000],
  ])('after %d failures in a row is %d ms on average', (failures, ms) => {
    expect(backoffMs({ failures, random: 0.5, scale: 1 })).toBe(ms);
  });

  test('is spread over the whole range, from nothing to twice the average', () => {
    expect(backoffMs({ failures: 3, random: 0, scale: 1 })).toBe(0);
    expect(backoffMs({ failures: 3, random: 0.999, scale: 1 })).toBeCloseTo(7_992);
  });

  test.each([
    [0, 0],
    [0.01, 40],
    [2, 8_000],
  ])('times %d is %d ms', (scale, ms) => {
    expect(backoffMs({ failures: 3, random: 0.5, scale })).toBe(ms);
  });

  test.each([
    ['a second', 1_000, 1_000],
    ['an hour', MAX_WAIT_MS, MAX_WAIT_MS],
    ['a year', 31_536_000_000, MAX_WAIT_MS],
    ['for ever', Infinity, MAX_WAIT_MS],
  ])('is what the server asks for, up to an hour, unscaled: %s', (_, afterMs, ms) => {
    expect(backoffMs({ failures: 3, afterMs, random: 0.5, scale: 0 })).toBe(ms);
  });

  test.each([
    ['none', 0],
    ['one that is over', -60_000],
    ['no number', NaN],
  ])('is not skipped where the wait that the server asks for is %s', (_, afterMs) => {
    expect(backoffMs({ failures: 3, afterMs, random: 0.5, scale: 1 })).toBe(4_000);
  });

  test('is never negative, not a number, or longer than an hour', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.option(fc.double(), { nil: undefined }), JITTER, (failures, afterMs, random) => {
        const ms = backoffMs({ failures, afterMs, random, scale: 1 });
        expect(ms >= 0 && ms <= MAX_WAIT_MS).toBe(true);
      }),
    );
  });
});
