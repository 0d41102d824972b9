import { describe, expect, test } from '@jest/globals';
import { usageFields } from '../../src/fields/usage.ts';
import { recordOf, valuesOf } from '../helpers/hand-made.ts';
import { mapFixture } from '../helpers/mapped.ts';

const answer = (message: object, line: object = {}): ReturnType<typeof recordOf> =>
  recordOf({ type: 'assistant', uuid: 'a', message: { id: 'm', model: 'claude-opus-5-5', ...message }, ...line });

describe('the usage of a response', () => {
  test('is what the client wrote, with its total', () => {
    const first = mapFixture('2.1.329-thinktool').find(({ type }) => type === 'assistant');
    expect(valuesOf(usageFields, first)).toEqual({
      model: 'claude-opus-5-5',
      requested_model: 'claude-opus-5-5',
      stop_reason: 'tool_use',
      input_tokens: 1,
      output_tokens: 140,
      cache_read_tokens: 11_115,
      cache_creation_tokens: 2825,
      cache_creation_5m_tokens: 2825,
      cache_creation_1h_tokens: 0,
      total_tokens: 14_081,
      thinking_tokens: 0,
      usage_final: true,
      web_search_requests: 0,
      web_fetch_requests: 0,
      iteration_count: 0,
      service_tier: 'standard',
      speed: 'standard',
      inference_geo: 'not_available',
      prompt_cache_requested: '5m',
    });
  });

  test.each([
    ['1.0.128-thinktool', { model: 'claude-sonnet-4-20250514', output_tokens: 3, usage_final: false }],
    ['2.1.50-simple', { model: 'claude-sonnet-4-6', output_tokens: 3, usage_final: false }],
    ['2.1.329-tuiinterrupt', { stop_reason: undefined, output_tokens: 3, usage_final: false }],
    ['2.1.329-simple', { stop_reason: 'end_turn', usage_final: true }],
  ])('is not final where the API had not ended the response: %s', (folder, expected) => {
    const answers = mapFixture(folder).filter(({ type }) => type === 'assistant');
    expect(answers).toContainEqual(expect.objectContaining(expected));
  });

  test('of a line that the client wrote itself is neither final nor not', () => {
    const failed = mapFixture('2.1.329-errors').find(({ model }) => model === '<synthetic>');
    expect(failed).toMatchObject({ total_tokens: 0, usage_final: undefined, stop_sequence: '' });
  });

  test.each([
    ['advisor_model', {}, { advisorModel: 'claude-opus-5-5' }, 'claude-opus-5-5'],
    ['server_classifier_request', {}, { serverClassifierRequest: 'x-1' }, 'x-1'],
    ['stop_sequence', { stop_sequence: 'END' }, {}, 'END'],
    ['stop_details', { stop_details: { type: 'refusal', category: 'x' } }, {}, '{"type":"refusal","category":"x"}'],
    ['container_id', { container: { id: 'c-1', expires_at: '2026-11-21T02:00:00Z' } }, {}, 'c-1'],
    [
      'container_expires_at',
      { container: { id: 'c-1', expires_at: '2026-11-21T02:00:00Z' } },
      {},
      '2026-11-21T02:00:00Z',
    ],
    ['container_id', { container: null }, {}, undefined],
    ['container_id', { container: 'c-2' }, {}, 'c-2'],
    ['context_management', { context_management: { applied_edits: [] } }, {}, '{"applied_edits":[]}'],
    ['api_diagnostics', { diagnostics: { cache: 'miss' } }, {}, '{"cache":"miss"}'],
    ['code_execution_requests', { usage: { server_tool_use: { code_execution_requests: 2 } } }, {}, 2],
    ['web_fetch_requests', { usage: { server_tool_use: { web_fetch_requests: 3 } } }, {}, 3],
    ['fallback_credit', { usage: { fallback_credit: { input_tokens: 5 } } }, {}, '{"input_tokens":5}'],
    [
      'iterations',
      { usage: { iterations: [{ type: 'message', input_tokens: 1 }] } },
      {},
      '[{"type":"message","input_tokens":1}]',
    ],
    ['iteration_count', { usage: { iterations: [{}, {}] } }, {}, 2],
    ['iterations', { usage: { iterations: [] } }, {}, undefined],
    ['total_tokens', { usage: { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: 4 } }, {}, 7],
    ['total_tokens', { usage: { speed: 'fast' } }, {}, undefined],
    ['input_tokens', { usage: { input_tokens: -1 } }, {}, undefined],
    ['output_tokens', { usage: { output_tokens: '7' } }, {}, undefined],
    ['usage_final', { stop_reason: 'end_turn', usage: {} }, { isAbortedMidStream: true }, false],
    ['usage_final', { stop_reason: 'end_turn' }, {}, undefined],
  ] as const)('holds %s of %j %j', (name, message, line, expected) => {
    expect(answer(message, line)[name]).toBe(expected);
  });

  test('is told of answers alone', () => {
    const user = recordOf({ type: 'user', uuid: 'u', message: { model: 'x', usage: { input_tokens: 1 } } });
    expect(valuesOf(usageFields, user)).toEqual({});
  });

  test('survives parts that are nested too deeply to be written', () => {
    let nested: unknown = 1;
    for (let depth = 0; depth < 20_000; depth += 1) nested = [nested];
    expect(answer({ usage: { fallback_credit: nested } }).fallback_credit).toBe('[nested too deeply]');
  });
});
