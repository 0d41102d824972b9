/** What kind of failure a line reports, in one word from a closed set. */
import { asCount, asObject, asString, own, type JsonObject } from '../lib/json.ts';
import type { LineParts } from './parts.ts';
import type { PromptKind } from './prompt-kind.ts';

export const requestErrorClasses = [
  'rate_limit',
  'overloaded',
  'server_error',
  'authentication_failed',
  'billing_error',
  'invalid_request',
  'timeout',
  'connection',
  'max_output_tokens',
  'refusal',
  'interrupted',
  'unknown',
] as const;
export type RequestErrorClass = (typeof requestErrorClasses)[number];

/** What the lines of a failed request say about it. */
export interface Failure {
  /** HTTP. */
  status: number | undefined;
  /** The API's word: `overloaded_error`. */
  type: string | undefined;
  /** The client's word: `server_error`. */
  word: string | undefined;
  /** The error as an object, where the client wrote it as one. */
  error: JsonObject | undefined;
}

/** Undefined where the line reports no failure. The words of the API are exact, those of the client sum up. */
export function errorClassOf(
  parts: LineParts,
  kind: PromptKind | undefined,
  failure: Failure | undefined,
): RequestErrorClass | undefined {
  if (kind === 'interrupt' || parts.common.isAbortedMidStream === true) return 'interrupted';
  if (isRefusal(parts)) return 'refusal';
  if (failure === undefined) return undefined;
  const { type, word, status } = failure;
  return (
    own(PLAIN_WORDS, word ?? '') ??
    own(PLAIN_WORDS, asString(parts.line['apiError']) ?? '') ??
    own(TYPES, type ?? '') ??
    classOfStatus(status) ??
    classOfConnection(parts.line, failure.error) ??
    own(SUMS, word ?? '') ??
    'unknown'
  );
}

function isRefusal({ type, subtype, line, message }: LineParts): boolean {
  if (type === 'system') return subtype === 'model_refusal_no_fallback';
  return type === 'assistant' && (message?.['stop_reason'] === 'refusal' || line['refusingModel'] !== undefined);
}

type Classes = { readonly [word: string]: RequestErrorClass };

/** Words of the client that say more than the API's: a lack of credit is an `invalid_request_error` to the API. */
const PLAIN_WORDS: Classes = {
  billing_error: 'billing_error',
  authentication_failed: 'authentication_failed',
  oauth_org_not_allowed: 'authentication_failed',
  rate_limit: 'rate_limit',
  max_output_tokens: 'max_output_tokens',
  connection_failed: 'connection',
};

/** The API's own types of error. */
const TYPES: Classes = {
  rate_limit_error: 'rate_limit',
  overloaded_error: 'overloaded',
  api_error: 'server_error',
  authentication_error: 'authentication_failed',
  permission_error: 'authentication_failed',
  billing_error: 'billing_error',
  invalid_request_error: 'invalid_request',
  not_found_error: 'invalid_request',
  request_too_large: 'invalid_request',
  timeout_error: 'timeout',
};

/** What the client says where it sums up. */
const SUMS: Classes = {
  server_error: 'server_error',
  invalid_request: 'invalid_request',
  model_not_found: 'invalid_request',
};

const STATUSES: { readonly [status: string]: RequestErrorClass } = {
  401: 'authentication_failed',
  402: 'billing_error',
  403: 'authentication_failed',
  408: 'timeout',
  429: 'rate_limit',
  504: 'timeout',
  529: 'overloaded',
};

function classOfStatus(status: number | undefined): RequestErrorClass | undefined {
  if (status === undefined || status < 400) return undefined;
  return own(STATUSES, String(status)) ?? (status < 500 ? 'invalid_request' : 'server_error');
}

const TIMEOUTS: ReadonlySet<string> = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);

function classOfConnection(line: JsonObject, error: JsonObject | undefined): RequestErrorClass | undefined {
  // Clients before 2.1.290 wrote the exception itself, whose cause is that of the network.
  const connection = asObject(error?.['connection']) ?? asObject(line['cause']);
  if (TIMEOUTS.has(asString(connection?.['code']) ?? '')) return 'timeout';
  const isCut = line['streamCutCause'] === 'stale_connection';
  return connection !== undefined || isCut || error?.['isNetworkDown'] === true ? 'connection' : undefined;
}

/** The type in an error that the client wrote as the exception it caught. */
export function errorTypeOf(error: JsonObject | undefined): string | undefined {
  const answer = asObject(error?.['error']);
  return asString(asObject(answer?.['error'])?.['type']);
}

/** More than this is no error of the API. */
const MAX_JSON = 10_000;

/** The type in an error of the API that the client wrote as text: `529 {"type":"error","error":{"type":…}}`. */
export function errorTypeIn(written: string | undefined): string | undefined {
  const start = written === undefined || written.length > MAX_JSON ? -1 : written.indexOf('{');
  if (written === undefined || start === -1) return undefined;
  try {
    return errorTypeOf({ error: JSON.parse(written.slice(start)) });
  } catch {
    return undefined;
  }
}

/** The HTTP status in front of such a text; the client's own begins with its name for it. */
export function statusIn(written: string | undefined): number | undefined {
  const digits = /^(?:API Error: )?(\d{3}) /.exec(written ?? '')?.[1];
  return digits === undefined ? undefined : asCount(Number(digits));
}
