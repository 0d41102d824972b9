/** read: the complete lines that stand in a transcript behind a cursor. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { emptyContext } from '../fields/index.ts';
import { decodeLine, type IsRecord, type LinePart } from '../lib/json-lines.ts';
import { asString } from '../lib/json.ts';
import { splitLines, type ByteLine } from '../lib/lines.ts';
import { agentFileOf, readAgentMeta } from '../sources/agent-meta.ts';
import { ANCHOR_BYTES, cursorHolds } from '../state/anchors.ts';
import type { Cursor, Entry, OpenedTranscript, Transcript } from '../types.ts';

const CHUNK_BYTES = 262_144;
const LEAST_BYTES = 4_096;
/** Longer lines are filtered while they stream by (`lib/oversized-line.ts`) instead of being held. */
export const MAX_LINE_BYTES = 8_388_608;

/** What one chunk of the file completed. */
export interface Reading {
  file: OpenedTranscript;
  entries: Entry[];
}

export interface ReadOptions {
  maxLineBytes?: number | undefined;
  /** A whole record at the end of a file that was last written to before then is a line, without a newline too. Epoch ms. */
  idleSince?: number | undefined;
  /** Behind the last line of a file that was last written to before then stands an entry `silent`. Epoch ms. */
  silentSince?: number | undefined;
}

/**
 * Reads on from the cursor, or from the start where it no longer holds, up to the last newline; an unfinished last
 * line is left for the next time, unless nobody seems to finish it. A file that cannot be opened (gone, no permission, no regular file) reads as empty,
 * and one that cannot be read on (a bad disk) as if it ended there: it must not keep back the others.
 */
export async function* read(
  transcript: Transcript,
  cursor: Cursor | undefined,
  { maxLineBytes = MAX_LINE_BYTES, idleSince = -Infinity, silentSince = -Infinity }: ReadOptions = {},
): AsyncGenerator<Reading> {
  const descriptor = openRegularFile(transcript.path);
  if (descriptor === undefined) return;
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return;
    const resumed =
      cursor !== undefined && (await cursorHolds(cursor, stats.size, async (...at) => readAt(descriptor, ...at)));
    const agentFile = agentFileOf(transcript.path);
    const file: OpenedTranscript = {
      transcript,
      head: readAt(descriptor, 0, ANCHOR_BYTES),
      size: stats.size,
      mtimeMs: stats.mtimeMs,
      from: (resumed ? cursor.resume : undefined) ?? { offset: 0, context: emptyContext },
      // The newline that came late ends a line which has been delivered.
      deliveredTo: resumed ? cursor.offset + (cursor.unended ? 1 : 0) : 0,
      agent: agentFile && readAgentMeta(agentFile),
    };
    const { offset } = file.from;
    const splitter = splitLines(offset, maxLineBytes);
    let last: Last | undefined;
    for (let position = offset; ;) {
      // A new buffer each time: the beginning of an unfinished line stays in the last one.
      const chunk = readAt(descriptor, position, chunkBytes(stats.size - position));
      if (chunk.length === 0) {
        const entries = stats.mtimeMs < idleSince ? decodeUnended(splitter.rest()) : [];
        if (stats.mtimeMs < silentSince) {
          last = entries.at(-1) ?? last ?? (resumed ? lastOf(cursor, descriptor) : undefined);
          if (last !== undefined) entries.push(silenceAfter(last));
        }
        if (entries.length > 0) yield { file, entries };
        return;
      }
      position += chunk.length;
      const entries: Entry[] = [];
      for (const line of splitter.push(chunk)) {
        const { bytes } = line;
        const decoded =
          bytes === undefined ? await decodeOversized(line, descriptor, maxLineBytes) : decode(line, bytes);
        entries.push(...decoded);
      }
      last = entries.at(-1) ?? last;
      if (entries.length > 0) yield { file, entries };
    }
  } finally {
    closeSync(descriptor);
  }
}

type Last = Pick<Entry, 'end' | 'tail' | 'unended'>;

/** The line that a cursor stands behind, as far as another cursor behind it needs to know. */
function lastOf({ offset, tail: { length }, unended }: Cursor, descriptor: number): Last {
  const tail = readAt(descriptor, offset - length - (unended ? 0 : 1), length);
  return { end: offset, tail, ...(unended && { unended }) };
}

function silenceAfter({ end, tail, unended }: Last): Entry {
  return { line: {}, start: end, end, tail, silent: true, ...(unended && { unended }) };
}

/** No more than there is left, by the size it had: of many small files, large buffers would pile up. */
function chunkBytes(left: number): number {
  return Math.min(CHUNK_BYTES, Math.max(left, LEAST_BYTES));
}

/** Whether the cursor still fits the bytes of its file; true where that cannot be opened: then there is nothing to read. */
export async function stillHolds({ path }: Transcript, cursor: Cursor): Promise<boolean> {
  const descriptor = openRegularFile(path);
  if (descriptor === undefined) return true;
  try {
    const { size } = fstatSync(descriptor);
    return await cursorHolds(cursor, size, async (...at) => readAt(descriptor, ...at));
  } finally {
    closeSync(descriptor);
  }
}

/** Neither follows a symbolic link nor waits for a FIFO's writer. */
function openRegularFile(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch {
    return undefined;
  }
}

/** Up to `length` bytes; fewer only at the end of the file, or where it cannot be read. */
function readAt(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const bytesRead = readBytes(file, buffer, { filled, position: position + filled });
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function readBytes(file: number, buffer: Buffer, { filled, position }: { filled: number; position: number }): number {
  try {
    return readSync(file, buffer, filled, buffer.length - filled, position);
  } catch {
    return 0;
  }
}

/** The entries of a line: one, or none where it is blank, or several where it is damaged. */
function decode(line: ByteLine, bytes: Buffer): Entry[] {
  // A copy: a slice would keep the chunk in memory for as long as the line's cursor waits for its batch.
  return entriesOf(decodeLine(line, bytes, isRecord), Buffer.from(bytes.subarray(-ANCHOR_BYTES)));
}

/** The client was killed, or its disk was full, before the newline: only what is a record by itself can be told from a part. */
function decodeUnended(line: ByteLine | undefined): Entry[] {
  if (line?.bytes === undefined) return [];
  const entries = decode(line, line.bytes);
  const isWhole = entries.length === 1 && entries.every(({ unparseable }) => !unparseable);
  return isWhole ? entries.map((entry) => ({ ...entry, unended: true })) : [];
}

async function decodeOversized({ start, end }: ByteLine, descriptor: number, maxBytes: number): Promise<Entry[]> {
  const { decodeOversizedLine } = await import('../lib/oversized-line.ts');
  const source = { readAt: async (...at: [number, number]) => readAt(descriptor, ...at), maxBytes };
  const parts = await decodeOversizedLine({ start, end }, source, isRecord);
  const length = Math.min(ANCHOR_BYTES, end - 1 - start);
  const tail = readAt(descriptor, end - 1 - length, length);
  return entriesOf(parts, tail);
}

function entriesOf(parts: readonly LinePart[], tail: Buffer): Entry[] {
  return parts.map((part, index) => {
    const isLast = index === parts.length - 1;
    const entry = entryOf(part, isLast ? tail : NOTHING);
    if (!isLast) entry.continues = true;
    return entry;
  });
}

/** Not a literal with spreads, which would take about as long as the parsing. */
function entryOf({ start, end, value, hash, isShortened }: LinePart, tail: Buffer): Entry {
  const entry: Entry = { line: value ?? {}, start, end, tail };
  if (asString(value?.['uuid']) === undefined) entry.hash = hash();
  if (value === undefined) entry.unparseable = true;
  if (isShortened) entry.oversized = true;
  return entry;
}

const NOTHING = Buffer.alloc(0);

/** What is nested in a record that was cut off can have a type and a uuid, but has no session of its own. */
const isRecord: IsRecord = (value, place) => {
  if (place === 'whole') return true;
  const names = place === 'nested' ? ['sessionId'] : ['uuid', 'type', 'sessionId'];
  return names.some((name) => asString(value[name]) !== undefined);
};
