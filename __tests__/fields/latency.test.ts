import { describe, expect, test } from '@jest/globals';
import { latencyFields } from '../../src/fields/latency.ts';
import { recordOf, recordsOf, valuesOf } from '../helpers/hand-made.ts';
import { mapFixture } from '../helpers/mapped.ts';

describe('the latency of a response', () => {
  test('is counted from the line that it answers, on each of its lines', () => {
    const answers = mapFixture('2.1.329-thinktool').filter(({ type }) => type === 'assistant');
    const began = { response_started_at: '2026-11-21T02:45:42.167Z', time_to_first_block_ms: 251 };
    expect(answers.slice(0, 3).map((answer) => valuesOf(latencyFields, answer))).toEqual([
      { ...began, response_duration_ms: 251, thinking_duration_ms: 1 },
      { ...began, response_duration_ms: 396 },
      { ...began, response_duration_ms: 573, tool_input_stream_ms: 1, output_tokens_per_second: 244.3 },
    ]);
  });

  test.each([
    ['the last line of an answer', {}, 1100, 100],
    ['a duration that is too short', {}, 1099, undefined],
    ['usage that is not final', { stop_reason: null }, 1100, undefined],
    ['text before a call', { stop_reason: 'tool_use' }, 1100, undefined],
    ['a call', { stop_reason: 'tool_use', content: [{ type: 'tool_use', id: 't', input: {} }] }, 1100, 100],
    ['thinking', { content: [{ type: 'thinking', thinking: '' }] }, 1100, undefined],
    ['a clock that went back', {}, 900, undefined],
  ])('gives the speed of %s', (_, message, ms, expected) => {
    const usage = { input_tokens: 1, output_tokens: 10 };
    const whole = { id: 'm', model: 'x', stop_reason: 'end_turn', content: [{ type: 'text', text: 'x' }], usage };
    const [, answer] = recordsOf(
      { type: 'user', uuid: 'u', timestamp: '2026-11-21T02:00:01.000Z', message: { content: 'x' } },
      {
        type: 'assistant',
        uuid: 'a',
        timestamp: `2026-11-21T02:00:0${(ms / 1000).toFixed(3)}Z`,
        message: { ...whole, ...message },
      },
    );
    expect(answer?.output_tokens_per_second).toBe(expected);
  });
});

describe('what the client measured', () => {
  test.each([
    ['2.1.329-hook-async', { duration_ms: 202, client_turn_duration_ms: 202, client_message_count: 14 }],
    [
      '2.1.329-tuibg',
      { duration_ms: 810, client_turn_duration_ms: 810, client_message_count: 25, pending_background_agents: 1 },
    ],
  ])('stands on the line that ends a turn: %s', (folder, expected) => {
    const ended = mapFixture(folder).filter(({ subtype }) => subtype === 'turn_duration');
    expect(ended.map((record) => valuesOf(latencyFields, record))).toContainEqual(expected);
  });

  const sums = { client_tool_duration_ms: 5, classifier_duration_ms: 6, client_tool_count: 7 };
  const counts = { classifier_count: 8, config_write_count: 9 };
  test.each([
    [
      'api_metrics',
      { ttftMs: 812.6, otps: 71.25, isP50: true, hookDurationMs: 3, turnDurationMs: 4, messageCount: 2 },
      {
        ttft_ms: 813,
        output_tokens_per_second: 71.25,
        is_p50: true,
        client_hook_duration_ms: 3,
        client_turn_duration_ms: 4,
        client_message_count: 2,
      },
    ],
    [
      'api_metrics',
      { toolDurationMs: 5, classifierDurationMs: 6, toolCount: 7, classifierCount: 8, configWriteCount: 9 },
      { ...sums, ...counts },
    ],
    [
      'api_metrics',
      { tool_duration_ms: 5, classifier_duration_ms: 6, tool_count: 7, classifier_count: 8, config_write_count: 9 },
      { ...sums, ...counts },
    ],
    ['api_metrics', { ttftMs: -1, otps: '7' }, {}],
    ['informational', { ttftMs: 1, otps: 7, totalDurationMs: 12 }, { duration_ms: 12 }],
  ])('stands on %s lines: %j', (subtype, line, expected) => {
    expect(valuesOf(latencyFields, recordOf({ type: 'system', subtype, ...line }))).toEqual(expected);
  });

  test('of an answer that was prepared ahead is what it saved', () => {
    const record = recordOf({ type: 'speculation-accept', timeSavedMs: 1500 });
    expect(valuesOf(latencyFields, record)).toEqual({ time_saved_ms: 1500 });
  });
});
