/** Cuts a stream of bytes into complete lines, with their offsets. */

/** One line: bytes up to and without its 0x0A. */
export interface ByteLine {
  /** Byte offset of the line's first byte. */
  start: number;
  /** Byte offset after the newline. */
  end: number;
  /** The line without its newline; undefined where it is longer than the limit. */
  bytes: Buffer | undefined;
}

export interface LineSplitter {
  /** Takes the next bytes of the stream; answers the lines that they complete. */
  push(chunk: Buffer): ByteLine[];
  /** What no newline has ended; undefined where there is nothing. */
  rest(): ByteLine | undefined;
}

const NEWLINE = 0x0a;

/**
 * Splits on the byte 0x0A alone, before anything is decoded, so that no multi-byte character is cut and no other
 * line separator (U+2028, a lone CR) counts. What follows the last newline is kept back: it is not a line yet.
 * Lines may point into the pushed chunks, so a chunk must not be written again.
 *
 * @param offset byte offset of the first byte that will be pushed
 * @param maxLineBytes lines longer than this are measured but not kept
 */
export function splitLines(offset: number, maxLineBytes: number): LineSplitter {
  let start = offset;
  let position = offset;
  let parts: Buffer[] = [];
  let held = 0;
  let tooLong = false;

  const hold = (part: Buffer): void => {
    held += part.length;
    tooLong ||= held > maxLineBytes;
    if (tooLong) parts = [];
    else if (part.length > 0) parts.push(part);
  };

  return {
    push(chunk) {
      const lines: ByteLine[] = [];
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        hold(chunk.subarray(from, at));
        const end = position + at + 1;
        lines.push({ start, end, bytes: tooLong ? undefined : joined(parts) });
        start = end;
        parts = [];
        held = 0;
        tooLong = false;
        from = at + 1;
      }
      hold(chunk.subarray(from));
      position += chunk.length;
      return lines;
    },
    rest: () => (held === 0 ? undefined : { start, end: position, bytes: tooLong ? undefined : joined(parts) }),
  };
}

function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}
