import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { decode, encode } from '../../../src/destinations/otlp/protobuf.ts';
import { bodyOf, requestOf, signals } from '../../../src/destinations/otlp/requests.ts';
import { requests } from '../../../src/destinations/otlp/schema.ts';
import { claimedRecords } from '../../helpers/claimed.ts';
import { fixtureCases } from '../../helpers/fixtures.ts';
import { decodeOtlp, encodeOtlpAnswer } from '../../helpers/otlp-decoder.ts';

const options = { traceBy: 'turn', serviceName: 'claude-code', resourceAttributes: ['team=seven'] } as const;

describe.each(fixtureCases())('%s', (name) => {
  const records = claimedRecords(name);

  test.each(signals)('%s: the protobuf body says what the JSON body says', (signal) => {
    const request = requestOf(signal, records, options);
    if (request === undefined) return expect(signal).not.toBe('logs');
    const bytes = bodyOf(signal, request, 'http/protobuf');
    const decoded = JSON.parse(JSON.stringify(decodeOtlp(signal, Buffer.from(bytes))));
    const expected = JSON.parse(String(bodyOf(signal, request, 'http/json')));
    // toEqual takes a minute for all of them, and is needed for its words alone.
    if (!isDeepStrictEqual(decoded, expected)) expect(decoded).toEqual(expected);
  });
});

describe('a value', () => {
  const edges: [string, object][] = [
    ['an empty text', { stringValue: '' }],
    ['a text with every width of UTF-8', { stringValue: 'aé€😀' }],
    ['a text of 127 bytes', { stringValue: 'x'.repeat(127) }],
    ['a text of 128 bytes', { stringValue: 'x'.repeat(128) }],
    ['a text that is longer than the buffer', { stringValue: '€'.repeat(100_000) }],
    ['false', { boolValue: false }],
    ['0', { intValue: '0' }],
    ['a number below 0', { intValue: '-1' }],
    ['the largest exact whole number', { intValue: '9007199254740991' }],
    ['the largest number of 64 bits', { intValue: '9223372036854775807' }],
    ['the smallest number of 64 bits', { intValue: '-9223372036854775808' }],
    ['0 as a double', { doubleValue: 0 }],
    ['a small amount', { doubleValue: 0.000001234 }],
    ['an empty list', { arrayValue: {} }],
    ['a list', { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: '' }] } }],
  ];

  test.each(edges)('survives: %s', (_title, value) => {
    const request = { resourceSpans: [{ resource: { attributes: [{ key: 'k', value }] } }] };
    expect(decodeOtlp('traces', encode(requests.traces, request))).toEqual(request);
  });

  test.each([0, 1, 126, 127, 128, 16_383, 16_384, 65_536])('survives %i of them beside each other', (count) => {
    const attributes = Array.from({ length: count }, (_, index) => ({
      key: String(index),
      value: { boolValue: true },
    }));
    const request = { resourceLogs: [{ resource: count === 0 ? {} : { attributes } }] };
    expect(decodeOtlp('logs', encode(requests.logs, request))).toEqual(request);
  });
});

describe('reading an answer', () => {
  test.each([0, 1, 127, 128, 300, 70_000])('finds that %i items were refused, and why', (rejectedSpans) => {
    const answer = decode(encodeOtlpAnswer({ rejectedSpans, errorMessage: 'too old – ü' }));
    const inner = answer.get(1);
    if (!Buffer.isBuffer(inner)) throw new Error('no partial success');
    const fields = decode(inner);
    expect(fields.get(1) ?? 0).toBe(rejectedSpans);
    expect(String(fields.get(2))).toBe('too old – ü');
  });

  test.each(['', '0a', '0aff', 'ffffffffffffffffffff', '00', '3c68746d6c3e', '0d00000000'])(
    'ends with bytes that make no sense: %s',
    (hex) => {
      expect(decode(Buffer.from(hex, 'hex'))).toBeInstanceOf(Map);
    },
  );
});
