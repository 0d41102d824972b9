import { describe, expect, test } from '@jest/globals';
import type { Delivery } from '../../src/destinations/destination.ts';
import { outcomeOf, outcomeOfError } from '../../src/destinations/http-outcome.ts';
import { type HttpAnswer, HttpError, type HttpFault } from '../../src/lib/http.ts';

const NOW = Date.UTC(2026, 0, 1);

function outcome(status: number, more: Partial<HttpAnswer> = {}): Delivery {
  return outcomeOf({ status, headers: {}, body: '', ...more }, NOW);
}

function reasonOf(delivery: Delivery): string {
  return delivery.kind === 'delivered' ? '' : delivery.reason;
}

describe('outcomeOf a success', () => {
  test.each([
    [200, ''],
    [200, ' \r\n'],
    [200, '{}'],
    [200, '{"accepted":3}'],
    [200, '[]'],
    [200, 'null'],
    [201, '"ok"'],
    [202, '{"queued":true}\n'],
    [204, ''],
  ])('%i with the body %j takes the batch', (status, body) => {
    expect(outcome(status, { body })).toEqual({ kind: 'delivered' });
  });

  const html = { 'content-type': 'text/html; charset=utf-8' };
  const json = { 'content-type': 'application/json' };
  test.each<[string, number, Partial<HttpAnswer>]>([
    ['a login page', 200, { headers: html, body: '<!doctype html><title>Sign in</title>' }],
    ['a page that says it is JSON', 200, { headers: json, body: '\n<html></html>' }],
    ['JSON that says it is a page', 200, { headers: html, body: '{}' }],
    ['a word', 200, { body: 'OK' }],
    ['JSON that is cut short', 201, { headers: json, body: '{"accepted":' }],
    ['203: changed on the way', 203, {}],
    ['206: a part', 206, {}],
    ['207: several outcomes in one', 207, { headers: json, body: '{}' }],
  ])('%s takes nothing', (_title, status, more) => {
    expect(outcome(status, more)).toMatchObject({ kind: 'retry', reason: expect.stringContaining(`${status} `) });
  });
});

describe('outcomeOf a failure', () => {
  test.each([
    [400, {}],
    [413, { tooLarge: true }],
    [422, {}],
  ])('%i rejects the batch, in the words of the server: %j', (status, more) => {
    const body = 'field "id" is missing';
    expect(outcome(status, { body })).toEqual({
      kind: 'rejected',
      reason: expect.stringMatching(/^4\d\d [A-Z][^:]+: field "id" is missing$/),
      ...more,
    });
  });

  test.each([
    [301, 'redirects are not followed'],
    [302, 'redirects are not followed'],
    [307, 'redirects are not followed'],
    [308, 'redirects are not followed'],
    [401, 'check the API key'],
    [403, 'API key is not allowed'],
    [404, 'check the path of the endpoint'],
    [405, 'does not take POST'],
    [407, 'check the proxy'],
    [410, 'configure the new one'],
    [451, 'ask whoever runs it'],
  ])('%i holds the batch and says what to do: %s', (status, words) => {
    const delivery = outcome(status, { body: 'ignored' });
    expect(delivery).toEqual({ kind: 'hold', reason: expect.stringContaining(words) });
    expect(reasonOf(delivery)).toMatch(new RegExp(`^${status} [A-Z][^:]*: `));
  });

  test('says it in this form', () => {
    expect(reasonOf(outcome(401))).toBe('401 Unauthorized: check the API key');
    expect(reasonOf(outcome(500))).toBe('500 Internal Server Error');
    expect(reasonOf(outcome(599, { body: 'oops' }))).toBe('599: oops');
  });

  test.each([300, 304, 399, 402, 406, 411, 412, 414, 415, 416, 417, 418, 421, 423, 424, 426, 428, 431, 444, 499])(
    '%i, which no rule names, holds the batch in the words of the server',
    (status) => {
      const reason = expect.stringMatching(new RegExp(`^${status}( [^:]+)?: .*(because|not followed)`));
      expect(outcome(status, { body: 'because' })).toEqual({ kind: 'hold', reason });
    },
  );

  test.each([408, 425, 429, 500, 501, 502, 503, 504, 505, 507, 511, 520, 524, 529, 599, 0, 100, 999])(
    '%i keeps the batch for later',
    (status) => {
      expect(outcome(status)).toEqual({ kind: 'retry', reason: expect.stringContaining(`${status}`) });
    },
  );

  test('409 keeps the batch for later, in doubt whether it is under way', () => {
    expect(outcome(409, { body: 'in progress' })).toEqual({
      kind: 'retry',
      reason: '409 Conflict: in progress',
      doubt: 'conflict',
    });
  });

  test.each([
    [429, '3', 3_000],
    [503, '3', 3_000],
    [429, 'Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    [503, '100000000000', 3_600_000],
  ])('%i with Retry-After %s waits %i ms', (status, value, afterMs) => {
    expect(outcome(status, { headers: { 'retry-after': value } })).toMatchObject({ kind: 'retry', afterMs });
  });

  test.each([
    [429, '-5'],
    [429, 'soon'],
    [503, ''],
    [500, '3'],
    [408, '3'],
    [409, '3'],
    [401, '3'],
    [413, '3'],
  ])('%i with Retry-After %j sets no time', (status, value) => {
    expect(outcome(status, { headers: { 'retry-after': value } })).not.toHaveProperty('afterMs');
  });

  test('names where a redirect leads, without what its query holds', () => {
    const headers = { location: 'https://user:pass@collector.test/v2?key=secret#x' };
    expect(reasonOf(outcome(308, { headers }))).toBe(
      '308 Permanent Redirect: redirects are not followed; set the endpoint to https://collector.test/v2',
    );
  });

  test.each([[undefined], ['/relative?key=secret'], ['not an address']])(
    'a redirect to %s: names no place',
    (location) => {
      expect(reasonOf(outcome(302, { headers: location === undefined ? {} : { location } }))).toMatch(
        /set the endpoint to the final address$/,
      );
    },
  );
});

describe("a server's words", () => {
  test.each([
    ['longer than 200 characters', 'é'.repeat(1_000), 'é'.repeat(200)],
    ['longer, of two code units each', '😀'.repeat(300), '😀'.repeat(200)],
    ['colours and titles for a terminal', '\x1b[31mred\x1b]0;title\x07\x9b2J', '[31mred]0;title2J'],
    ['several lines', 'one\r\n\ttwo\u2028three', 'one two three'],
    ['text that runs backwards, or is not seen', 'a\u202eb\u200bc\u2060d', 'abcd'],
    ['half a character', 'a\ud800b', 'ab'],
    ['a web page', '<html><h1>Bad Request</h1></html>', ''],
    ['nothing', ' \n ', ''],
  ])('%s', (_title, body, shown) => {
    const reason = reasonOf(outcome(400, { body }));
    expect(reason).toBe(shown === '' ? '400 Bad Request' : `400 Bad Request: ${shown}`);
  });
});

describe('outcomeOfError', () => {
  const passing: HttpFault[] = [
    ...(['refused', 'unreachable', 'reset', 'timeout', 'dns', 'proxy-unreachable', 'proxy-failed'] as const),
    ...(['aborted', 'answer-too-large', 'bad-answer', 'failed'] as const),
  ];
  const lasting: HttpFault[] = ['unknown-host', 'forbidden-address', 'tls', 'proxy-tls', 'proxy-login', 'proxy-denied'];
  test.each([
    ...passing.map((fault) => [fault, 'retry'] as const),
    ...lasting.map((fault) => [fault, 'hold'] as const),
  ])('%s: %s, and says why in words', (fault, kind) => {
    expect(outcomeOfError(new HttpError(fault, 'ECODE'))).toEqual({
      kind,
      reason: expect.stringMatching(/^[a-z][a-z ,;'A-Z_-]{15,} \(ECODE\)$/),
    });
  });

  test.each([
    ['ECONNREFUSED', 'proxy.test:3128', ' (ECONNREFUSED, proxy proxy.test:3128)'],
    ['ECONNREFUSED', undefined, ' (ECONNREFUSED)'],
    [undefined, 'proxy.test:3128', ' (proxy proxy.test:3128)'],
    [undefined, undefined, ''],
  ])('names what there is: %s, %s', (code, proxy, end) => {
    const reason = `the server did not answer in time${end}`;
    expect(outcomeOfError(new HttpError('timeout', code), proxy)).toEqual({ kind: 'retry', reason });
  });

  test('throws on what is a bug', () => {
    expect(() => outcomeOfError(new TypeError('x is not a function'))).toThrow(TypeError);
  });
});
