import { describe, expect, test } from '@jest/globals';
import { credentials } from '../../src/destinations/http-headers.ts';
import { UserError } from '../../src/errors.ts';

function errorOf(apiKey: string | undefined, headers: string[]): UserError {
  try {
    credentials(apiKey, headers);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('the headers', () => {
  test('are the key and what is added', () => {
    expect(credentials('sk-1', ['X-Scope-OrgID: team-7', 'x-trace:a b', 'X-Pad: \t c:d \t']).headers).toEqual({
      authorization: 'Bearer sk-1',
      'x-scope-orgid': 'team-7',
      'x-trace': 'a b',
      'x-pad': 'c:d',
    });
  });

  test('are none where there is nothing', () => {
    expect(credentials(undefined, []).headers).toEqual({});
  });

  test('may hold another kind of authorization in the place of the key', () => {
    expect(credentials(undefined, ['Authorization: Basic dXNlcg==']).headers).toEqual({
      authorization: 'Basic dXNlcg==',
    });
    expect(errorOf('sk-1', ['Authorization: Basic dXNlcg==']).message).toContain('apiKey');
  });

  test.each(['sk-secret\n', 'sk-secret key', 'sk-secret\r\nX-Injected: 1', 'sk-secret-é', '', '\0'])(
    'take no key that would break them, and do not repeat it: %j',
    (apiKey) => {
      const error = errorOf(apiKey, []);
      expect(error.message).toMatch(/^The API key was not accepted/);
      expect(error.message).not.toContain('sk-secret');
    },
  );

  test.each([
    ['no colon', 'pa55word', 'number 1'],
    ['no name', ': pa55word', 'number 1'],
    ['a space in the name', 'X Y: pa55word', 'number 1'],
    ['a line break in the name', 'X\r\nY: pa55word', 'number 1'],
    ['no value', 'X-Token:  ', '"x-token" is empty'],
    ['a line break', 'X-Token: pa55word\r\nX-Injected: 1', '"x-token"'],
    ['a line break at the end', 'X-Token: pa55word\n', '"x-token"'],
    ['a NUL', 'X-Token: pa55word\0', '"x-token"'],
    ['what is not ASCII', 'X-Token: pa55wördpa55word', '"x-token"'],
    ['the host', 'Host: pa55word', '"host"'],
    ['the length', 'content-length: 55', '"content-length"'],
    ['the coding of the transfer', 'Transfer-Encoding: chunked', '"transfer-encoding"'],
    ['the id of the batch', 'Idempotency-Key: pa55word', '"idempotency-key"'],
    ['an encoding of the answer', 'Accept-Encoding: gzip', '"accept-encoding"'],
    ["the proxy's login", 'Proxy-Authorization: pa55word', '"proxy-authorization"'],
  ])('take no line with %s, and do not repeat its value', (_title, line, words) => {
    const error = errorOf(undefined, [line]);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('pa55');
  });

  test('take no name twice', () => {
    expect(errorOf(undefined, ['X-A: 1', 'x-a: 2']).message).toContain('twice');
  });
});

describe('a key in a header of its own', () => {
  const keyHeader = (key: string) => ['x-api-key', `v1 ${key}`] as const;

  test('leaves the authorization to others', () => {
    expect(credentials('sk-1', ['Authorization: Basic dXNlcg=='], keyHeader).headers).toEqual({
      authorization: 'Basic dXNlcg==',
      'x-api-key': 'v1 sk-1',
    });
  });

  test('is not to be set a second time', () => {
    expect(() => credentials('sk-1', ['X-Api-Key: sk-2'], keyHeader)).toThrow('"x-api-key" is what the option apiKey');
  });
});

describe('a text', () => {
  const { redact } = credentials('sk-"0123456789"', ['X-Token: tok/en value', 'X-Scope-OrgID: 7']);

  test.each([
    ['the key sk-"0123456789" is wrong', 'the key [redacted] is wrong'],
    ['sk-"0123456789"sk-"0123456789"', '[redacted][redacted]'],
    [JSON.stringify({ key: 'sk-"0123456789"' }), '{"key":"[redacted]"}'],
    ['?key=sk-%220123456789%22&x', '?key=[redacted]&x'],
    ['tok/en value', '[redacted]'],
    ['tenant 7 has 77 errors', 'tenant 7 has 77 errors'],
    ['nothing of it', 'nothing of it'],
  ])('loses what is secret: %s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  test('loses a login without its scheme, too', () => {
    const basic = credentials(undefined, ['Authorization: Basic dXNlcjpwYXNz']);
    expect(basic.redact('Basic dXNlcjpwYXNz, dXNlcjpwYXNz, Basic')).toBe('[redacted], [redacted], Basic');
  });

  test('loses the whole of a secret that another one begins', () => {
    const two = credentials('abcd', ['X-Token: abcdefgh']);
    expect(two.redact('abcdefgh abcd')).toBe('[redacted] [redacted]');
  });
});
