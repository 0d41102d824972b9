/** Decodes one line of a JSON Lines file: an object as a rule, and what can be saved where a line is damaged. */
import { isPadding, objectFinder, type FoundObject, type Place } from './glued-json.ts';
import { sha256 } from './hash.ts';
import { isObject, type JsonObject } from './json.ts';

/** The whole of a line, or a part of one on which objects were glued together. The parts leave no byte out. */
export interface LinePart {
  /** Byte offsets; the last part of a line ends behind the newline, as a line does. */
  start: number;
  end: number;
  /** Undefined where these bytes are no object. */
  value: JsonObject | undefined;
  /** SHA-256 of the part without the newline, hex. */
  hash: () => string;
  /** The object was too large to be kept whole. */
  isShortened?: true;
}

/** Whether an object that was found on a damaged line is a record: see `Place` for what else it might be. */
export type IsRecord = (value: JsonObject, place: Place) => boolean;

/** Where a line, or the JSON on it, stands in the file. */
export interface Span {
  start: number;
  end: number;
}

/** The parts of a line, in order: none where it is blank, one as a rule. `bytes` are without the newline. */
export function decodeLine(line: Span, bytes: Buffer, isRecord: IsRecord): LinePart[] {
  const before = paddingBefore(bytes, line.start);
  const until = bytes.length - paddingAfter(bytes);
  if (until <= before) return [];
  const value = parse(bytes, before, until);
  if (value !== undefined) return [wholeLine(line, value, () => sha256(bytes))];
  const json = bytes.subarray(before, until);
  const from = line.start + before;
  const finder = objectFinder(from);
  finder.push(json);
  const records = finder.end().flatMap((found) => {
    const object = parse(json, found.from - from, found.to - from);
    return isObject(object) && isRecord(object, found.place) ? [{ found, value: object }] : [];
  });
  return tile(line, { start: from, end: from + json.length }, records).map(({ start, end, record }) => ({
    start,
    end,
    value: record?.value,
    hash: () => sha256(bytes.subarray(start - line.start, end - line.start)),
  }));
}

/** The line as its only part. */
export function wholeLine({ start, end }: Span, value: unknown, hash: () => string): LinePart {
  return { start, end, value: isObject(value) ? value : undefined, hash };
}

/** Cuts a line into records and what lies between them; padding belongs to what comes after it, or ends the line. */
export function tile<Found extends { found: FoundObject }>(
  line: Span,
  json: Span,
  records: readonly Found[],
): (Span & { record: Found | undefined })[] {
  const parts: (Span & { record: Found | undefined })[] = [];
  let at = json.start;
  for (const record of records) {
    const { start, to } = record.found;
    if (start > at) parts.push({ start: at, end: start, record: undefined });
    parts.push({ start, end: to, record });
    at = to;
  }
  if (at < json.end) parts.push({ start: at, end: json.end, record: undefined });
  return parts.map((part, index) => ({
    ...part,
    start: index === 0 ? line.start : part.start,
    end: index === parts.length - 1 ? line.end : part.end,
  }));
}

/** How many bytes before the JSON do not count; editors leave a byte order mark at the start of the file. */
export function paddingBefore(bytes: Buffer, start: number): number {
  let padding = start === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (isPadding(bytes[padding])) padding += 1;
  return padding;
}

export function paddingAfter(bytes: Buffer): number {
  let padding = 0;
  while (isPadding(bytes[bytes.length - 1 - padding])) padding += 1;
  return padding;
}

function parse(bytes: Buffer, start: number, end: number): unknown {
  try {
    return JSON.parse(bytes.toString('utf8', start, end));
  } catch {
    return undefined;
  }
}
