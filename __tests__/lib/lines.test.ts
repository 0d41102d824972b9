import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitLines, type ByteLine } from '../../src/lib/lines.ts';
import { bytesInUse } from '../helpers/memory.ts';

const MEBIBYTE = 1_048_576;

/** Bytes of which many are newlines, or parts of multi-byte characters. */
const anyBytes = fc
  .array(fc.oneof(fc.constantFrom(0x0a, 0x0d, 0x00, 0xe2, 0x80, 0xa8, 0xf0, 0x9f), fc.nat(255)), { maxLength: 200 })
  .map((bytes) => Buffer.from(bytes));
const anyCuts = fc.array(fc.nat(200), { maxLength: 12 });

/** The bytes in pieces that end at the cuts; two equal cuts make an empty piece. */
function inPieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].toSorted((a, b) => a - b);
  return ends.map((end, index) => Buffer.from(bytes.subarray(ends[index - 1] ?? 0, end)));
}

function split(pieces: readonly Buffer[], { offset = 0, maxLineBytes = Infinity } = {}): ByteLine[] {
  const splitter = splitLines(offset, maxLineBytes);
  return pieces.flatMap((piece) => splitter.push(piece));
}

/** The same from the whole at once: one character a byte, so that a string can be split. */
function splitWhole(bytes: Buffer, { offset = 0, maxLineBytes = Infinity } = {}): ByteLine[] {
  let start = offset;
  return bytes
    .toString('latin1')
    .split('\n')
    .slice(0, -1)
    .map((text) => {
      const line = {
        start,
        end: start + text.length + 1,
        bytes: text.length > maxLineBytes ? undefined : Buffer.from(text, 'latin1'),
      };
      start = line.end;
      return line;
    });
}

function textsOf(lines: readonly ByteLine[]): (string | undefined)[] {
  return lines.map(({ bytes }) => bytes?.toString('utf8'));
}

describe('splitLines', () => {
  test('gives the same lines and offsets for any bytes in any pieces', () => {
    fc.assert(
      fc.property(anyBytes, anyCuts, fc.nat(1_000_000), (bytes, cuts, offset) => {
        expect(split(inPieces(bytes, cuts), { offset })).toEqual(splitWhole(bytes, { offset }));
      }),
      { numRuns: 1_000 },
    );
  });

  test('leaves out the bytes of exactly those lines that are over the limit, in any pieces', () => {
    fc.assert(
      fc.property(anyBytes, anyCuts, fc.nat(12), (bytes, cuts, maxLineBytes) => {
        expect(split(inPieces(bytes, cuts), { maxLineBytes })).toEqual(splitWhole(bytes, { maxLineBytes }));
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([1, 2, 3, 4, 5, 6, 7])('keeps multi-byte characters whole that pieces of %d bytes cut', (size) => {
    const bytes = Buffer.from('aä€😀\nä€😀a\n€😀aä\n😀aä€\n');
    const cuts = Array.from(bytes.keys()).filter((at) => at % size === 0);
    expect(textsOf(split(inPieces(bytes, cuts)))).toEqual(['aä€😀', 'ä€😀a', '€😀aä', '😀aä€']);
  });

  test.each([
    ['U+2028', '\u2028'],
    ['U+2029', '\u2029'],
    ['U+0085', '\u0085'],
    ['a lone carriage return', '\r'],
    ['a vertical tab', '\v'],
    ['a form feed', '\f'],
    ['U+010A, whose code ends in 0A', '\u010a'],
  ])('does not split at %s', (_, separator) => {
    expect(textsOf(split([Buffer.from(`before${separator}after\n`)]))).toEqual([`before${separator}after`]);
  });

  test('keeps back what no newline has ended, until it comes', () => {
    const splitter = splitLines(0, Infinity);
    expect(splitter.push(Buffer.from('{"a":'))).toEqual([]);
    expect(splitter.push(Buffer.from('1}'))).toEqual([]);
    expect(splitter.push(Buffer.from('\n'))).toEqual([{ start: 0, end: 8, bytes: Buffer.from('{"a":1}') }]);
  });

  test('does not hold a line that is over the limit', () => {
    const splitter = splitLines(0, MEBIBYTE);
    const before = bytesInUse();
    for (let count = 0; count < 64; count += 1) splitter.push(Buffer.alloc(MEBIBYTE, 'x'));
    expect(bytesInUse() - before).toBeLessThan(4 * MEBIBYTE);
    expect(splitter.push(Buffer.from('\nnext\n'))).toEqual([
      { start: 0, end: 64 * MEBIBYTE + 1, bytes: undefined },
      { start: 64 * MEBIBYTE + 1, end: 64 * MEBIBYTE + 6, bytes: Buffer.from('next') },
    ]);
  });
});
