import { describe, expect, test } from '@jest/globals';
import { type Doubt, isDoubt, isOverdue, type Streak, streakAfter } from '../../src/lib/patience.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 1);

/** The streak after failures at these hours. */
function failedAt(of: Doubt, ...hours: number[]): Streak {
  const [first = 0, ...others] = hours.map((hour) => START + hour * HOUR);
  return others.reduce((streak, at) => streakAfter(streak, of, at), streakAfter(undefined, of, first));
}

/** So many hours, evenly from the first to the last. */
function spread(count: number, last: number): number[] {
  return Array.from({ length: count }, (_, index) => (index * last) / (count - 1));
}

describe('failures are overdue', () => {
  test.each<[string, boolean, Doubt, number[], at: number]>([
    ['7 server errors over two days', false, 'server-error', spread(7, 48), 48],
    ['8 within an hour', false, 'server-error', spread(8, 1), 1],
    ['100 within a day less a minute', false, 'server-error', spread(100, 1), 24 - 1 / 60],
    ['8 over a day', true, 'server-error', spread(8, 24), 24],
    ['8 within an hour, looked at a day later', true, 'server-error', spread(8, 1), 24],
    ['2 conflicts over two days', false, 'conflict', [0, 48], 48],
    ['3 conflicts at once', true, 'conflict', [0, 0, 0], 0],
  ])('%s: %s', (_title, expected, of, hours, at) => {
    expect(isOverdue(failedAt(of, ...hours), START + at * HOUR)).toBe(expected);
  });

  test('not because of others: a failure with another doubt begins anew', () => {
    const streak = streakAfter(failedAt('server-error', ...spread(20, 48)), 'conflict', START);
    expect(streak).toEqual({ of: 'conflict', failures: 1, since: START });
  });

  test('not earlier because a clock was set back: the day begins anew then', () => {
    const back = START - 30 * 24 * HOUR;
    const streak = streakAfter(failedAt('server-error', ...spread(8, 20)), 'server-error', back);
    expect(streak).toEqual({ of: 'server-error', failures: 9, since: back });
    expect(isOverdue(streak, back + 23 * HOUR)).toBe(false);
    expect(isOverdue(streak, back + 24 * HOUR)).toBe(true);
  });
});

test.each(['toString', 'weather', '', 7, undefined])('%j is no doubt', (value) => {
  expect(isDoubt(value)).toBe(false);
});
