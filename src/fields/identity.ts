/** Which line this is, what it follows, and which message and request it belongs to. */
import { hash } from 'node:crypto';
import { basename } from 'node:path';
import { asBoolean, asCount, asObject, asString } from '../lib/json.ts';
import type { Common } from '../line/common.ts';
import { count, fieldGroup, flag, id, word, type ValuesOf } from './field.ts';
import type { Scope } from './scope.ts';

export const identityFields = fieldGroup({
  id: id(
    'SHA-256 of type and uuid; without uuid, of file name, byte offset and line',
    'Names the record; the same on every attempt, in every fire and on every machine.',
  ),
  type: word(
    '`type`',
    "The line's type, as the client wrote it; `turn`, `session` and `reconciliation` are added by stopwire, and an unreadable line is `unparseable`.",
  ),
  subtype: word('`subtype`, `attachment.type`, `operation`, `data.type`', 'The kind within the type.'),
  unknown: flag('the types and subtypes that this version knows', 'A kind of line that this version does not know.'),
  derived: flag(
    'type = turn, session or reconciliation',
    'The record is no line of the transcript, but was added up from its lines.',
  ),
  uuid: id('`uuid`', "The line's own name; a fork copies it."),
  parent_uuid: id('`parentUuid`', 'The line that this one follows.'),
  logical_parent_uuid: id('`logicalParentUuid`', 'The line that it follows across a compaction.'),
  leaf_uuid: id('`leafUuid`', 'The line that a title or the last prompt speaks of.'),
  message_id: id(
    '`message.id`',
    'The API response; several lines share it, so usage and cost count once per message_id.',
  ),
  request_id: id('`requestId`, `data.message.requestId`', 'The API request behind the response.'),
  request_ref: id('`requestRef`', "The client's own name of the request: the `row_id` of an api-request line."),
  api_block_index: count('`apiBlockIndex`', "The block's position in the response, from 0."),
  result_index: count(
    'position among the tool_result blocks',
    'Above 0 on the further records of a line with several results.',
  ),
  forked_from_session_id: id('`forkedFrom.sessionId`', 'The session that the line was copied from.'),
  forked_from_uuid: id('`forkedFrom.messageUuid`', 'The line that it was copied from.'),
  request_session_id: id('`requestSessionId`', 'The session in which the request was made, on copied lines.'),
  is_replay: flag(
    'message ids and prompt uuids that another transcript had first',
    'The line was copied by a fork, a branch or a background copy: its tokens and cost are counted where it was first.',
  ),
  replayed_session_id: id('the same', 'The session that had it first, where its file is still there.'),
  is_sidechain: flag('`isSidechain`', 'The line belongs to a sub-agent.'),
  is_compact_summary: flag('`isCompactSummary`', 'The line is the summary that stands for compacted history.'),
  is_visible_in_transcript_only: flag('`isVisibleInTranscriptOnly`', 'The model is not shown the line.'),
  is_virtual: flag('`isVirtual`', 'The client keeps the line for itself.'),
  is_synthetic: flag('`isSynthetic`', 'The client made the line up.'),
  level: word('`level`', 'How the client rates a notice: `info`, `warning`, `error`.'),
  row_id: id('`id`, `hash`, `shapeHash`, `messageId`', 'The name of a row that has no uuid.'),
});

type Identity = ValuesOf<typeof identityFields>;

export function fillIdentity(record: Identity, { parts, result, step }: Scope): void {
  const { common } = parts;
  const fork = asObject(common.forkedFrom);
  record.subtype = parts.subtype;
  record.unknown = parts.isKnown ? undefined : true;
  record.uuid = asString(common.uuid);
  record.parent_uuid = asString(common.parentUuid);
  record.logical_parent_uuid = asString(common.logicalParentUuid);
  record.leaf_uuid = asString(common.leafUuid);
  record.message_id = asString(parts.message?.['id']);
  record.request_id = asString(common.requestId) ?? nestedRequestId(common);
  record.request_ref = asString(common.requestRef);
  record.api_block_index = asCount(common.apiBlockIndex);
  record.result_index = result?.index === 0 ? undefined : result?.index;
  record.forked_from_session_id = asString(fork?.['sessionId']);
  record.forked_from_uuid = asString(fork?.['messageUuid']);
  record.request_session_id = asString(common.requestSessionId);
  const copied = step.response === undefined ? step.turn?.copiedFrom : step.response.response.copiedFrom;
  record.is_replay = copied === undefined ? undefined : true;
  record.replayed_session_id = copied?.session;
  record.is_sidechain = asBoolean(common.isSidechain);
  record.is_compact_summary = asBoolean(common.isCompactSummary);
  record.is_visible_in_transcript_only = asBoolean(common.isVisibleInTranscriptOnly);
  record.is_virtual = asBoolean(common.isVirtual);
  record.is_synthetic = asBoolean(common.isSynthetic);
  record.level = asString(common.level);
  record.row_id = record.uuid === undefined ? rowId(common) : undefined;
}

/** Progress rows of sub-agents hold a whole message. */
function nestedRequestId(common: Common): string | undefined {
  return asString(asObject(asObject(common.data)?.['message'])?.['requestId']);
}

function rowId(common: Common): string | undefined {
  return asString(common.id) ?? asString(common.hash) ?? asString(common.shapeHash) ?? asString(common.messageId);
}

/** With a uuid the id depends on nothing else, so that a copied, moved or re-read line keeps it. */
export function lineId({ entry, parts, file, result }: Scope): string {
  const uuid = asString(parts.common.uuid);
  const name = uuid === undefined ? [basename(file.transcript.path), entry.start, entry.hash] : [parts.type, uuid];
  return recordId(result === undefined || result.index === 0 ? name : [...name, result.index]);
}

/** The id of a record that is named by these: 128 bits, as hex. The leading `1` is the version of this rule. */
export function recordId(name: readonly unknown[]): string {
  return hash('sha256', `1\0${name.join('\0')}`, 'hex').slice(0, 32);
}
