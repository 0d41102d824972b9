import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { itemsOf, parseJson, placeOf, propertyOf, valueOf, type JsonNode } from '../../src/lib/json-text.ts';
import { jsonText } from '../helpers/settings-texts.ts';

describe('parsing', () => {
  test.each([
    ['{"a":1,}', 'line 1, column 8: a name in double quotes is missing; the comma before it may be one too many'],
    ['[\n1,\n]', 'line 3, column 1: a value is missing; the comma before it may be one too many'],
    ['{}\r\n// x', 'line 2, column 1: a comment, which JSON does not have'],
    ['{"a" 1}', 'line 1, column 6: a colon is missing'],
    ['[1\r2]', 'line 2, column 1: a comma is missing'],
    ['{"a":1', 'line 1, column 7: the closing brace is missing'],
    ['[1', 'line 1, column 3: the closing bracket is missing'],
    ['{} {}', 'line 1, column 4: the text goes on after its end'],
    ['["a]', 'line 1, column 2: a string is not closed'],
    ['[1.]', 'line 1, column 2: a number is not complete'],
    [String.raw`["\u00g0"]`, String.raw`line 1, column 2: a string has a broken \u escape`],
    [String.raw`["\x"]`, 'line 1, column 2: a string has an escape that JSON does not have'],
    ['["\u0001"]', 'line 1, column 2: a string has a bare control character'],
    ['[NaN]', 'line 1, column 2: a word or sign that JSON does not have'],
    ['\uFEFF{}', 'line 1, column 1: a word or sign that JSON does not have'],
    ['', 'line 1, column 1: a value is missing; the comma before it may be one too many'],
  ])('says of %j what is wrong and where', (text, problem) => {
    expect(parseJson(text)).toEqual({ problem });
  });

  test('takes what JSON.parse takes, and nothing else', () => {
    const damage = fc.tuple(
      jsonText,
      fc.nat(),
      fc.constantFrom('', ',', '}', ']', '"', '\\', '0', ' ', '\u00a0', '/**/', '\uFEFF'),
    );
    const damaged = damage.map(([text, seed, sign]) => {
      const at = seed % (text.length + 1);
      return text.slice(0, at) + sign + text.slice(sign === '' ? at + 1 : at);
    });
    fc.assert(
      fc.property(fc.oneof(jsonText, damaged), (text) => {
        expect(parseJson(text).problem === undefined).toBe(isJson(text));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('locating', () => {
  test('of a name that occurs twice, both are items and the last is the property', () => {
    const text = '{ "a" : 1 , "\\u0061":[2 ,3] }';
    const root = rootOf(text);
    expect(itemsOf(root).map(({ name, start, end }) => [name, text.slice(start, end)])).toEqual([
      ['a', '"a" : 1'],
      ['a', '"\\u0061":[2 ,3]'],
    ]);
    const last = propertyOf(root, 'a');
    expect(last && valueOf(text, last)).toEqual([2, 3]);
    expect(propertyOf(root, '__proto__')).toBeUndefined();
  });

  test.each([
    ['', 0, 'line 1, column 1'],
    ['a\nb', 2, 'line 2, column 1'],
    ['a\r\nbc', 4, 'line 2, column 2'],
    ['a\r\rb', 3, 'line 3, column 1'],
    ['\u2028x', 1, 'line 1, column 2'],
  ])('in %j, offset %i is %s', (text, offset, place) => {
    expect(placeOf(text, offset)).toBe(place);
  });
});

function rootOf(text: string): JsonNode {
  const { root } = parseJson(text);
  if (root === undefined) throw new Error(`${text} is not JSON`);
  return root;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
