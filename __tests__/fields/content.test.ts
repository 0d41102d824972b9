import { describe, expect, test } from '@jest/globals';
import { contentFields } from '../../src/fields/content.ts';
import { mapFixture } from '../helpers/mapped.ts';
import { recordOf, recordsOf, valuesOf } from '../helpers/hand-made.ts';

const of = (line: { readonly [key: string]: unknown }): object => valuesOf(contentFields, recordOf(line));
const user = (content: unknown): { [key: string]: unknown } => ({
  type: 'user',
  uuid: 'u',
  message: { role: 'user', content },
});
const answer = (...content: unknown[]): { [key: string]: unknown } => ({
  type: 'assistant',
  uuid: 'a',
  message: { content },
});
const base64 = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo' } };

describe('what a line says', () => {
  test.each([
    ['a prompt', user('Hello'), { text: 'Hello', text_length: 5 }],
    [
      'a prompt in blocks',
      user([
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ]),
      { text: 'a\nb', text_length: 3 },
    ],
    ['an answer', answer({ type: 'text', text: 'Yes' }), { text: 'Yes', text_length: 3, has_thinking: false }],
    ['thinking', answer({ type: 'thinking', thinking: 'Hm', signature: 's' }), { thinking: 'Hm', has_thinking: true }],
    ['encrypted thinking', answer({ type: 'redacted_thinking', data: 'x' }), { has_thinking: true }],
    [
      'a call',
      answer({ type: 'tool_use', id: 't', name: 'Bash', input: { command: 'ls' } }),
      { tool_inputs: ['{"command":"ls"}'], has_thinking: false },
    ],
    ['a notice', { type: 'system', subtype: 'informational', content: 'Note' }, { text: 'Note', text_length: 4 }],
    ['a notice of the first clients', { type: 'system', content: 'Note' }, { text: 'Note', text_length: 4 }],
    ['a summary', { type: 'summary', summary: 'Sum' }, { text: 'Sum', text_length: 3 }],
    [
      'the last prompt',
      { type: 'last-prompt', lastPrompt: 'Hi', explicit: true },
      { text: 'Hi', text_length: 2, last_prompt: 'Hi', is_last_prompt_explicit: true },
    ],
    [
      'a prompt that waited, in blocks',
      { type: 'attachment', attachment: { type: 'queued_command', prompt: [{ type: 'text', text: 'Go' }, base64] } },
      { text: 'Go', text_length: 2 },
    ],
    [
      'the line of a sub-agent inside a note',
      {
        type: 'progress',
        data: {
          type: 'agent_progress',
          message: {
            type: 'assistant',
            message: {
              content: [
                { type: 'thinking', thinking: 'Hm' },
                { type: 'text', text: 'Found' },
              ],
            },
          },
        },
      },
      { text: 'Found', text_length: 5, thinking: 'Hm' },
    ],
    [
      'a line that is taken back',
      { type: 'tombstone', message: { uuid: 'x', message: { content: 'Gone' } } },
      { text: 'Gone', text_length: 4 },
    ],
    ['a lone surrogate half', user('a\ud800'), { text: 'a\ufffd', text_length: 2 }],
    ['an empty notice', { type: 'system', subtype: 'informational', content: '' }, { text: '', text_length: 0 }],
    ['no text', { type: 'mode', mode: 'normal' }, {}],
    ['text of another type', { ...user({ a: 1 }), summary: 7 }, {}],
  ])('is told of %s', (_, line, expected) => {
    expect(of(line)).toEqual(expected);
  });

  test.each([
    ['type', { type: 'brand-new', content: 'secret', message: { content: 'secret' } }],
    ['subtype', { type: 'system', subtype: 'brand_new', content: 'secret' }],
    ['attachment', { type: 'attachment', attachment: { type: 'brand_new', prompt: 'secret' } }],
    ['note', { type: 'progress', data: { type: 'brand_new', message: { message: { content: 'secret' } } } }],
  ])('is not told where the %s is unknown', (_, line) => {
    expect(of(line)).toEqual({});
  });
});

describe('results of tools', () => {
  const result = (content: unknown): object => ({ type: 'tool_result', tool_use_id: 't', content });

  test.each([
    ['text', 'out', 'out'],
    [
      'blocks of text',
      [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      'a\nb',
    ],
    ['text beside an image', [{ type: 'text', text: 'a' }, base64], 'a'],
    ['an image', [base64], '[{"type":"image","source":{"type":"base64","media_type":"image/png"}}]'],
    ['another value', { a: 1 }, '{"a":1}'],
    ['nothing', undefined, ''],
  ])('are told as text: %s', (_, content, expected) => {
    expect(of(user([result(content)]))).toMatchObject({ tool_results: [expected] });
  });

  test('stand each on its own record, and what stands beside them on the first', () => {
    const records = recordsOf(
      user([{ type: 'text', text: 'beside' }, base64, result('one'), result([base64, base64])]),
    );
    expect(records.map((record) => valuesOf(contentFields, record))).toEqual([
      {
        text: 'beside',
        text_length: 6,
        tool_results: ['one'],
        tool_result_length: 3,
        image_count: 1,
        image_media_types: ['image/png'],
      },
      {
        tool_result_length: 139,
        tool_results: [
          '[{"type":"image","source":{"type":"base64","media_type":"image/png"}},{"type":"image","source":{"type":"base64","media_type":"image/png"}}]',
        ],
        image_count: 2,
        image_media_types: ['image/png'],
      },
    ]);
  });

  test('can be nested as deeply as they like', () => {
    let nested: unknown = [];
    for (let depth = 0; depth < 100_000; depth += 1) nested = [nested];
    expect(of(user([result({ nested })]))).toEqual({
      tool_results: ['[nested too deeply]'],
      tool_result_length: 19,
    });
  });
});

describe('images', () => {
  test('of a prompt are counted, and stay', () => {
    const prompt = mapFixture('2.1.329-images').find(({ image_paste_ids }) => image_paste_ids !== undefined);
    expect(valuesOf(contentFields, prompt)).toEqual({
      text: 'What is this? [[s:hello]]',
      text_length: 25,
      image_count: 1,
      image_media_types: ['image/png'],
      image_paste_ids: ['1'],
    });
  });

  test.each(['2.1.329-images', '2.1.329-readimg'])('leave no data in any record of %s', (folder) => {
    expect(JSON.stringify(mapFixture(folder).map((record) => valuesOf(contentFields, record)))).not.toContain(
      'iVBORw0KGgo',
    );
  });
});
