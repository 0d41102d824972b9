/** Anchors: the proof that an offset still means what it meant when it was stored. */
import { sha256 } from '../lib/hash.ts';
import type { Anchor, Checkpoint, Cursor, Entry, OpenedTranscript } from '../types.ts';

/** How many bytes of the file's head, and of the bytes before the offset, are hashed. */
export const ANCHOR_BYTES = 1024;

/** Up to here a transcript is folded from its start: most never get longer, and their cursors stay small. */
const REFOLD_BYTES = 1_048_576;

const NEWLINE = 0x0a;

/** Reads bytes of the file into a buffer of that length; a shorter answer means that the file ends before. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>;

/** The cursor that says "everything up to and with this entry". */
export function cursorAfter(file: OpenedTranscript, entry: Entry, resume: Checkpoint): Cursor {
  return {
    offset: entry.end,
    head: anchor(file.head.subarray(0, entry.end)),
    tail: anchor(entry.tail),
    ...(entry.unended && { unended: true }),
    size: file.size,
    mtimeMs: file.mtimeMs,
    ...(resume.offset > REFOLD_BYTES && { resume }),
  };
}

/**
 * Whether the cursor's offset may be trusted. A file that was truncated, rewritten, or replaced by another of the
 * same name fails here and is read from its start; deterministic ids make that harmless.
 */
export async function cursorHolds(cursor: Cursor, size: number, readAt: ReadAt): Promise<boolean> {
  if (size < cursor.offset) return false;
  const head = await readAt(0, cursor.head.length);
  const length = cursor.tail.length + (cursor.unended ? 0 : 1);
  const line = await readAt(cursor.offset - length, length);
  return (
    (cursor.unended || line.at(-1) === NEWLINE) &&
    anchor(head).hash === cursor.head.hash &&
    anchor(line.subarray(0, cursor.tail.length)).hash === cursor.tail.hash
  );
}

/**
 * Whether the file is as it was when it was read, and was delivered to its end, so that it need not be opened.
 * A batch can end in the middle of a file, and the next one fail: such a cursor knows the same size and time.
 */
export function isUnchanged(cursor: Cursor, file: { size: number; mtimeMs: number }): boolean {
  return cursor.offset === file.size && cursor.size === file.size && cursor.mtimeMs === file.mtimeMs;
}

function anchor(bytes: Buffer): Anchor {
  return { length: bytes.length, hash: sha256(bytes).slice(0, 16) };
}
