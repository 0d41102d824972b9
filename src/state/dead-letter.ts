/** A dead letter as one line of JSON: a record that a destination refused for good, as it was sent, and why. */
import type { MessageRecord } from '../fields/index.ts';
import { sha256 } from '../lib/hash.ts';
import { asArray, asCount, asObject, asString, type JsonObject } from '../lib/json.ts';

/** What a destination refused. */
export interface Refused {
  /** Redacted for the destination. */
  record: MessageRecord;
  reason: string;
  /** The batch that it travelled in. */
  batch?: string;
}

export interface DeadLetter extends Refused {
  /** 12 hex digits, the same whenever this destination refuses this record. */
  id: string;
  /** When it was refused last, ISO 8601. */
  at: string;
  /** The bytes of the transcript that the record was made from, where it says so; `end` stands behind the newline. */
  from?: { file: string; start: number; end: number };
}

/** What a rewrite of the file leaves behind the letters that it kept. */
export interface Trailer {
  /** How many letters have been evicted so far. */
  evicted: number;
  /** The files whose letters have been taken over: they count no more. */
  done: readonly string[];
}

export function letterOf(destination: string, { record, reason, batch }: Refused, at: Date): DeadLetter {
  const { source_file: file, source_offset: start, line_bytes: length } = record;
  const hasOrigin = file !== undefined && start !== undefined && length !== undefined;
  return {
    id: letterId(destination, record.id),
    at: at.toISOString(),
    reason,
    ...(hasOrigin && { from: { file, start, end: start + length } }),
    ...(batch !== undefined && { batch }),
    record,
  };
}

/** The line with its newline. */
export function encodeLetter({ id, at, reason, from, batch, record }: DeadLetter): string {
  return `${JSON.stringify({ id, at, reason, from, batch, record })}\n`;
}

export function encodeTrailer({ evicted, done }: Trailer): string {
  return `${JSON.stringify({ evicted, done })}\n`;
}

/** What a line holds; undefined where it is damaged. */
export function decodeLine(
  destination: string,
  line: Buffer,
): { letter: DeadLetter } | { trailer: Trailer } | undefined {
  const value = parse(line);
  if (value === undefined) return undefined;
  const evicted = asCount(value['evicted']);
  const done = (asArray(value['done']) ?? []).filter((name) => typeof name === 'string');
  if (evicted !== undefined) return { trailer: { evicted, done } };
  const letter = narrowLetter(destination, value);
  return letter === undefined ? undefined : { letter };
}

function letterId(destination: string, recordId: string): string {
  return sha256(`${destination}\0${recordId}`).slice(0, 12);
}

function parse(line: Buffer): JsonObject | undefined {
  try {
    return asObject(JSON.parse(line.toString('utf8')));
  } catch {
    return undefined;
  }
}

function narrowLetter(destination: string, value: JsonObject): DeadLetter | undefined {
  const at = asString(value['at']);
  const record = asObject(value['record']);
  if (at === undefined || !isRecord(record)) return undefined;
  const from = narrowOrigin(asObject(value['from']));
  const batch = asString(value['batch']);
  return {
    id: letterId(destination, record.id),
    at,
    reason: asString(value['reason']) ?? '',
    ...(from !== undefined && { from }),
    ...(batch !== undefined && { batch }),
    record,
  };
}

/** Its other fields are as this program wrote them; redaction goes over them again before they are sent. */
function isRecord(value: JsonObject | undefined): value is MessageRecord {
  return asString(value?.['id']) !== undefined && asString(value?.['type']) !== undefined;
}

function narrowOrigin(value: JsonObject | undefined): DeadLetter['from'] {
  const [file, start, end] = [asString(value?.['file']), asCount(value?.['start']), asCount(value?.['end'])];
  return file === undefined || start === undefined || end === undefined ? undefined : { file, start, end };
}
