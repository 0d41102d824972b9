import { describe, expect, test } from '@jest/globals';
import { requestErrorClasses } from '../../src/line/error-class.ts';
import { errorFields } from '../../src/fields/errors.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import { recordOf, valuesOf } from '../helpers/hand-made.ts';
import { mapFixture } from '../helpers/mapped.ts';

const failedIn = (folder: string): MessageRecord[] =>
  mapFixture(folder).filter(({ is_api_error, derived }) => is_api_error === true && derived !== true);

describe('a request that is tried again', () => {
  test('is told with the answer of the API', () => {
    const refused = failedIn('2.1.329-errors').find(({ subtype }) => subtype === 'api_error');
    const { error_object, ...values } = valuesOf(errorFields, refused);
    expect(values).toEqual({
      is_api_error: true,
      error_class: 'authentication_failed',
      api_error_status: 401,
      api_error_type: 'authentication_error',
      error_message:
        '401 {"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"},"request_id":"req_011C3sXx1ZRnZnD19SxB2fC4"}',
      error_formatted: '401 invalid x-api-key',
      is_network_down: false,
      failed_request_id: 'req_011C3sXx1ZRnZnD19SxB2fC4',
      retry_attempt: 1,
      max_retries: 1,
      retry_in_ms: 590,
      retry_source: 'request_retry',
    });
    expect(JSON.parse(String(error_object))).toMatchObject({ status: 401, rateLimits: null });
  });

  test('is told with what the network said', () => {
    const dropped = failedIn('2.1.329-retries').filter(({ error_class }) => error_class === 'connection');
    expect(dropped).toEqual([
      expect.objectContaining({
        connection_error_code: 'ECONNRESET',
        connection_error_message: expect.stringMatching(/^ECONNRESET: The socket connection was closed/),
        is_ssl_error: false,
        error_message: 'Connection error.',
        error_formatted: 'Connection dropped (ECONNRESET)',
      }),
    ]);
  });
});

describe('a request that is given up', () => {
  test.each([
    ['authentication_failed', 401, 'authentication_error', 'authentication_failed'],
    ['billing_error', 400, 'invalid_request_error', 'billing_error'],
    ['invalid_request', 400, 'invalid_request_error', 'unknown'],
    ['invalid_request', 400, 'invalid_request_error', 'invalid_request'],
    ['overloaded', 529, 'overloaded_error', 'server_error'],
    ['server_error', 500, 'api_error', 'server_error'],
    ['rate_limit', 429, 'rate_limit_error', 'rate_limit'],
    ['refusal', undefined, undefined, 'invalid_request'],
  ])(
    'is %s where the API said %s %s and the client %s',
    (error_class, api_error_status, api_error_type, client_error) => {
      const answers = failedIn('2.1.329-errors').filter(({ type }) => type === 'assistant');
      expect(answers).toContainEqual(
        expect.objectContaining({ error_class, api_error_status, api_error_type, client_error }),
      );
    },
  );

  test('is told with what the client knows of it', () => {
    const limited = failedIn('2.1.329-errors').find(
      ({ type, error_class }) => type === 'assistant' && error_class === 'rate_limit',
    );
    expect(valuesOf(errorFields, limited)).toEqual({
      is_api_error: true,
      error_class: 'rate_limit',
      api_error_status: 429,
      api_error_type: 'rate_limit_error',
      client_error: 'rate_limit',
      error_message: 'API Error: Request rejected (429) · This request would exceed your rate limit.',
      is_transient: false,
    });
  });

  test.each([
    [
      '2.1.329-partialdrop',
      { error_class: 'connection', client_error: 'server_error', api_error: 'connection_failed' },
    ],
    ['2.1.329-retries', { error_class: 'overloaded', failed_request_id: 'req_011CfDBPDFscvAfABQg5Putk' }],
    ['2.1.119-retries', { error_class: 'overloaded', api_error_type: 'overloaded_error', client_error: 'unknown' }],
    ['2.1.200-retries', { error_class: 'server_error', client_error: 'server_error' }],
  ])('is told where its answer broke off: %s', (folder, expected) => {
    const answers = failedIn(folder).filter(({ type }) => type === 'assistant');
    expect(answers).toContainEqual(expect.objectContaining(expected));
  });
});

describe('the class of an error', () => {
  const failure = { type: 'assistant', isApiErrorMessage: true };
  const retry = { type: 'system', subtype: 'api_error' };
  const said = (text: string): object => ({ message: { model: '<synthetic>', content: [{ type: 'text', text }] } });
  test.each([
    ['connection', { ...retry, cause: { code: 'ECONNREFUSED' }, error: {} }],
    ['timeout', { ...retry, error: { connection: { code: 'ETIMEDOUT' } } }],
    ['connection', { ...retry, error: { connection: null, isNetworkDown: true } }],
    ['rate_limit', { ...retry, error: { error: { error: { type: 'rate_limit_error' } }, headers: {} } }],
    ['timeout', { ...retry, error: { status: 504 } }],
    ['server_error', { ...retry, error: { status: 503 } }],
    ['invalid_request', { ...retry, error: { status: 413 } }],
    ['unknown', { ...retry, error: { status: 302 } }],
    ['unknown', { ...retry }],
    ['overloaded', { type: 'api_error', error: { status: 529 } }],
    ['max_output_tokens', { ...failure, apiError: 'max_output_tokens', error: 'unknown' }],
    ['max_output_tokens', { ...failure, error: 'max_output_tokens' }],
    ['invalid_request', { ...failure, error: 'model_not_found' }],
    ['connection', { ...failure, error: 'unknown', streamCutCause: 'stale_connection' }],
    ['overloaded', { ...failure, ...said('API Error: 529 {"type":"error","error":{"type":"overloaded_error"}}') }],
    ['rate_limit', { ...failure, ...said('API Error: 429 slow down') }],
    ['unknown', { ...failure, ...said('Credit {balance') }],
    ['refusal', { ...failure, refusingModel: 'claude-opus-5-5', error: 'invalid_request' }],
    ['refusal', { type: 'assistant', message: { model: 'x', stop_reason: 'refusal' } }],
    ['refusal', { type: 'system', subtype: 'model_refusal_no_fallback' }],
    ['interrupted', { type: 'assistant', isAbortedMidStream: true }],
    ['interrupted', { type: 'user', message: { content: '[Request interrupted by user]' } }],
    [undefined, { type: 'assistant', isApiErrorMessage: false, message: { model: 'x', stop_reason: 'end_turn' } }],
    [undefined, { type: 'user', message: { content: 'x' } }],
    [undefined, { type: 'system', subtype: 'informational' }],
  ])('is %s on %j', (expected, line) => {
    expect(recordOf(line).error_class).toBe(expected);
    expect([undefined, ...requestErrorClasses]).toContain(expected);
  });

  test.each([
    ['api_error_status', { errorDetails: '400 {"type":"error"}' }, 400],
    ['api_error_type', { errorDetails: '400 {"error":{"type":"invalid_request_error"}}' }, 'invalid_request_error'],
    ['api_error_type', { errorDetails: `400 ${' '.repeat(10_000)}{"error":{"type":"x"}}` }, undefined],
    ['error_details', { errorDetails: '400' }, '400'],
    ['client_error', { error: 'Something went wrong' }, undefined],
    ['error_message', { error: 'Something went wrong' }, 'Something went wrong'],
    ['api_error', { apiError: { kind: 'x' } }, '{"kind":"x"}'],
    ['error_cause', { cause: 'x' }, 'x'],
    ['error_cause', { cause: { code: 'x' } }, '{"code":"x"}'],
    ['connection_error_code', { cause: { code: 'ECONNREFUSED' } }, 'ECONNREFUSED'],
    ['resend_cannot_cure', { resendCannotCure: true }, true],
    ['failed_request_id', { error: { requestID: 'req_1' } }, 'req_1'],
    ['rate_limits', { error: { rateLimits: { reset: 1 } } }, '{"reset":1}'],
    ['no_response', { error: { noResponse: { afterMs: 5 } } }, '{"afterMs":5}'],
    ['retry_in_ms', { retryInMs: 583.7341 }, undefined],
  ] as const)('comes with %s of %j', (name, line, expected) => {
    expect(recordOf({ ...failure, ...line })[name]).toBe(expected);
  });

  test('comes with a delay in whole milliseconds', () => {
    expect(recordOf({ ...retry, retryInMs: 583.7341 }).retry_in_ms).toBe(584);
  });
});
