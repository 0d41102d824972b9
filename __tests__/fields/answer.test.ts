import { describe, expect, test } from '@jest/globals';
import { answerFields } from '../../src/fields/answer.ts';
import { recordOf, valuesOf } from '../helpers/hand-made.ts';
import { mapFixture } from '../helpers/mapped.ts';

const NOTHING = { text_blocks: 0, response_length: 0, image_blocks: 0, lines_of_code: 0, thinking_blocks: 0 };

describe('an answer', () => {
  test('is counted line by line', () => {
    const answers = mapFixture('2.1.329-thinktool').filter(({ type }) => type === 'assistant');
    expect(answers.slice(0, 3).map((answer) => valuesOf(answerFields, answer))).toEqual([
      { ...NOTHING, made_by: 'model', thinking_blocks: 1, thinking_display: 'omitted' },
      { ...NOTHING, made_by: 'model', text_blocks: 1, response_length: 23 },
      { ...NOTHING, made_by: 'model' },
    ]);
  });

  test('tells of thinking that is encrypted', () => {
    const hidden = mapFixture('2.1.329-redacted').filter(({ is_redacted_thinking }) => is_redacted_thinking);
    expect(hidden.map((record) => valuesOf(answerFields, record))).toEqual([
      { ...NOTHING, made_by: 'model', thinking_blocks: 1, is_redacted_thinking: true },
    ]);
  });

  const search = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } };
  const page = { type: 'web_search_result', title: 'X', url: 'https://example.com/', encrypted_content: 'eA==' };
  test.each([
    [
      'text',
      [
        { type: 'text', text: 'ab' },
        { type: 'text', text: 'c' },
      ],
      { text_blocks: 2, response_length: 3 },
    ],
    ['an image', [{ type: 'image', source: {} }], { image_blocks: 1 }],
    [
      'code in the text',
      [{ type: 'text', text: 'See:\n```ts\na\n\nb\n```\n' }],
      { text_blocks: 1, response_length: 20, lines_of_code: 2 },
    ],
    [
      'code for a file',
      [{ type: 'tool_use', id: 't', name: 'Edit', input: { old_string: 'x\ny', new_string: 'a\n\nb\nc' } }],
      { lines_of_code: 3 },
    ],
    [
      'a search within the API',
      [search, { type: 'web_search_tool_result', tool_use_id: 's', content: [page] }],
      {
        server_tool_names: ['web_search'],
        server_tool_inputs: ['{"query":"x"}'],
        server_tool_results: 1,
        server_search_urls: ['https://example.com/'],
        server_search_titles: ['X'],
      },
    ],
    [
      'a search that failed',
      [{ type: 'web_search_tool_result', content: { type: 'web_search_tool_result_error' } }],
      { server_tool_results: 1 },
    ],
    ['blocks of other shapes', [1, null, { type: 7 }, { type: 'text', text: 8 }], { text_blocks: 1 }],
  ])('with %s is told', (_, content, expected) => {
    const record = recordOf({ type: 'assistant', message: { id: 'm', model: 'x', content } });
    expect(valuesOf(answerFields, record)).toEqual({ ...NOTHING, ...expected });
  });
});

describe('a prompt of an old client', () => {
  test.each([
    [
      { thinkingMetadata: { level: 'high', disabled: false, triggers: [{ start: 0, end: 5, text: 'Think' }] } },
      { thinking_level: 'high', thinking_disabled: false, thinking_triggers: ['Think'] },
    ],
    [
      { thinkingMetadata: { level: 'none', disabled: true, triggers: [] }, todos: [] },
      { thinking_level: 'none', thinking_disabled: true, prompt_todo_count: 0 },
    ],
    [{ thinkingMetadata: { maxThinkingTokens: 31_999 } }, { max_thinking_tokens: 31_999 }],
    [
      { todos: [{ content: 'Read', status: 'pending' }] },
      { prompt_todo_count: 1, prompt_todos: '[{"content":"Read","status":"pending"}]' },
    ],
    [{}, {}],
  ])('holds how to think and what is to do: %j', (line, expected) => {
    const record = recordOf({ type: 'user', message: { content: 'x' }, ...line });
    expect(valuesOf(answerFields, record)).toEqual(expected);
  });
});
