import { describe, expect, test } from '@jest/globals';
import { isKnown } from '../../src/line/line-types.ts';
import { fixtureFiles } from '../helpers/fixtures.ts';
import { mapFile } from '../helpers/mapped.ts';

describe('the kinds of line', () => {
  test('hold every one of the fixtures', () => {
    const records = fixtureFiles().flatMap((file) => mapFile(file));
    const strange = records.filter(({ unknown }) => unknown === true).map(({ type, subtype }) => `${type}/${subtype}`);
    expect(records.length).toBeGreaterThan(2_000);
    expect([...new Set(strange)]).toEqual([]);
  });

  test.each([
    ['user', undefined, true],
    ['user', 'anything', true],
    ['system', 'turn_duration', true],
    ['system', undefined, true],
    ['system', 'brand_new', false],
    ['attachment', 'file', true],
    ['attachment', undefined, false],
    ['attachment', 'brand_new', false],
    ['progress', 'hook_progress', true],
    ['queue-operation', 'popAll', true],
    ['queue-operation', 'file', false],
    ['brand-new', undefined, false],
    ['unparseable', undefined, true],
    ['constructor', 'name', false],
    ['__proto__', 'toString', false],
  ])('%s, %s: %s', (type, subtype, expected) => {
    expect(isKnown(type, subtype)).toBe(expected);
  });
});
