import { describe, expect, test } from '@jest/globals';
import { uuid5 } from '../../src/lib/uuid5.ts';

describe('uuid5', () => {
  // The vector of CPython's own tests for NAMESPACE_URL.
  test('gives the UUID that other programs give for the same name', () => {
    expect(uuid5('http://python.org/')).toBe('4c565f0d-3f5a-5890-b41b-20cf47701c5e');
  });

  test('says of itself that it is of version 5 and of the variant of the RFC', () => {
    const ids = Array.from({ length: 64 }, (_, index) => uuid5('name', String(index)));
    const form = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(ids.filter((id) => !form.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each([
    [
      ['ab', 'c'],
      ['a', 'bc'],
    ],
    [
      ['a', undefined, 'b'],
      ['a', 'b'],
    ],
  ])('keeps the parts of a name apart: %j is not %j', (one, other) => {
    expect(uuid5(...one)).not.toBe(uuid5(...other));
  });
});
