import { describe, expect, test } from '@jest/globals';
import { commonOf } from '../../src/line/common.ts';
import { asObject } from '../../src/lib/json.ts';

const names = Object.keys(commonOf({}));

describe('what lines of all types have in common', () => {
  test('is copied as the line has it', () => {
    const origin = { kind: 'human' };
    const line = { type: 'user', uuid: 'u', origin, isMeta: false, gitBranch: null, timestamp: 5 };
    expect(Object.entries(commonOf(line)).filter(([, value]) => value !== undefined)).toEqual([
      ['type', 'user'],
      ['timestamp', 5],
      ['uuid', 'u'],
      ['isMeta', false],
      ['gitBranch', null],
      ['origin', origin],
    ]);
  });

  test.each([
    ['an empty line', '{}'],
    ['names that every object has', '{"constructor":1,"toString":2,"hasOwnProperty":3}'],
    ['a prototype', '{"__proto__":{"uuid":"u"}}'],
    ['names of other types of lines', '{"attachment":{},"params":{},"x":1}'],
    ['the names in another order', '{"uuid":"u","type":"user"}'],
  ])('%s: has all names, in the same order, and no other', (_, json) => {
    const common = commonOf(asObject(JSON.parse(json)) ?? {});
    expect(Object.keys(common)).toEqual(names);
    expect(Object.getPrototypeOf(common)).toBe(Object.prototype);
  });

  test('has fewer names than V8 keeps in an object', () => {
    expect(names.length).toBeLessThan(128);
  });
});
