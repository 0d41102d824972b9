import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emptyContext } from '../../src/fields/index.ts';
import { ANCHOR_BYTES, cursorAfter, cursorHolds, isUnchanged } from '../../src/state/anchors.ts';
import type { Checkpoint, Cursor, Entry, OpenedTranscript } from '../../src/types.ts';
import { transcriptAt } from '../helpers/transcripts.ts';

const START = { offset: 0, context: emptyContext };

/** Lines long and short: some below the length of an anchor, some above. */
const anyLines = fc.array(
  fc.oneof(fc.string({ minLength: 1, maxLength: 40 }), fc.string({ minLength: 1_100, maxLength: 2_500 })).map(asLine),
  { minLength: 1, maxLength: 8 },
);

function asLine(text: string): string {
  return JSON.stringify({ text });
}

function fileOf(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

/** The cursor after the line of that number. */
function cursorIn(lines: readonly string[], number: number, resume: Checkpoint = START): Cursor {
  const bytes = fileOf(lines);
  const start = fileOf(lines.slice(0, number)).length;
  const end = fileOf(lines.slice(0, number + 1)).length;
  const tail = bytes.subarray(start, end - 1).subarray(-ANCHOR_BYTES);
  const head = bytes.subarray(0, ANCHOR_BYTES);
  const transcript = transcriptAt('/gone.jsonl');
  const file: OpenedTranscript = { transcript, head, size: bytes.length, mtimeMs: 7, from: START, deliveredTo: 0 };
  const entry: Entry = { line: {}, start, end, tail };
  return cursorAfter(file, entry, resume);
}

function holds(cursor: Cursor, bytes: Buffer): Promise<boolean> {
  return cursorHolds(cursor, bytes.length, async (position, length) => bytes.subarray(position, position + length));
}

describe('cursorAfter', () => {
  test('says how far, how large and when', () => {
    expect(cursorIn(['{"a":1}', '{"b":22}'], 0)).toEqual({
      offset: 8,
      head: { length: 8, hash: expect.stringMatching(/^[0-9a-f]{16}$/) },
      tail: { length: 7, hash: expect.stringMatching(/^[0-9a-f]{16}$/) },
      size: 17,
      mtimeMs: 7,
    });
  });

  test('keeps where the fold is taken up again once that is far behind the start', () => {
    const near = { offset: 1_048_576, context: emptyContext };
    const far = { offset: 1_048_577, context: { ...emptyContext, lines: 9 } };
    expect(cursorIn(['{"a":1}'], 0, near).resume).toBeUndefined();
    expect(cursorIn(['{"a":1}'], 0, far).resume).toEqual(far);
  });

  test('needs nothing of the file behind the line, so that a small file may grow', () => {
    expect(cursorIn(['{"a":1}'], 0).head).toEqual(cursorIn(['{"a":1}', '{"b":22}'], 0).head);
  });

  test('stays small, however long the lines are', () => {
    const cursor = cursorIn([asLine('x'.repeat(10_000)), asLine('y'.repeat(10_000))], 1);
    expect([cursor.head.length, cursor.tail.length]).toEqual([ANCHOR_BYTES, ANCHOR_BYTES]);
  });
});

describe('cursorHolds', () => {
  test('is true for every line of a file that is as it was, or has grown', async () => {
    await fc.assert(
      fc.asyncProperty(anyLines, anyLines, async (lines, more) => {
        const bytes = fileOf(lines);
        const grown = fileOf([...lines, ...more]);
        for (const number of lines.keys()) {
          const cursor = cursorIn(lines, number);
          expect([await holds(cursor, bytes), await holds(cursor, grown)]).toEqual([true, true]);
        }
      }),
    );
  });

  test('is false where the file is shorter than the offset, by one byte or more', async () => {
    await fc.assert(
      fc.asyncProperty(anyLines, fc.nat(), async (lines, length) => {
        const bytes = fileOf(lines);
        const cursor = cursorIn(lines, lines.length - 1);
        expect(await holds(cursor, bytes.subarray(0, length % bytes.length))).toBe(false);
      }),
    );
  });

  test('is false where any byte of the head, of the end of the line or its newline is another', async () => {
    const lines = [asLine('x'.repeat(3_000)), asLine('y'.repeat(3_000)), asLine('z')];
    const cursor = cursorIn(lines, 1);
    const end = fileOf(lines.slice(0, 2)).length;
    const guarded = [...Array(ANCHOR_BYTES).keys(), ...Array.from({ length: 1_025 }, (_, index) => end - 1 - index)];
    for (const at of guarded) {
      const bytes = fileOf(lines);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      expect(await holds(cursor, bytes)).toBe(false);
    }
  });

  test('is false where a byte was put in or taken out before the offset', async () => {
    const lines = Array.from({ length: 9 }, (_, index) => asLine(`line ${index}`));
    const bytes = fileOf(lines);
    const cursor = cursorIn(lines, 7);
    for (let at = 0; at < cursor.offset; at += 1) {
      const before = bytes.subarray(0, at);
      expect(await holds(cursor, Buffer.concat([before, bytes.subarray(at + 1)]))).toBe(false);
      expect(await holds(cursor, Buffer.concat([before, Buffer.from('x'), bytes.subarray(at)]))).toBe(false);
    }
  });

  test('is false where the file was cut off while it was looked at', async () => {
    const lines = [asLine('x'), asLine('y')];
    expect(await cursorHolds(cursorIn(lines, 1), fileOf(lines).length, async () => Buffer.alloc(0))).toBe(false);
  });
});

describe('isUnchanged', () => {
  const cursor: Cursor = { ...cursorIn(['{"a":1}', '{"b":22}'], 1), mtimeMs: 1_790_000_000_000.25 };
  const file = { size: 17, mtimeMs: 1_790_000_000_000.25 };

  test('is true for a file of the same size and time that was delivered to its end', () => {
    expect(isUnchanged(cursor, file)).toBe(true);
  });

  test.each([
    ['has grown', cursor, { ...file, size: 18 }],
    ['is shorter', cursor, { ...file, size: 16 }],
    ['was written again', cursor, { ...file, mtimeMs: file.mtimeMs + 0.25 }],
    ['has an older time', cursor, { ...file, mtimeMs: 0 }],
    ['was delivered only in part, the next batch having failed', { ...cursor, offset: 8 }, file],
    ['ends in an unfinished line', { ...cursor, size: 20 }, { ...file, size: 20 }],
    ['grew while it was read', { ...cursor, size: 8 }, file],
  ])('is false for a file that %s', (_, stored, now) => {
    expect(isUnchanged(stored, now)).toBe(false);
  });
});
