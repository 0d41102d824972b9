import { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { asArray, asObject } from '../../src/lib/json.ts';
import { parseOversized } from '../../src/lib/oversized-json.ts';
import { bytesInUse } from '../helpers/memory.ts';

const MEBIBYTE = 1_048_576;
const LONG = 'Z'.repeat(100_000);
const NOTE = '[100000 characters left out]';

/** JSON in pieces of a size, as a stream. */
function stream(json: string | Buffer, size = 65_536): Readable {
  const bytes = Buffer.from(json);
  const count = Math.ceil(bytes.length / size);
  const pieces = Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
  return Readable.from(pieces, { objectMode: false });
}

/** What a parser makes of it, or that it refuses. */
async function outcome(parse: () => unknown): Promise<{ value: unknown } | 'no JSON'> {
  try {
    return { value: await parse() };
  } catch {
    return 'no JSON';
  }
}

/** JSON, often with a scratch or two. */
const anyJson = fc
  .tuple(
    fc.json({ maxDepth: 5, stringUnit: 'binary' }),
    fc.array(
      fc.record({
        at: fc.nat(100),
        removed: fc.nat(2),
        added: fc.constantFrom(
          '',
          '"',
          '\\',
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '-',
          '.',
          'e',
          '0',
          'null',
          '\\ud800',
          '\0',
        ),
      }),
      { maxLength: 2 },
    ),
  )
  .map(([json, scratches]) =>
    scratches.reduce((text, { at, removed, added }) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + added + text.slice(from + removed);
    }, json),
  );

describe('parseOversized', () => {
  test('takes and refuses what JSON.parse does, in pieces of any size', async () => {
    await fc.assert(
      fc.asyncProperty(anyJson, fc.integer({ min: 1, max: 9 }), async (json, size) => {
        // What UTF-8 cannot hold never comes from a file.
        const text = json.toWellFormed();
        expect(await outcome(() => parseOversized(stream(text, size)))).toEqual(await outcome(() => JSON.parse(text)));
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['a string', `{"a":{"b":"${LONG}"},"c":1}`, { a: { b: NOTE }, c: 1 }],
    ['a string of an array', `{"a":["x","${LONG}",2],"c":1}`, { a: ['x', NOTE, 2], c: 1 }],
    ['a key', `{"a":{"${LONG}":5,"b":6},"c":1}`, { a: { [NOTE]: 5, b: 6 }, c: 1 }],
    ['a number', `{"a":${'1'.repeat(100_000)},"c":1}`, { a: NOTE, c: 1 }],
    ['a string of escapes', `{"a":"${'\\n'.repeat(100_000)}","c":1}`, { a: NOTE, c: 1 }],
    ['a string of characters beyond ASCII', `{"a":"${'€'.repeat(100_000)}","c":1}`, { a: NOTE, c: 1 }],
  ])('leaves out %s that is over the limit, and keeps the rest', async (_, json, expected) => {
    expect(await parseOversized(stream(json))).toEqual(expected);
  });

  test('keeps a string of exactly the limit', async () => {
    const text = 'Z'.repeat(65_536);
    expect(await parseOversized(stream(JSON.stringify([text, `${text}Z`])))).toEqual([
      text,
      '[65537 characters left out]',
    ]);
  });

  test.each([
    ['numbers', '1234567,'.repeat(1_000_000)],
    ['strings', '"ab",'.repeat(400_000)],
    ['middling strings', `"${'x'.repeat(1_000)}",`.repeat(10_000)],
    ['objects', '{"a":1},'.repeat(400_000)],
    ['arrays of arrays', '[[],[1]],'.repeat(400_000)],
  ])('keeps the beginning of very many %s, and all plain values around them', async (_, items) => {
    const json = `{"type":"user","items":[${items}0],"uuid":"u","n":1,"ok":true,"no":null,"late":{"a":1}}`;
    const value = asObject(await parseOversized(stream(json)));
    expect({ ...value, items: [] }).toEqual({ type: 'user', items: [], uuid: 'u', n: 1, ok: true, no: null });
    // The last one may be half an item.
    const kept = asArray(value?.['items'])?.slice(0, -1) ?? [];
    expect(kept.length).toBeGreaterThan(4_000);
    // Jest takes minutes to compare as much.
    expect(isDeepStrictEqual(kept, JSON.parse(`[${items}0]`).slice(0, kept.length))).toBe(true);
  });

  test('keeps the plain values around two million levels', async () => {
    const json = `{"type":"user","items":${'['.repeat(2_000_000)}${']'.repeat(2_000_000)},"uuid":"u"}`;
    const value = asObject(await parseOversized(stream(json)));
    expect({ ...value, items: [] }).toEqual({ type: 'user', items: [], uuid: 'u' });
  });

  test('ends up with no more than it may where the outermost object itself is endless', async () => {
    const json = `{"uuid":"u"${Array.from({ length: 1_000_000 }, (_, index) => `,"${index}":1`).join('')}}`;
    const value = asObject(await parseOversized(stream(json))) ?? {};
    expect([value['uuid'], value['0'], value['100000']]).toEqual(['u', 1, 1]);
    expect(Object.keys(value).length).toBeLessThan(400_000);
  });

  test('gives a key __proto__ no power', async () => {
    const json = '{"__proto__":{"evil":1},"constructor":{"prototype":{"evil":1}}}';
    const value = asObject(await parseOversized(stream(json))) ?? {};
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect('evil' in {}).toBe(false);
  });

  test.each([
    ['nothing', ''],
    ['blanks', ' \r\n\t '],
    ['half an object', '{"a":1'],
    ['half a string', '"abc'],
    ['two values', '{"a":1}{"b":2}'],
    ['an unquoted key', '{a:1}'],
    ['a NUL in a string', '{"a":"\0"}'],
    ['text after the value', '{"a":1} and more'],
  ])('throws where the input is %s', async (_, json) => {
    await expect(parseOversized(stream(json))).rejects.toThrow();
  });

  test('throws where the stream breaks', async () => {
    const broken = new Readable({ read: () => {} });
    broken.push('{"a":');
    setImmediate(() => broken.destroy());
    await expect(parseOversized(broken)).rejects.toThrow();
  });

  test.each([
    ['string', '"', 'Z', '"'],
    ['key', '{"', 'Z', '":1}'],
    ['number', '', '1', ''],
  ])('holds nothing of a giant %s while it streams by', async (_, before, character, after) => {
    const start = bytesInUse();
    let most = 0;
    function* pieces(): Generator<Buffer> {
      yield Buffer.from(`[${before}`);
      for (let count = 0; count < 512; count += 1) {
        if (count % 64 === 63) most = Math.max(most, bytesInUse() - start);
        yield Buffer.alloc(65_536, character);
      }
      yield Buffer.from(`${after},5]`);
    }
    expect(await parseOversized(Readable.from(pieces(), { objectMode: false }))).toHaveLength(2);
    // 32 MiB went by; what the parser itself uses for a while is a few.
    expect(most).toBeLessThan(10 * MEBIBYTE);
  });

  test('keeps nothing of what it left out, nor of what stood around what it kept', async () => {
    const json = Buffer.from(`[${`"${'Z'.repeat(70_000)}","${'k'.repeat(60)}",`.repeat(500)}0]`);
    const before = bytesInUse();
    const value = await parseOversized(stream(json));
    expect(bytesInUse() - before).toBeLessThan(4 * MEBIBYTE);
    expect(value).toHaveLength(1_001);
  });
});
