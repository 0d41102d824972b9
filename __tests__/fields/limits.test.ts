import { describe, expect, test } from '@jest/globals';
import { limitFields } from '../../src/fields/limits.ts';
import { recordOf, valuesOf } from '../helpers/hand-made.ts';
import { mapFixture } from '../helpers/mapped.ts';

describe('a limit', () => {
  test.each([
    ['2.1.329-budget', 'budget_usd', { budget_used_usd: 0, budget_total_usd: 0.01, budget_remaining_usd: 0.01 }],
    ['2.1.329-maxturns', 'max_turns_reached', { max_turns: 1, turn_count: 2, is_exit_committed: false }],
  ])('is told in %s by %s', (folder, subtype, expected) => {
    const found = mapFixture(folder).filter((record) => record.subtype === subtype);
    expect(found.map((record) => valuesOf(limitFields, record))).toEqual([expected]);
  });

  test.each([
    [
      { type: 'system', subtype: 'turn_duration', budgetTokens: 900, budgetLimit: 1000, budgetNudges: 2 },
      { budget_tokens: 900, budget_limit_tokens: 1000, budget_nudges: 2 },
    ],
    [{ type: 'attachment', attachment: { type: 'file', used: 1, maxTurns: 2 } }, {}],
    [{ type: 'user', budgetTokens: 900 }, {}],
  ])('is read from lines of its kind alone: %j', (line, expected) => {
    expect(valuesOf(limitFields, recordOf(line))).toEqual(expected);
  });
});
