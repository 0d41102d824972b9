/** Decodes a line that is too long to hold: it is read from the file again, bit by bit. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { objectFinder, type FoundObject } from './glued-json.ts';
import { isObject, type JsonObject } from './json.ts';
import { paddingAfter, paddingBefore, tile, wholeLine, type IsRecord, type LinePart, type Span } from './json-lines.ts';
import { parseOversized } from './oversized-json.ts';

/** How much of it is taken apart at a time: its tokens take far more room than its bytes. */
const PIECE_BYTES = 65_536;

/** The file, and how much of it may be held at once. */
export interface Source {
  /** Up to that many bytes; fewer only where the file ends. */
  readAt: (position: number, length: number) => Promise<Buffer>;
  maxBytes: number;
}

/** The parts of the line, as `decodeLine` gives them. */
export async function decodeOversizedLine(line: Span, source: Source, isRecord: IsRecord): Promise<LinePart[]> {
  const { json, hash } = await survey(line, source);
  if (json.start >= json.end) return [];
  const value = await parseOversized(stream(source, json)).catch(() => BROKEN);
  if (value !== BROKEN) return [{ ...wholeLine(line, value, () => hash), isShortened: true }];
  const records = await recordsIn(json, source, isRecord);
  return Promise.all(
    tile(line, json, records).map(async ({ start, end, record }) => {
      const digest = await digestOf({ start, end: Math.min(end, line.end - 1) }, source);
      const isShortened = record === undefined || isTooLong(record.found, source);
      return { start, end, value: record?.value, hash: () => digest, ...(isShortened && { isShortened }) };
    }),
  );
}

const BROKEN = Symbol('no JSON');

/** Where the JSON of a line stands between its padding, and the hash of it all. */
async function survey({ start, end }: Span, source: Source): Promise<{ json: Span; hash: string }> {
  const digest = createHash('sha256');
  const json = { start: end, end: start };
  let position = start;
  for await (const piece of pieces(source, { start, end: end - 1 })) {
    digest.update(piece);
    const padding = paddingBefore(piece, position);
    if (padding < piece.length) {
      json.start = Math.min(json.start, position + padding);
      json.end = position + piece.length - paddingAfter(piece);
    }
    position += piece.length;
  }
  return { json, hash: digest.digest('hex') };
}

async function recordsIn(
  json: Span,
  source: Source,
  isRecord: IsRecord,
): Promise<{ found: FoundObject; value: JsonObject }[]> {
  const finder = objectFinder(json.start);
  for await (const piece of pieces(source, json)) finder.push(piece);
  const records: { found: FoundObject; value: JsonObject }[] = [];
  for (const found of finder.end()) {
    const value = await parseFound(found, source).catch(() => undefined);
    if (isObject(value) && isRecord(value, found.place)) records.push({ found, value });
  }
  return records;
}

/** Most of what is glued to a line like this is short. */
async function parseFound(found: FoundObject, source: Source): Promise<unknown> {
  const { from, to } = found;
  if (isTooLong(found, source)) return parseOversized(stream(source, { start: from, end: to }));
  return JSON.parse((await source.readAt(from, to - from)).toString('utf8'));
}

function isTooLong({ from, to }: FoundObject, { maxBytes }: Source): boolean {
  return to - from > maxBytes;
}

async function digestOf(span: Span, source: Source): Promise<string> {
  const digest = createHash('sha256');
  for await (const piece of pieces(source, span)) digest.update(piece);
  return digest.digest('hex');
}

function stream(source: Source, span: Span): Readable {
  return Readable.from(pieces(source, span), { objectMode: false });
}

/** A part of the file, bit by bit. A stream on the handle would close it where the JSON is broken. */
async function* pieces({ readAt }: Source, { start, end }: Span): AsyncGenerator<Buffer> {
  for (let position = start; position < end;) {
    const piece = await readAt(position, Math.min(PIECE_BYTES, end - position));
    if (piece.length === 0) return;
    yield piece;
    position += piece.length;
  }
}
