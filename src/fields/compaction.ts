/** How the history was compacted: when, by whom, and what was left of it. */
import { asArray, asBoolean, asCount, asObject, asString, type JsonObject } from '../lib/json.ts';
import { count, fieldGroup, flag, id, ms, text, tokens, word, type ValuesOf } from './field.ts';
import { jsonText, jsonTextOf } from '../lib/json-dump.ts';
import type { Scope } from './scope.ts';

export const compactionFields = fieldGroup({
  compact_trigger: word(
    '`compactMetadata.trigger`, `microcompactMetadata.trigger`',
    'Who had the history compacted: `manual` or `auto`.',
  ),
  compact_pre_tokens: tokens(
    '`compactMetadata.preTokens`, `microcompactMetadata.preTokens`',
    'Tokens in the context before.',
  ),
  compact_post_tokens: tokens('`compactMetadata.postTokens`', 'Tokens in the context afterwards.'),
  compact_dropped_tokens: tokens(
    '`compactMetadata.cumulativeDroppedTokens`',
    'Tokens that all compactions of the session have dropped so far.',
  ),
  compact_saved_tokens: tokens('`microcompactMetadata.tokensSaved`', 'Tokens that clearing old tool results saved.'),
  compact_duration_ms: ms('`compactMetadata.durationMs`', 'How long the compaction took.'),
  compact_summarized_messages: count('`compactMetadata.messagesSummarized`', 'Messages that the summary stands for.'),
  compact_preserved_messages: count(
    '`compactMetadata.preservedMessages.uuids[]`, `compactMetadata.preservedMessages.allUuids[]`',
    'Messages that were kept as they are.',
  ),
  compact_anchor_uuid: id(
    '`compactMetadata.preservedSegment.anchorUuid`, `compactMetadata.preservedMessages.anchorUuid`',
    'The line that the kept messages now follow.',
  ),
  compact_head_uuid: id('`compactMetadata.preservedSegment.headUuid`', 'The first line that was kept.'),
  compact_tail_uuid: id('`compactMetadata.preservedSegment.tailUuid`', 'The last line that was kept.'),
  compact_organizations_cover_start: flag(
    '`compactMetadata.preCompactOrganizationsCoverStart`',
    "The client's own note on whether the organisations before the compaction reach back to the start.",
  ),
  compact_metadata: text('`compactMetadata.**`', 'Everything that the client noted about the compaction, as JSON.'),
  microcompact_metadata: text('`microcompactMetadata.**`', 'The same, where only old tool results were cleared.'),
  summarize_metadata: text('`summarizeMetadata.**`', 'What a summary of a part of the history covers, as JSON.'),
  summarized_turns: count('`summarizedTurnPromptUuids[]`', 'Turns that the summary on this line stands for.'),
  repeats_compact_summary: flag('`repeatsCompactSummary`', 'The line shows again what the summary says.'),
});

type Compaction = ValuesOf<typeof compactionFields>;

export function fillCompaction(record: Compaction, { parts: { type, line } }: Scope): void {
  if (type === 'user') return fillFromSummary(record, line);
  if (type !== 'system') return;
  const full = asObject(line['compactMetadata']);
  const micro = asObject(line['microcompactMetadata']);
  if (full !== undefined) fillFromBoundary(record, full);
  if (micro !== undefined) fillFromClearing(record, micro);
}

function fillFromBoundary(record: Compaction, metadata: JsonObject): void {
  const segment = asObject(metadata['preservedSegment']);
  const messages = asObject(metadata['preservedMessages']);
  record.compact_trigger = asString(metadata['trigger']);
  record.compact_pre_tokens = asCount(metadata['preTokens']);
  record.compact_post_tokens = asCount(metadata['postTokens']);
  record.compact_dropped_tokens = asCount(metadata['cumulativeDroppedTokens']);
  record.compact_duration_ms = asCount(metadata['durationMs']);
  record.compact_summarized_messages = asCount(metadata['messagesSummarized']);
  record.compact_preserved_messages = asArray(messages?.['uuids'] ?? messages?.['allUuids'])?.length;
  record.compact_anchor_uuid = asString(segment?.['anchorUuid']) ?? asString(messages?.['anchorUuid']);
  record.compact_head_uuid = asString(segment?.['headUuid']);
  record.compact_tail_uuid = asString(segment?.['tailUuid']);
  record.compact_organizations_cover_start = asBoolean(metadata['preCompactOrganizationsCoverStart']);
  record.compact_metadata = jsonText(metadata);
}

/** Old tool results are cleared, and the history stays. */
function fillFromClearing(record: Compaction, metadata: JsonObject): void {
  record.compact_trigger = asString(metadata['trigger']);
  record.compact_pre_tokens = asCount(metadata['preTokens']);
  record.compact_saved_tokens = asCount(metadata['tokensSaved']);
  record.microcompact_metadata = jsonText(metadata);
}

function fillFromSummary(record: Compaction, line: JsonObject): void {
  record.summarize_metadata = jsonTextOf(line['summarizeMetadata']);
  record.summarized_turns = asArray(line['summarizedTurnPromptUuids'])?.length;
  record.repeats_compact_summary = asBoolean(line['repeatsCompactSummary']);
}
