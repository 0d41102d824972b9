import { describe, expect, test } from '@jest/globals';
import { csvRow } from '../../src/lib/csv.ts';

describe('a row of CSV', () => {
  test.each([
    ['joins its cells and ends in CRLF', ['a', 'b'], 'a,b\r\n'],
    ['tells a missing value from an empty text', [undefined, '', null, 'x'], ',"",,x\r\n'],
    ['quotes what would end a cell', ['a,b', 'c\nd', 'e\rf'], '"a,b","c\nd","e\rf"\r\n'],
    ['doubles quotes', ['say "hi"', '"'], '"say ""hi""",""""\r\n'],
    ['leaves blanks, formulas and other letters alone', [' a ', '=1+1', 'ü😀'], ' a ,=1+1,ü😀\r\n'],
    ['writes numbers without exponent or grouping', [0.0000001, 1234567.25, 0, -3], '0.0000001,1234567.25,0,-3\r\n'],
    ['writes truth values as JSON does', [true, false], 'true,false\r\n'],
    ['writes lists as JSON', [['a', 'b"c'], []], '"[""a"",""b\\""c""]",[]\r\n'],
  ])('%s', (_, values, row) => {
    expect(csvRow(values)).toBe(row);
  });
});
