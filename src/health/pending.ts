/** What of the transcripts one destination has not got yet. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { ConfiguredDestination } from '../config.ts';
import { isPadding } from '../lib/glued-json.ts';
import type { Cursor, Transcript } from '../types.ts';

export interface Pending {
  transcripts: number;
  bytes: number;
  /** When the transcript with the oldest of these bytes was written last. Epoch ms. */
  oldestMs: number | undefined;
}

type CursorOf = (path: string) => Cursor | undefined;

/** Transcripts that were not written to since the destination's own start hold nothing for it. */
export function pendingOf(
  transcripts: readonly Transcript[],
  { since }: Pick<ConfiguredDestination, 'since'>,
  cursorOf: CursorOf,
): Pending {
  const from = since === undefined ? -Infinity : Date.parse(since);
  const waiting = transcripts
    .filter(({ mtimeMs }) => mtimeMs >= from)
    .map((transcript) => ({ ...transcript, bytes: pendingBytes(transcript, cursorOf(transcript.path)) }))
    .filter(({ bytes }) => bytes > 0);
  return {
    transcripts: waiting.length,
    bytes: waiting.reduce((sum, { bytes }) => sum + bytes, 0),
    oldestMs: waiting.reduce<number | undefined>(
      (least, { mtimeMs }) => Math.min(least ?? mtimeMs, mtimeMs),
      undefined,
    ),
  };
}

/**
 * A file that is shorter than its cursor was rewritten: all of it is pending. Of a new one, only what is too short for a
 * line is looked into: clients up to 2.0 leave files with nothing but a line break.
 */
function pendingBytes({ path, size }: Transcript, cursor: Cursor | undefined): number {
  const delivered = cursor?.offset ?? 0;
  if (size < delivered) return size;
  const left = size - delivered;
  if (left === 0 || (delivered === 0 && left > SHORT_BYTES)) return left;
  return hasLine(path, delivered, left) ? left : 0;
}

const SHORT_BYTES = 64;

/** A line that a crash has cut short stays so for ever, as a blank one does: neither is anything to deliver. */
const MAX_LOOK_BYTES = 1_048_576;
const NEWLINE = 0x0a;

/** Whether a line ends behind the offset, as far as one look shows; what cannot be read counts as one. */
function hasLine(path: string, offset: number, left: number): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.allocUnsafe(Math.min(left, MAX_LOOK_BYTES));
      const read = readSync(file, bytes, 0, bytes.length, offset);
      const lines = bytes.subarray(0, bytes.subarray(0, read).lastIndexOf(NEWLINE) + 1);
      return read === MAX_LOOK_BYTES || lines.some((byte) => byte !== NEWLINE && !isPadding(byte));
    } finally {
      closeSync(file);
    }
  } catch {
    return true;
  }
}
