import { describe, expect, test } from '@jest/globals';
import { clientCostFields } from '../../src/fields/client-cost.ts';
import { mapFixture } from '../helpers/mapped.ts';
import { recordOf, valuesOf } from '../helpers/hand-made.ts';

describe("the client's own totals", () => {
  test('are told as it wrote them', () => {
    const totals = mapFixture('2.1.329-bare').find(({ type }) => type === 'cost-state');
    expect(valuesOf(clientCostFields, totals)).toEqual({
      client_cost_usd: 0.005064,
      client_cost_has_unknown_model: false,
      client_api_duration_ms: 54,
      client_api_duration_without_retries_ms: 52,
      client_total_tool_duration_ms: 0,
      client_duration_ms: 627,
      client_lines_added: 0,
      client_lines_removed: 0,
      client_started_at: '2026-11-21T02:45:19.037Z',
      client_models: ['claude-opus-5-5'],
      client_input_tokens: 1,
      client_output_tokens: 19,
      client_thinking_tokens: 0,
      client_cache_read_tokens: 0,
      client_cache_creation_tokens: 936,
      client_cache_creation_5m_tokens: 936,
      client_cache_creation_1h_tokens: 0,
      client_web_searches: 0,
      client_model_usage: expect.stringContaining('"cacheCreationInputTokens":936'),
    });
  });

  test('add up over models, where a model has the number', () => {
    const usage = { a: { inputTokens: 1, outputTokens: 2 }, b: { inputTokens: 10, webSearchRequests: 3 }, c: null };
    expect(valuesOf(clientCostFields, recordOf({ type: 'cost-state', modelUsage: usage }))).toEqual({
      client_models: ['a', 'b', 'c'],
      client_input_tokens: 11,
      client_output_tokens: 2,
      client_web_searches: 3,
      client_model_usage: JSON.stringify(usage),
    });
  });

  test.each([
    ['another type of line', { type: 'user', totalCostUSD: 1 }],
    [
      'values of other types',
      { type: 'cost-state', totalCostUSD: '1', totalDuration: -1, startTime: 'x', modelUsage: [] },
    ],
    ['a time that no date can be', { type: 'cost-state', startTime: 1e300 }],
  ])('are absent: %s', (_, line) => {
    expect(valuesOf(clientCostFields, recordOf(line))).toEqual({});
  });
});
