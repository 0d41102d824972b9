import { describe, expect, test } from '@jest/globals';
import { compactionFields } from '../../src/fields/compaction.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import { recordOf, valuesOf } from '../helpers/hand-made.ts';
import { mapFixture } from '../helpers/mapped.ts';

const valuesWithoutJson = (record: MessageRecord | undefined): object => {
  const { compact_metadata: _, ...values } = valuesOf(compactionFields, record);
  return values;
};

describe('a compaction', () => {
  test.each([
    ['1.0.128-compact', { compact_trigger: 'manual', compact_pre_tokens: 16_295 }],
    [
      '2.1.119-compact',
      { compact_trigger: 'manual', compact_pre_tokens: 27_263, compact_post_tokens: 143, compact_duration_ms: 185 },
    ],
    [
      '2.1.329-tuicommands',
      {
        compact_trigger: 'manual',
        compact_pre_tokens: 14_870,
        compact_post_tokens: 2948,
        compact_dropped_tokens: 11_922,
        compact_duration_ms: 181,
        compact_preserved_messages: 6,
        compact_anchor_uuid: 'b4281c96-9974-4193-97a3-c127c6b4f1b5',
        compact_head_uuid: 'a0b54d5a-0291-48c3-9f88-3d06c25397f8',
        compact_tail_uuid: '1f229f0f-0dab-4559-843c-273cd99517bb',
        compact_organizations_cover_start: false,
      },
    ],
  ])('is described by the line at its boundary: %s', (folder, expected) => {
    const boundary = mapFixture(folder).find(({ subtype }) => subtype === 'compact_boundary');
    expect(valuesWithoutJson(boundary)).toEqual(expected);
    expect(JSON.parse(boundary?.compact_metadata ?? '')).toMatchObject({ preTokens: expected.compact_pre_tokens });
  });

  test('is told again by the line that shows its summary', () => {
    const again = mapFixture('2.1.329-compact').filter(({ repeats_compact_summary }) => repeats_compact_summary);
    expect(again.map((record) => valuesOf(compactionFields, record))).toEqual([{ repeats_compact_summary: true }]);
  });

  test.each([
    [
      'cleared tool results',
      { type: 'system', subtype: 'microcompact_boundary' },
      { microcompactMetadata: { trigger: 'auto', preTokens: 90_000, tokensSaved: 40_000 } },
      {
        compact_trigger: 'auto',
        compact_pre_tokens: 90_000,
        compact_saved_tokens: 40_000,
        microcompact_metadata: '{"trigger":"auto","preTokens":90000,"tokensSaved":40000}',
      },
    ],
    [
      'a summary of turns',
      { type: 'user', isCompactSummary: true },
      { summarizedTurnPromptUuids: ['a', 'b'], summarizeMetadata: { messagesSummarized: 4 } },
      { summarized_turns: 2, summarize_metadata: '{"messagesSummarized":4}' },
    ],
    [
      'counted messages',
      { type: 'system', subtype: 'compact_boundary' },
      { compactMetadata: { trigger: 'auto', messagesSummarized: 12, preservedMessages: { allUuids: ['a'] } } },
      { compact_trigger: 'auto', compact_summarized_messages: 12, compact_preserved_messages: 1 },
    ],
    ['metadata of another shape', { type: 'system', subtype: 'compact_boundary' }, { compactMetadata: [1] }, {}],
    ['lines of other types', { type: 'assistant' }, { compactMetadata: { trigger: 'auto' } }, {}],
  ])('with %s is told', (_, line, more, expected) => {
    expect(valuesWithoutJson(recordOf({ ...line, ...more }))).toEqual(expected);
  });
});
