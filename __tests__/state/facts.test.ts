import { crc32 } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emptyContext } from '../../src/fields/index.ts';
import { decodeFacts, encodeFact, type Fact } from '../../src/state/facts.ts';
import { cursorAt } from '../helpers/samples.ts';

const at = '2026-11-21T04:00:00.000Z';
const commit: Fact = { k: 'c', d: 'local', f: [['/a.jsonl', cursorAt(10)]], n: 3, r: 1, at };
const header: Fact = { k: 'hdr', v: 1 };
const rest: Fact = { k: 'b', d: 'local', rest: { until: 5, failures: 2, reason: 'the disk is full' } };
const journal: readonly Fact[] = [header, rest, commit];

function decode(text: string): Fact[] {
  return [...decodeFacts(text)];
}

/** A line with a right checksum, whatever is in it. */
function sealed(text: string): string {
  return `\n${text}|${crc32(text).toString(16).padStart(8, '0')}`;
}

describe('a fact', () => {
  test.each<[string, Fact]>([
    ['the header', header],
    ['a commit', commit],
    ['a commit without cursors', { ...commit, f: [] }],
    ['a rest', rest],
    ['the end of a rest', { k: 'b', d: 'local' }],
    ['a rest of one configuration', { k: 'b', d: 'local', rest: { until: 5, failures: 2, reason: '401', of: 'ab12' } }],
    [
      'a rest with failures that the batch may be the cause of',
      {
        k: 'b',
        d: 'local',
        rest: { until: 5, failures: 9, reason: '500', streak: { of: 'server-error', failures: 4, since: 1 } },
      },
    ],
    ['an intent', { k: 'i', d: 'local', id: 'batch', n: 3, p: [['/a.jsonl', 0, 10]] }],
    ['a size', { k: 'l', d: 'local', maxBytes: 20_000, at }],
    ['a look at all files', { k: 'v', d: 'local', at }],
    ['a destination forgotten', { k: 'f', d: 'local' }],
  ])('%s is read as it was written', (_title, fact) => {
    expect(decode(encodeFact(fact))).toEqual([fact]);
  });

  test('is one line whose newline comes first', () => {
    for (const fact of journal) expect(encodeFact(fact)).toMatch(/^\n[^\n]*\|[0-9a-f]{8}$/);
  });

  test('holds any destination, path, context and reason', () => {
    const text = fc.string({
      unit: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('\n', '|', '"', '\0')),
    });
    fc.assert(
      fc.property(text, text, text, fc.nat(), (d, path, word, offset) => {
        const facts: Fact[] = [
          { k: 'c', d, f: [[path, cursorAt(offset, { ...emptyContext, last: { project: word } })]], n: 1, r: 0, at },
          { k: 'b', d, rest: { until: offset, failures: 1, reason: word } },
        ];
        expect(decode(facts.map(encodeFact).join(''))).toEqual(facts);
      }),
    );
  });
});

describe('what is no fact is passed over', () => {
  const cursor = cursorAt(10);
  const commitOf = (f: unknown): string => sealed(JSON.stringify({ ...commit, f }));

  test.each([
    ['nothing', ''],
    ['garbage', '\nwhat is this|'],
    ['a fact with a wrong checksum', `\n${JSON.stringify(commit)}|00000000`],
    ['a fact without a checksum', `\n${JSON.stringify(commit)}`],
    ['a line of NULs', `\n${'\0'.repeat(4096)}`],
    ['an empty text with the checksum of one', '\n|00000000'],
    ['words with a right checksum', sealed('not JSON')],
    ['a list with a right checksum', sealed('[]')],
    ['another object with a right checksum', sealed('{"version":1}')],
    ['a fact of an unknown kind', sealed('{"k":"z","d":"local"}')],
    ['a commit for nobody', sealed(JSON.stringify({ ...commit, d: 7 }))],
  ])('%s', (_title, text) => {
    expect(decode(text)).toEqual([]);
    expect(decode(`${encodeFact(rest)}${text}${encodeFact(header)}`)).toEqual([rest, header]);
  });

  test.each([
    ['is not a pair', 'text'],
    ['has no path', [7, cursor]],
    ['has no offset', ['/a', { ...cursor, offset: undefined }]],
    ['has a negative offset', ['/a', { ...cursor, offset: -1 }]],
    ['has half an offset', ['/a', { ...cursor, offset: 0.5 }]],
    ['has an offset beyond what a number can count', ['/a', { ...cursor, offset: 2 ** 60 }]],
    ['has no head', ['/a', { ...cursor, head: undefined }]],
    ['has a tail without a hash', ['/a', { ...cursor, tail: { length: 3 } }]],
  ])('a cursor that %s, but not its neighbours', (_title, broken) => {
    const good: [string, unknown] = ['/good', cursor];
    expect(decode(commitOf([broken, good]))).toEqual([{ ...commit, f: [good] }]);
  });

  test.each([
    ['is none', 'text'],
    ['is of an unknown kind', { of: 'weather', failures: 4, since: 1 }],
    ['is of a kind that every object has', { of: 'toString', failures: 4, since: 1 }],
    ['has no count', { of: 'conflict', since: 1 }],
    ['has no start', { of: 'conflict', failures: 4 }],
    ['has a start before there were clocks', { of: 'conflict', failures: 4, since: -1 }],
  ])('a row of failures that %s, but not the rest', (_title, streak) => {
    const text = sealed(JSON.stringify({ ...rest, rest: { until: 5, failures: 2, reason: 'x', streak } }));
    expect(decode(text)).toEqual([{ ...rest, rest: { until: 5, failures: 2, reason: 'x' } }]);
  });

  test('a header without a version counts as one from the future', () => {
    expect(decode(sealed('{"k":"hdr"}'))).toEqual([{ k: 'hdr', v: Infinity }]);
  });
});

test('one flipped bit costs at most the two facts it lies between, and never makes another', () => {
  const bytes = Buffer.from(journal.map(encodeFact).join(''));
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    const left = decode(damaged.toString('utf8'));
    expect(left.length).toBeGreaterThanOrEqual(1);
    for (const fact of left) expect(journal).toContainEqual(fact);
  }
});
