import { describe, expect, test } from '@jest/globals';
import { contextWindowFields } from '../../src/fields/context-window.ts';
import { recordOf, valuesOf } from '../helpers/hand-made.ts';
import { mapFixture } from '../helpers/mapped.ts';

const counts = { input_tokens: 1000, cache_read_input_tokens: 150_000, cache_creation_input_tokens: 9000 };

describe('the context window', () => {
  test('of an answer is as full as the API counted, of a size that most lines do not tell', () => {
    const first = mapFixture('2.1.329-thinktool').find(({ type }) => type === 'assistant');
    expect(valuesOf(contextWindowFields, first)).toEqual({ context_tokens: 1 + 11_115 + 2825 });
  });

  test('of the /context command is what the client showed', () => {
    const shown = mapFixture('2.1.329-skill').find(({ context_usage }) => context_usage !== undefined);
    const { context_usage, ...values } = valuesOf(contextWindowFields, shown);
    expect(values).toEqual({
      context_tokens: 10_097,
      context_window: 1_000_000,
      context_percent: 1.26,
      context_usage_percent: 1,
      context_usage_model: 'claude-opus-5-5',
    });
    expect(JSON.parse(String(context_usage))).toMatchObject({ total_tokens: 10_097, mcp_tools: [] });
  });

  test.each([
    ['the answering model is marked', { model: 'claude-opus-5[1m]', usage: counts }, {}, 160_000, 1_000_000, 20],
    ['the requested model is marked', { usage: counts }, { requestedModel: 'opus[1m]' }, 160_000, 1_000_000, 20],
    ['no smaller one could hold the prompt', { usage: { input_tokens: 200_001 } }, {}, 200_001, 1_000_000, 25],
    ['a smaller one may hold it', { usage: { input_tokens: 200_000 } }, {}, 200_000, undefined, undefined],
    ['it is over-full', { usage: { input_tokens: 900_000 } }, {}, 900_000, 1_000_000, 100],
    ['the client wrote the line', { model: '<synthetic>', usage: counts }, {}, undefined, undefined, undefined],
    ['there is no usage', { model: 'claude-opus-5[1m]' }, {}, undefined, undefined, undefined],
  ])('is known where %s', (_, message, line, used, window, percent) => {
    const record = recordOf({ type: 'assistant', message: { id: 'm', ...message }, ...line });
    expect(record).toMatchObject({ type: 'assistant' });
    expect([record.context_tokens, record.context_window, record.context_percent]).toEqual([used, window, percent]);
  });
});
