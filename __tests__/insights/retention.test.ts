import { describe, expect, test } from '@jest/globals';
import { lagOf } from '../../src/insights/retention.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-21T12:00:00.000Z');

describe('the lag of a destination', () => {
  test('says how old the oldest undelivered transcript is, and when it may go', () => {
    expect(lagOf(NOW - 10 * DAY, 30, NOW)).toEqual({
      oldestAt: '2026-11-11T12:00:00.000Z',
      ageMs: 10 * DAY,
      deletedAt: '2026-12-11T12:00:00.000Z',
      isEndangered: false,
    });
  });

  test.each([
    [30, 22.9, false],
    [30, 23, true],
    [30, 400, true],
    [365, 350, false],
    [365, 358, true],
    // Where transcripts live for a few days, the age of a live session is no danger.
    [7, 1, false],
    [7, 3.5, true],
    [1, 0.1, false],
    [1, 0.5, true],
  ])('kept for %d days and %d days old: endangered %p', (keepDays, age, isEndangered) => {
    expect(lagOf(NOW - age * DAY, keepDays, NOW).isEndangered).toBe(isEndangered);
  });

  test('a time to come has no age, and a limit beyond all clocks is no error', () => {
    expect(lagOf(NOW + DAY, 30, NOW).ageMs).toBe(0);
    expect(lagOf(NOW, 1e12, NOW)).toMatchObject({ deletedAt: '9999-12-31T23:59:59.999Z', isEndangered: false });
  });
});
