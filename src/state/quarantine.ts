/** The quarantine: where in the transcripts bytes stand that could not be read as a line. Never the bytes themselves. */
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { asCount, asObject, asString, type JsonObject } from '../lib/json.ts';
import { readRegularFile } from '../lib/read-file.ts';

/** The file grows no further than this. */
export const MAX_QUARANTINE_BYTES = 8_388_608;
/** More than a line with the longest path takes. */
const MAX_LINE_BYTES = 65_536;

export interface QuarantinedRange {
  file: string;
  /** Byte offsets; where the range ends a line, `end` stands behind the newline. */
  start: number;
  end: number;
  /** Of the range without that newline, hex. */
  sha256: string;
  reason: string;
  /** ISO 8601. */
  at: string;
}

export interface Quarantine {
  /**
   * Appends the range, unless it is there: every destination reads the same line. Answers whether it is kept now;
   * a full or unwritable quarantine must not stop a delivery. Never throws.
   */
  keep(range: QuarantinedRange): boolean;
}

export interface QuarantineSummary {
  ranges: number;
  newest?: QuarantinedRange;
  /** What came later was not noted any more. */
  isFull?: true;
}

/** Reads the file when there is something to keep, not before. */
export function openQuarantine(path: string): Quarantine {
  let opened: Opened | undefined;
  return {
    keep(range) {
      try {
        opened ??= openFile(path);
        if (opened.keys.has(keyOf(range))) return true;
        if (opened.bytes >= MAX_QUARANTINE_BYTES) return false;
        append(path, range, opened);
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** How many ranges are kept, and the last of them. What is no readable line of it is passed over. Never throws. */
export function readQuarantine(path: string): QuarantineSummary {
  const { text, bytes } = readText(path);
  const ranges = rangesIn(text);
  const newest = ranges.at(-1);
  return {
    ranges: ranges.length,
    ...(newest !== undefined && { newest }),
    ...(bytes >= MAX_QUARANTINE_BYTES && { isFull: true }),
  };
}

interface Opened {
  bytes: number;
  /** A line was not written to its end (a full disk, a kill): the next one must not join it. */
  isTorn: boolean;
  keys: Set<string>;
}

function openFile(path: string): Opened {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { text, bytes } = readText(path);
  return { bytes, isTorn: text !== '' && !text.endsWith('\n'), keys: new Set(rangesIn(text).map(keyOf)) };
}

/** What is there and cannot be read (too large, no regular file) counts as full. */
function readText(path: string): { text: string; bytes: number } {
  const text = readRegularFile(path, MAX_QUARANTINE_BYTES + MAX_LINE_BYTES);
  if (text === undefined) return { text: '', bytes: existsSync(path) ? Infinity : 0 };
  return { text, bytes: Buffer.byteLength(text) };
}

function append(path: string, range: QuarantinedRange, opened: Opened): void {
  const { file, start, end, sha256, reason, at } = range;
  const line = `${opened.isTorn ? '\n' : ''}${JSON.stringify({ file, start, end, sha256, reason, at })}\n`;
  opened.isTorn = true;
  appendFileSync(path, line, { mode: 0o600 });
  opened.isTorn = false;
  opened.bytes += Buffer.byteLength(line);
  opened.keys.add(keyOf(range));
}

/** A file that was written again can have other bytes in the same place. */
function keyOf({ file, start, end, sha256 }: QuarantinedRange): string {
  return `${start} ${end} ${sha256} ${file}`;
}

function rangesIn(text: string): QuarantinedRange[] {
  return text.split('\n').flatMap((line) => {
    const range = rangeFrom(line);
    return range === undefined ? [] : [range];
  });
}

function rangeFrom(line: string): QuarantinedRange | undefined {
  const value = parse(line);
  const [file, hash, reason, at] = ['file', 'sha256', 'reason', 'at'].map((name) => asString(value?.[name]));
  const [start, end] = ['start', 'end'].map((name) => asCount(value?.[name]));
  if (file === undefined || start === undefined || end === undefined) return undefined;
  return { file, start, end, sha256: hash ?? '', reason: reason ?? '', at: at ?? '' };
}

function parse(line: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(line));
  } catch {
    return undefined;
  }
}
