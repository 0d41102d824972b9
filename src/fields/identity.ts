/** Which line this is, and which message and request it belongs to. */
import { hash } from 'node:crypto';
import { basename } from 'node:path';
import { asObject, asString } from '../lib/json.ts';
import type { Entry, Transcript } from '../types.ts';
import { fieldGroup, type ValuesOf } from './field.ts';

export const identityFields = fieldGroup({
  id: {
    type: 'string',
    privacy: 'id',
    source: 'SHA-256 of type and uuid; without uuid, of file name, byte offset and line',
    about: 'Names the record; the same on every attempt, in every fire and on every machine.',
  },
  type: { type: 'string', privacy: 'enum', source: 'type', about: "The line's type, as the client wrote it." },
  subtype: {
    type: 'string',
    privacy: 'enum',
    source: 'subtype, attachment.type, operation',
    about: 'The kind within the type.',
  },
  uuid: { type: 'string', privacy: 'id', source: 'uuid', about: "The line's own name; a fork copies it." },
  parent_uuid: { type: 'string', privacy: 'id', source: 'parentUuid', about: 'The line that this one follows.' },
  message_id: {
    type: 'string',
    privacy: 'id',
    source: 'message.id',
    about: 'The API response; several lines share it, so usage and cost count once per message_id.',
  },
  request_id: { type: 'string', privacy: 'id', source: 'requestId', about: 'The API request behind the response.' },
  prompt_id: { type: 'string', privacy: 'id', source: 'promptId', about: 'The prompt that began the turn.' },
});

/** The type of a line that is no JSON object, or an object without a type. */
const UNKNOWN_TYPE = 'unknown';

export function identity(
  entry: Entry,
  transcript: Transcript,
): ValuesOf<typeof identityFields> & { id: string; type: string } {
  const { line } = entry;
  const type = entry.unparseable ? 'unparseable' : (asString(line['type']) ?? UNKNOWN_TYPE);
  return {
    id: recordId(type, entry, transcript),
    type,
    subtype:
      asString(line['subtype']) ?? asString(asObject(line['attachment'])?.['type']) ?? asString(line['operation']),
    uuid: asString(line['uuid']),
    parent_uuid: asString(line['parentUuid']),
    message_id: asString(asObject(line['message'])?.['id']),
    request_id: asString(line['requestId']),
    prompt_id: asString(line['promptId']),
  };
}

/**
 * The record's id. With a uuid it depends on nothing else, so that a copied, moved or re-read line keeps it;
 * the leading `1` is the version of this rule.
 */
function recordId(type: string, entry: Entry, transcript: Transcript): string {
  const uuid = asString(entry.line['uuid']);
  const name = uuid === undefined ? [basename(transcript.path), entry.start, entry.hash] : [type, uuid];
  return base32(hash('sha256', ['1', ...name].join('\0'), 'buffer')).slice(0, 26);
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 base32 in lower case, without padding. */
function base32(bytes: Buffer): string {
  let bits = 0;
  let value = 0;
  let text = '';
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(value >>> bits) & 31];
    }
  }
  return text;
}
