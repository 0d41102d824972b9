import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { objectFinder, type FoundObject } from '../../src/lib/glued-json.ts';

const MEBIBYTE = 1_048_576;

/** What is found, as the text of it and its place; the bytes are pushed so many at a time. */
function findIn(line: string, at = Infinity, offset = 0): FoundObject[] {
  const bytes = Buffer.from(line);
  const finder = objectFinder(offset);
  for (let from = 0; from < bytes.length; from += at) finder.push(bytes.subarray(from, from + at));
  return finder.end();
}

function textsIn(line: string): string[] {
  return findIn(line).map(({ from, to, place }) => `${place} ${Buffer.from(line).toString('utf8', from, to)}`);
}

const A = '{"uuid":"a","text":"ä€😀 {\\"x\\":[1]}","list":[1,-2.5e3,true,null,{"b":{}},[]]}';
const B = '{"uuid":"b"}';

describe('objects on a line', () => {
  test.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['no object', '[1,2] "x" 1', []],
    ['one', A, [`whole ${A}`]],
    ['two', `${A}${B}`, [`whole ${A}`, `whole ${B}`]],
    ['three with padding between them', `${A} \0\0${B}\r${A}`, [`whole ${A}`, `whole ${B}`, `whole ${A}`]],
    ['one with white space inside', '{ "a" : [ 1 , { } ] }', ['whole { "a" : [ 1 , { } ] }']],
    ['one, then something else', `${A}xyz`, [`loose ${A}`]],
    ['one, then a stub', `${A}{"uuid":"c","te`, [`whole ${A}`]],
    ['one, a stub and another', `${A}{"uuid":"c","te${B}`, [`whole ${A}`, `loose ${B}`]],
    ['one behind something else', `xyz${B}`, [`loose ${B}`]],
    ['one behind NULs in a stub', `{"uuid":"c","te\0\0\0${B}`, [`loose ${B}`]],
    ['two behind a stub', `{"a":tr${A}${B}`, [`loose ${A}`, `whole ${B}`]],
    ['a stub alone', '{"a":{"type":"text"},"b":[{"c":1},', []],
    ['a stub that ends behind a nested object', '{"a":{"type":"text"}', ['nested {"type":"text"}']],
    ['a stub that ends before a value', `{"a":${B}`, [`nested ${B}`]],
    ['what stands inside of a broken object', '{"a"x:{"b":1},"c":{"d":2}}', []],
    ['a bracket of the wrong kind', `{"a":[1}${B}`, [`loose ${B}`]],
    ['an escape that is none', `{"a":"\\x"}${B}`, [`loose ${B}`]],
  ])('%s', (_, line, expected) => {
    expect(textsIn(line)).toEqual(expected);
  });

  test('behind a stub of every length', () => {
    for (let length = 1; length < Buffer.byteLength(A); length += 1) {
      const stub = Buffer.from(A).subarray(0, length);
      const finder = objectFinder(0);
      finder.push(Buffer.concat([stub, Buffer.from(B)]));
      expect([length, ...finder.end()]).toEqual([
        length,
        { from: length, to: length + B.length, start: length, place: expect.stringMatching(/^(loose|nested)$/) },
      ]);
    }
  });

  test('the same, however the bytes come in and wherever they stand', () => {
    const line = `${A}{"uuid":"c","te${B} \0${A}{"x":{"y":{}}`;
    const expected = findIn(line);
    expect(expected).toHaveLength(4);
    for (let at = 1; at < 20; at += 1) expect(findIn(line, at)).toEqual(expected);
    const moved = expected.map(({ from, to, start, place }) => ({
      from: from + 7,
      to: to + 7,
      start: start + 7,
      place,
    }));
    expect(findIn(line, 3, 7)).toEqual(moved);
  });

  test('padding before an object that follows another is told from something unreadable', () => {
    expect(findIn(`${B} \0${B}x${B}`).map(({ from, start }) => [from, start])).toEqual([
      [0, 0],
      [14, 12],
      [27, 27],
    ]);
  });

  test('any objects, in the places where they were written', () => {
    const objects = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), { maxLength: 5 });
    fc.assert(
      fc.property(objects, (values) => {
        const texts = values.map((value) => JSON.stringify(value));
        expect(textsIn(texts.join(''))).toEqual(texts.map((text) => `whole ${text}`));
      }),
      { numRuns: 500, seed: 20_261_121 },
    );
  });
});

describe('a hostile line', () => {
  test.each([
    ['beginnings', '{"', 0],
    ['nested beginnings', '{"a":', 0],
    ['open brackets', '[', 0],
    ['open arrays in an object', '{"a":[', 0],
    ['beginnings behind strings', '"{"', 0],
    ['quotes', '"', 0],
    ['backslashes in a string', '{"\\', 0],
    ['empty objects', '{}', 1_000],
    ['control characters in strings', '{"\u0001', 0],
  ])('of 8 MiB of %s takes one pass, and little memory', (_, unit, expected) => {
    const bytes = Buffer.from(unit.repeat((8 * MEBIBYTE) / unit.length));
    const startedAt = performance.now();
    const finder = objectFinder(0);
    finder.push(bytes);
    expect(finder.end()).toHaveLength(expected);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test('is followed to a depth of a thousand levels, and found again behind it', () => {
    const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
    expect(findIn(`${deep(1_000)}${B}`).map(({ place }) => place)).toEqual(['whole', 'whole']);
    expect(textsIn(`${deep(100_000)}${B}`).at(-1)).toBe(`loose ${B}`);
  });
});
