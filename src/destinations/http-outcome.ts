/** What an HTTP answer means for a batch: one table, shared by every destination that speaks HTTP. */
import { STATUS_CODES } from 'node:http';
import { HttpError, type HttpAnswer, type HttpFault } from '../lib/http.ts';
import { parseRetryAfter } from '../lib/retry-after.ts';
import type { Delivery } from './destination.ts';

/** Only these acknowledge: a 207, for one, may hold refusals in its body. */
const ACKNOWLEDGEMENTS = new Set([200, 201, 202, 204]);
/** The batch as it is can never be taken; every other refusal can be mended on one of the two sides. */
const REJECTIONS = new Set([400, 413, 422]);

/** What the user should do, where waiting alone will not help. */
const ADVICE: { readonly [status: number]: string } = {
  401: 'check the API key',
  403: 'the API key is not allowed to write here; check its rights',
  404: 'check the path of the endpoint',
  405: 'the endpoint does not take POST; check its path',
  407: 'a proxy asks for a login; check the proxy settings',
  410: 'the endpoint was taken down; configure the new one',
  451: 'the endpoint may not be used for legal reasons; ask whoever runs it',
};

const FAULTS: { readonly [fault in HttpFault]: string } = {
  refused: 'the connection was refused; check that the server is running and the port is right',
  unreachable: 'the server cannot be reached; check the network',
  reset: 'the connection broke before the answer was complete',
  timeout: 'the server did not answer in time',
  dns: "the server's name cannot be resolved; check the endpoint and the network",
  tls: "the server's TLS certificate or handshake was not accepted; check the endpoint and the certificate",
  aborted: 'the run ended before the answer came',
  'answer-too-large': 'the answer is too large to be an acknowledgement; check the endpoint',
  'bad-answer': 'the answer is not plain HTTP as it was asked for; check the endpoint',
  failed: 'the request could not be made',
};

const MAX_SERVER_TEXT = 200;

/** The outcome of a batch that was answered at `now` (epoch ms). Pure. */
export function outcomeOf(answer: HttpAnswer, now: number): Delivery {
  const { status, headers } = answer;
  if (ACKNOWLEDGEMENTS.has(status)) return acknowledgement(answer);
  if (REJECTIONS.has(status)) return { kind: 'rejected', reason: sentence(answer, serverText(answer)) };
  const afterMs = status === 429 || status === 503 ? parseRetryAfter(headers['retry-after'], now) : undefined;
  const reason = sentence(answer, advice(answer) ?? serverText(answer));
  return afterMs === undefined ? { kind: 'retry', reason } : { kind: 'retry', reason, afterMs };
}

/** The outcome of a batch whose request failed. Anything but an HttpError is a bug, and thrown on. */
export function outcomeOfError(error: unknown): Delivery {
  if (!(error instanceof HttpError)) throw error;
  const code = error.code === undefined ? '' : ` (${error.code})`;
  return { kind: 'retry', reason: `${FAULTS[error.reason]}${code}` };
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
function printable(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').replaceAll(/\p{C}/gu, '').trim();
  return Array.from(line).slice(0, MAX_SERVER_TEXT).join('');
}

function isMarkup({ headers, body }: HttpAnswer): boolean {
  return /^text\/html\b/i.test(headers['content-type'] ?? '') || body.trimStart().startsWith('<');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
