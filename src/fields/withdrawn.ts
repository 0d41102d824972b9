/** What was taken out of the model's context without a compaction: replaced results, archived parts, lines taken back. */
import { asArray, asBoolean, asCount, asString, isObject } from '../lib/json.ts';
import { count, fieldGroup, flag, id, ids, text, tokens, type ValuesOf } from './field.ts';
import { jsonTextOf } from '../lib/json-dump.ts';
import type { Scope } from './scope.ts';

export const withdrawnFields = fieldGroup({
  replaced_results_count: count('`replacements[]`', 'Results of tools that a shorter text now stands for.'),
  replaced_tool_use_ids: ids('`replacements[].toolUseId`', 'The calls whose results these are.'),
  replacements: text('`replacements[].**`', 'What stands for them, as JSON.'),
  collapse_id: id('`collapseId`', 'A part of the conversation that was archived.'),
  summary_uuid: id('`summaryUuid`', 'The line that stands for it.'),
  summary_content: text('`summaryContent`', 'What the model is shown in its place.'),
  first_archived_uuid: id('`firstArchivedUuid`', 'The first line of that part.'),
  last_archived_uuid: id('`lastArchivedUuid`', 'Its last line.'),
  staged_nodes: text('`staged[].**`', 'Parts that may be archived next, as JSON.'),
  is_armed: flag('`armed`', 'The client watches for the moment to archive.'),
  last_spawn_tokens: tokens('`lastSpawnTokens`', 'Tokens in the context when it last looked.'),
  tombstone_uuid: id('`message.uuid` of tombstone lines', 'The line that is taken back.'),
});

type Withdrawn = ValuesOf<typeof withdrawnFields>;

export function fillReplacements(record: Withdrawn, { parts: { line } }: Scope): void {
  const replacements = asArray(line['replacements']);
  record.replaced_results_count = replacements?.length;
  record.replaced_tool_use_ids = replacements?.filter(isObject).flatMap(({ toolUseId }) => asString(toolUseId) ?? []);
  record.replacements = jsonTextOf(replacements);
}

export function fillArchived(record: Withdrawn, { parts: { line } }: Scope): void {
  record.collapse_id = asString(line['collapseId']);
  record.summary_uuid = asString(line['summaryUuid']);
  record.summary_content = asString(line['summaryContent']);
  record.first_archived_uuid = asString(line['firstArchivedUuid']);
  record.last_archived_uuid = asString(line['lastArchivedUuid']);
}

export function fillStaged(record: Withdrawn, { parts: { line } }: Scope): void {
  record.staged_nodes = jsonTextOf(line['staged']);
  record.is_armed = asBoolean(line['armed']);
  record.last_spawn_tokens = asCount(line['lastSpawnTokens']);
}

export function fillTombstone(record: Withdrawn, { parts: { message } }: Scope): void {
  record.tombstone_uuid = asString(message?.['uuid']);
}
