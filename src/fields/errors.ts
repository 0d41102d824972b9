/** What went wrong with a request to the API, and whether the client tries again. */
import { asBoolean, asCount, asObject, asString, type JsonObject } from '../lib/json.ts';
import { errorClassOf, errorTypeIn, errorTypeOf, statusIn, type Failure } from '../line/error-class.ts';
import { count, fieldGroup, flag, id, ms, text, word, type ValuesOf } from './field.ts';
import { jsonTextOf } from '../lib/json-dump.ts';
import { msOf } from './latency.ts';
import type { LineParts } from '../line/parts.ts';
import type { Scope } from './scope.ts';

export const errorFields = fieldGroup({
  is_api_error: flag(
    '`isApiErrorMessage`, system/api_error',
    'The line reports a failed request, retried or given up.',
  ),
  error_class: word(
    '`apiErrorType`, `error`, `apiErrorStatus`, `apiError`, `error.**`, `message.stop_reason`, prompt_kind',
    'What kind of failure it was: `rate_limit`, `overloaded`, `server_error`, `authentication_failed`, `billing_error`, `invalid_request`, `timeout`, `connection`, `max_output_tokens`, `refusal`, `interrupted` or `unknown`.',
  ),
  api_error_status: count(
    '`apiErrorStatus`, `error.status`; else in front of `errorDetails` or error_message',
    'The HTTP status of the answer.',
  ),
  api_error_type: word(
    '`apiErrorType`; else `error.error.error.type`, or inside `errorDetails` or error_message',
    "The API's own type of error, for instance `overloaded_error`.",
  ),
  client_error: word(
    '`error` where it is a word',
    "The client's own word for the failure, for instance `server_error`.",
  ),
  api_error: text('`apiError`, `apiError.**`', 'What the client adds to that, a word or JSON.'),
  error_message: text(
    '`error.message`, `streamCutError.message`, `error` where it is a sentence; else `message.content[].text` of lines with `isApiErrorMessage`',
    'The failure in the words of the API or the client.',
  ),
  error_formatted: text('`error.formatted`, `streamCutError.formatted`', 'The failure as the client shows it.'),
  error_details: text('`errorDetails`', 'What the API answered, as text.'),
  error_object: text('`error.**` where it is an object', 'The whole error as the client noted it, as JSON.'),
  error_cause: text('`cause`, `cause.**`', 'The error behind the error.'),
  is_transient: flag('`apiErrorIsTransient`', 'Trying again later may help.'),
  resend_cannot_cure: flag('`resendCannotCure`', 'Sending the same request again cannot help.'),
  is_network_down: flag('`error.isNetworkDown`, `streamCutError.isNetworkDown`', 'The machine had no network.'),
  connection_error_code: word(
    '`error.connection.code`, `streamCutError.connection.code`, `cause.code`',
    'For instance `ECONNRESET`.',
  ),
  connection_error_message: text(
    '`error.connection.message`, `streamCutError.connection.message`',
    'What the network stack said.',
  ),
  is_ssl_error: flag('`error.connection.isSSLError`, `streamCutError.connection.isSSLError`', 'TLS failed.'),
  no_response: text('`error.noResponse`, `streamCutError.noResponse`', 'Why there was no answer at all, as JSON.'),
  rate_limits: text('`error.rateLimits.**`, `streamCutError.rateLimits.**`', 'The limits that were hit, as JSON.'),
  failed_request_id: id(
    '`error.requestId`, `error.requestID`, `streamCutError.requestId`',
    'The API request that failed.',
  ),
  retry_attempt: count('`retryAttempt`', 'Which retry follows, from 1.'),
  max_retries: count('`maxRetries`', 'How many retries there will be at most.'),
  retry_in_ms: ms('`retryInMs`', 'How long the client waits before it.'),
  retry_source: word('`source` of api_error lines', 'What part of the client tries again.'),
});

type Errors = ValuesOf<typeof errorFields>;

export function fillErrors(record: Errors, { parts, step }: Scope): void {
  const { type, subtype, line, common } = parts;
  const isRetried = type === 'api_error' || (type === 'system' && subtype === 'api_error');
  if (isRetried || (type === 'assistant' && common.isApiErrorMessage === true)) {
    fillFromFailure(record, parts);
    if (isRetried) fillFromRetry(record, line);
    return;
  }
  record.is_api_error = asBoolean(common.isApiErrorMessage);
  record.error_class = errorClassOf(parts, step.kind, undefined);
}

function fillFromFailure(record: Errors, parts: LineParts): void {
  const { line } = parts;
  const error = asObject(line['error']) ?? asObject(line['streamCutError']);
  const failure = failureOf(parts, error);
  record.is_api_error = true;
  record.error_class = errorClassOf(parts, undefined, failure);
  record.api_error_status = failure.status;
  record.api_error_type = failure.type;
  record.client_error = failure.word;
  record.api_error = wordOrJson(line['apiError']);
  record.error_message = failure.message;
  record.error_details = asString(line['errorDetails']);
  record.error_object = jsonTextOf(asObject(line['error']));
  record.error_cause = wordOrJson(line['cause']);
  record.is_transient = asBoolean(line['apiErrorIsTransient']);
  record.resend_cannot_cure = asBoolean(line['resendCannotCure']);
  if (error !== undefined) fillFromObject(record, error);
  fillFromConnection(record, asObject(error?.['connection']) ?? asObject(line['cause']));
}

/** The error as clients since 2.1.290 describe it. */
function fillFromObject(record: Errors, error: JsonObject): void {
  record.error_formatted = asString(error['formatted']);
  record.is_network_down = asBoolean(error['isNetworkDown']);
  record.no_response = jsonTextOf(error['noResponse']);
  record.rate_limits = jsonTextOf(error['rateLimits']);
  record.failed_request_id = asString(error['requestId']) ?? asString(error['requestID']);
}

function fillFromConnection(record: Errors, connection: JsonObject | undefined): void {
  record.connection_error_code = asString(connection?.['code']);
  record.connection_error_message = asString(connection?.['message']);
  record.is_ssl_error = asBoolean(connection?.['isSSLError']);
}

function fillFromRetry(record: Errors, line: JsonObject): void {
  record.retry_attempt = asCount(line['retryAttempt']);
  record.max_retries = asCount(line['maxRetries']);
  record.retry_in_ms = msOf(line['retryInMs']);
  record.retry_source = asString(line['source']);
}

/** A word of the client; older ones write sentences in its place. */
const WORD = /^[a-z][a-z0-9_]{0,63}$/;

function failureOf(
  { line, blocks }: LineParts,
  error: JsonObject | undefined,
): Failure & { message: string | undefined } {
  const said = asString(line['error']);
  const isWord = said !== undefined && WORD.test(said);
  const message = asString(error?.['message']) ?? (isWord ? undefined : said) ?? asString(blocks[0]?.['text']);
  const details = asString(line['errorDetails']);
  const status = asCount(line['apiErrorStatus']) ?? asCount(error?.['status']);
  return {
    status: status ?? statusIn(details) ?? statusIn(message),
    type: asString(line['apiErrorType']) ?? errorTypeOf(error) ?? errorTypeIn(details) ?? errorTypeIn(message),
    word: isWord ? said : undefined,
    error,
    message,
  };
}

function wordOrJson(value: unknown): string | undefined {
  return asString(value) ?? jsonTextOf(value);
}
