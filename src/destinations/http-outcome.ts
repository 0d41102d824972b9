/** What an HTTP answer means for a batch: one table, shared by every destination that speaks HTTP. */
import { STATUS_CODES } from 'node:http';
import { HttpError, type HttpAnswer, type HttpFault } from '../lib/http.ts';
import { isJson } from '../lib/json.ts';
import { parseRetryAfter } from '../lib/retry-after.ts';
import type { Delivery } from './destination.ts';

/** Only these acknowledge: a 207, for one, may hold refusals in its body. */
const ACKNOWLEDGEMENTS = new Set([200, 201, 202, 204]);
/** The batch as it is can never be taken. */
const REJECTIONS = new Set([400, 413, 422]);
/** Refusals that pass; every other 4xx stays until somebody has mended something on one of the two sides. */
const PASSING = new Set([408, 409, 425, 429]);

/** What to do about a refusal that waiting does not end. */
const ADVICE: { readonly [status: number]: string } = {
  401: 'check the API key',
  403: 'the API key is not allowed to write here; check its rights',
  404: 'check the path of the endpoint',
  405: 'the endpoint does not take POST; check its path',
  407: 'a proxy asks for a login; check the proxy settings',
  410: 'the endpoint was taken down; configure the new one',
  451: 'the endpoint may not be used for legal reasons; ask whoever runs it',
};

type Fault = readonly [kind: 'retry' | 'hold', words: string];

const FAULTS: { readonly [fault in HttpFault]: Fault } = {
  refused: ['retry', 'the connection was refused; check that the server is running and the port is right'],
  unreachable: ['retry', 'the server cannot be reached; check the network'],
  reset: ['retry', 'the connection broke before the answer was complete'],
  timeout: ['retry', 'the server did not answer in time'],
  dns: ['retry', "the server's name cannot be resolved at the moment; check the network"],
  'unknown-host': ['hold', "there is no server of this name; check the endpoint's spelling and the network"],
  'forbidden-address': ['hold', "the server's name stands for a link-local or metadata address; check the endpoint"],
  tls: ['hold', "the server's TLS certificate or handshake was not accepted; check the endpoint and the option ca"],
  'proxy-unreachable': ['retry', 'the proxy cannot be reached; check its address and that it is running'],
  'proxy-tls': [
    'hold',
    "the proxy's TLS certificate or handshake was not accepted; check its address and the option ca",
  ],
  'proxy-login': ['hold', 'the proxy asks for a login; check user name and password in its address'],
  'proxy-denied': ['hold', 'the proxy does not let the connection through; ask whoever runs it, or use NO_PROXY'],
  'proxy-failed': ['retry', 'the proxy made no connection to the server'],
  aborted: ['retry', 'the run ended before the answer came'],
  'answer-too-large': ['retry', 'the answer is too large to be an acknowledgement; check the endpoint'],
  'bad-answer': ['retry', 'the answer is not plain HTTP as it was asked for; check the endpoint'],
  failed: ['retry', 'the request could not be made'],
};

const MAX_SERVER_TEXT = 200;

/**
 * The outcome of a batch that was answered at `now` (epoch ms). Pure.
 *
 * | status | outcome |
 * | --- | --- |
 * | 200, 201, 202, 204, with an empty body or JSON | delivered |
 * | 400, 422 | rejected |
 * | 413 | rejected, `tooLarge` |
 * | 408, 425, 5xx, and a success that acknowledges nothing (a web page, a 207) | retry |
 * | 429, 503 | retry, after Retry-After where there is one (RFC 9110 §10.2.3), at most an hour |
 * | 409 | retry, in doubt: the same Idempotency-Key may still be at work |
 * | 3xx and every other 4xx | hold |
 */
export function outcomeOf(answer: HttpAnswer, now: number): Delivery {
  const { status } = answer;
  if (ACKNOWLEDGEMENTS.has(status)) return acknowledgement(answer);
  const reason = sentence(answer, advice(answer) ?? serverText(answer));
  if (REJECTIONS.has(status)) return { kind: 'rejected', reason, ...(status === 413 && { tooLarge: true }) };
  if (status >= 300 && status < 500 && !PASSING.has(status)) return { kind: 'hold', reason };
  return { kind: 'retry', reason, ...waiting(answer, now), ...(status === 409 && { doubt: 'conflict' }) };
}

/** As `outcomeOf`, for servers whose answers nobody has written down: a word such as OK acknowledges, too. */
export function outcomeOfAnswerOrWord(answer: HttpAnswer, now: number): Delivery {
  const isWord = /^\w{1,32}$/.test(answer.body.trim());
  return outcomeOf(ACKNOWLEDGEMENTS.has(answer.status) && isWord ? { ...answer, body: '' } : answer, now);
}

/**
 * The outcome of a batch whose request failed; anything but an HttpError is a bug, and thrown on. `proxy`, a host, is
 * named where one was in use.
 *
 * What the network does passes (retry); what was configured does not (hold). Of name resolution, EAI_AGAIN passes: no
 * resolver has answered. ENOTFOUND holds: a resolver says that there is no such name, which is most often a typing
 * mistake. A machine without any network can say the same, so it is asked again after a hold's rest, too.
 */
export function outcomeOfError(error: unknown, proxy?: string): Delivery {
  if (!(error instanceof HttpError)) throw error;
  const [kind, words] = FAULTS[error.reason];
  const details = [error.code, proxy === undefined ? undefined : `proxy ${proxy}`].filter((part) => part !== undefined);
  return { kind, reason: details.length === 0 ? words : `${words} (${details.join(', ')})` };
}

/** A login page or a proxy answers 200, too; what acknowledges is empty or JSON. */
function acknowledgement(answer: HttpAnswer): Delivery {
  if (answer.body.trim() === '') return { kind: 'delivered' };
  if (isMarkup(answer)) return notAcknowledged(answer, 'a web page');
  return isJson(answer.body) ? { kind: 'delivered' } : notAcknowledged(answer, 'a text that is not JSON');
}

function notAcknowledged(answer: HttpAnswer, what: string): Delivery {
  const reason = sentence(
    answer,
    `the answer is ${what}, so something else than a collector answered; check the endpoint`,
  );
  return { kind: 'retry', reason };
}

function waiting({ status, headers }: HttpAnswer, now: number): { afterMs?: number } {
  const afterMs = status === 429 || status === 503 ? parseRetryAfter(headers['retry-after'], now) : undefined;
  return afterMs === undefined ? {} : { afterMs };
}

function advice({ status, headers }: HttpAnswer): string | undefined {
  if (status >= 300 && status < 400)
    return `redirects are not followed; set the endpoint to ${target(headers.location)}`;
  return ADVICE[status];
}

/** Where a redirect leads, without its query: that may repeat what the endpoint's own query holds. */
function target(location: string | undefined): string {
  if (location === undefined || !URL.canParse(location)) return 'the final address';
  const { origin, pathname } = new URL(location);
  return printable(`${origin}${pathname}`);
}

/** `401 Unauthorized: check the API key`. */
function sentence({ status }: HttpAnswer, rest: string): string {
  const title = [status, STATUS_CODES[status]].filter((part) => part !== undefined).join(' ');
  return rest === '' ? title : `${title}: ${rest}`;
}

/** What the server says about it; a web page says nothing that fits into a sentence. */
function serverText(answer: HttpAnswer): string {
  return isMarkup(answer) ? '' : printable(answer.body);
}

/** On one line, without control or invisible characters, so that it can do nothing to a terminal. */
export function printable(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').replaceAll(/\p{C}/gu, '').trim();
  return Array.from(line).slice(0, MAX_SERVER_TEXT).join('');
}

function isMarkup({ headers, body }: HttpAnswer): boolean {
  return /^text\/html\b/i.test(headers['content-type'] ?? '') || body.trimStart().startsWith('<');
}
