/** read: the complete lines that stand in a transcript behind a cursor. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { sha256 } from '../lib/hash.ts';
import { asString, isObject } from '../lib/json.ts';
import { splitLines, type ByteLine } from '../lib/lines.ts';
import { ANCHOR_BYTES, cursorHolds } from '../state/anchors.ts';
import type { Cursor, Entry, OpenedTranscript, Transcript } from '../types.ts';

const CHUNK_BYTES = 262_144;
/** Longer lines are filtered while they stream by (`lib/oversized-json.ts`) instead of being held. */
export const MAX_LINE_BYTES = 8_388_608;
/** How much of such a line is taken apart at a time: its tokens take far more room than its bytes. */
const PIECE_BYTES = 65_536;

/** What one chunk of the file completed. */
export interface Reading {
  file: OpenedTranscript;
  entries: Entry[];
}

/**
 * Reads on from the cursor, or from the start where it no longer holds, up to the last newline; an unfinished last
 * line is left for the next time. A file that cannot be opened (gone, no permission, no regular file) reads as empty,
 * and one that cannot be read on (a bad disk) as if it ended there: it must not keep back the others.
 */
export async function* read(
  transcript: Transcript,
  cursor: Cursor | undefined,
  maxLineBytes: number = MAX_LINE_BYTES,
): AsyncGenerator<Reading> {
  const handle = await openRegularFile(transcript.path);
  if (handle === undefined) return;
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) return;
    const resumed = cursor !== undefined && (await cursorHolds(cursor, stats.size, (...at) => readAt(handle, ...at)));
    const file: OpenedTranscript = {
      transcript,
      head: await readAt(handle, 0, ANCHOR_BYTES),
      size: stats.size,
      mtimeMs: stats.mtimeMs,
      context: resumed ? cursor.context : {},
    };
    const offset = resumed ? cursor.offset : 0;
    const splitter = splitLines(offset, maxLineBytes);
    for (let position = offset; ;) {
      // A new buffer each time: the beginning of an unfinished line stays in the last one.
      const chunk = await readAt(handle, position, CHUNK_BYTES);
      if (chunk.length === 0) return;
      position += chunk.length;
      const entries: Entry[] = [];
      for (const line of splitter.push(chunk)) {
        const entry = line.bytes === undefined ? await decodeOversized(line, handle) : decode(line, line.bytes);
        if (entry !== undefined) entries.push(entry);
      }
      if (entries.length > 0) yield { file, entries };
    }
  } finally {
    await handle.close();
  }
}

/** Neither follows a symbolic link nor waits for a FIFO's writer. */
async function openRegularFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch {
    return undefined;
  }
}

/** Up to `length` bytes; fewer only at the end of the file, or where it cannot be read. */
async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const reading = handle.read(buffer, filled, length - filled, position + filled);
    const { bytesRead } = await reading.catch(() => ({ bytesRead: 0 }));
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** The line as an entry; undefined where it is blank. */
function decode(line: ByteLine, bytes: Buffer): Entry | undefined {
  const json = trim(bytes, line.start);
  if (json.length === 0) return undefined;
  // A copy: a slice would keep the chunk in memory for as long as the line's cursor waits for its batch.
  const tail = Buffer.from(bytes.subarray(-ANCHOR_BYTES));
  return entryOf(line, tail, parse(json), () => sha256(bytes));
}

function entryOf({ start, end }: ByteLine, tail: Buffer, value: unknown, hash: () => string): Entry {
  if (!isObject(value)) return { line: {}, start, end, tail, hash: hash(), unparseable: true };
  return { line: value, start, end, tail, ...(asString(value['uuid']) === undefined && { hash: hash() }) };
}

/** A client that died in the middle of a write can leave NULs around a line; editors leave a BOM and CRs. */
function trim(bytes: Buffer, start: number): Buffer {
  return bytes.subarray(paddingBefore(bytes, start), bytes.length - paddingAfter(bytes));
}

function paddingBefore(bytes: Buffer, start: number): number {
  let padding = start === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (isPadding(bytes[padding])) padding += 1;
  return padding;
}

function paddingAfter(bytes: Buffer): number {
  let padding = 0;
  while (isPadding(bytes[bytes.length - 1 - padding])) padding += 1;
  return padding;
}

function isPadding(byte: number | undefined): boolean {
  return byte === 0x00 || byte === 0x0d || byte === 0x20 || byte === 0x09;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function decodeOversized(line: ByteLine, handle: FileHandle): Promise<Entry | undefined> {
  const { parseOversized } = await import('../lib/oversized-json.ts');
  const { from, to, hash } = await survey(line, handle);
  if (from >= to) return undefined;
  const json = Readable.from(pieces(handle, from, to), { objectMode: false });
  const value = await parseOversized(json).catch(() => undefined);
  const newline = line.end - 1;
  const tailLength = Math.min(ANCHOR_BYTES, newline - line.start);
  const tail = await readAt(handle, newline - tailLength, tailLength);
  return { ...entryOf(line, tail, value, () => hash), oversized: true };
}

/** Where the JSON of a line stands between its padding, and the hash of it all. */
async function survey(
  { start, end }: ByteLine,
  handle: FileHandle,
): Promise<{ from: number; to: number; hash: string }> {
  const digest = createHash('sha256');
  let from = end;
  let to = start;
  let position = start;
  for await (const piece of pieces(handle, start, end - 1)) {
    digest.update(piece);
    const padding = paddingBefore(piece, position);
    if (padding < piece.length) {
      from = Math.min(from, position + padding);
      to = position + piece.length - paddingAfter(piece);
    }
    position += piece.length;
  }
  return { from, to, hash: digest.digest('hex') };
}

/** A part of the file, bit by bit. A stream on the handle would close it where the JSON is broken. */
async function* pieces(handle: FileHandle, from: number, to: number): AsyncGenerator<Buffer> {
  for (let position = from; position < to;) {
    const piece = await readAt(handle, position, Math.min(PIECE_BYTES, to - position));
    if (piece.length === 0) return;
    yield piece;
    position += piece.length;
  }
}
