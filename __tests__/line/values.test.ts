import { describe, expect, test } from '@jest/globals';
import { jsonTextWithoutMedia } from '../../src/line/media.ts';
import { asStrings, asTime, bytesOf } from '../../src/line/values.ts';

describe('a value', () => {
  test.each([
    ['strings', asStrings(['a', 1, null, 'b']), ['a', 'b']],
    ['no strings', asStrings('a'), undefined],
    ['texts', asStrings(['\ud800']), ['\ufffd']],
    ['a time', asTime(0), '1970-01-01T00:00:00.000Z'],
    ['the last time', asTime(253_402_300_799_999), '9999-12-31T23:59:59.999Z'],
    ['a time after the last', asTime(253_402_300_800_000), undefined],
    ['a time before the first', asTime(-1), undefined],
    ['no time', asTime('0'), undefined],
    ['not a number', asTime(Number.NaN), undefined],
    ['bytes', bytesOf(['é', 'a']), 3],
  ])('%s', (_, value, expected) => {
    expect(value).toEqual(expected);
  });
});

describe('JSON without media', () => {
  test.each([
    [{ type: 'base64', media_type: 'image/png', data: 'x' }, '{"type":"base64","media_type":"image/png"}'],
    [{ base64: 'x', a: [{ encrypted_content: 'y', b: 1 }] }, '{"a":[{"b":1}]}'],
    [{ base64: { kept: true } }, '{"base64":{"kept":true}}'],
    [undefined, ''],
    ['\ud800', '"\\ud800"'],
  ])('%j', (value, expected) => {
    expect(jsonTextWithoutMedia(value)).toBe(expected);
  });
});
