/** One request over node:http or node:https: a whole answer within its limits, or an error that says why in a word. */
import * as http from 'node:http';
import * as https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { collect } from './collect.ts';
import { reasonOf } from '../errors.ts';

/** Bytes of an answer's body that are read. */
export const MAX_ANSWER_BYTES = 65_536;

export interface HttpRequest {
  url: URL;
  /** POST where none is given. */
  method?: 'POST' | 'PUT';
  headers: http.OutgoingHttpHeaders;
  body: string | Uint8Array;
  /** From the call to the last byte of the answer, so that a server which trickles gains nothing. */
  timeoutMs: number;
  /** From the call to a connection that can be written to: name resolved, TLS verified. */
  connectTimeoutMs: number;
  /** Without one, the connection serves this request alone. */
  agent?: http.Agent;
  signal: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** As UTF-8; of `application/x-protobuf`, a character for each byte (latin1). */
  body: string;
}

export type HttpFault =
  | 'refused'
  | 'unreachable'
  | 'reset'
  | 'timeout'
  | 'dns'
  | 'unknown-host'
  | 'forbidden-address'
  | 'tls'
  | 'proxy-unreachable'
  | 'proxy-tls'
  | 'proxy-login'
  | 'proxy-denied'
  | 'proxy-failed'
  | 'aborted'
  | 'answer-too-large'
  | 'bad-answer'
  | 'failed';

/** A request without an answer that counts. It carries no address, header or body, so it may be shown and logged. */
export class HttpError extends Error {
  override name = 'HttpError';
  readonly reason: HttpFault;
  /** What Node or the system said, for instance `ECONNREFUSED`. */
  readonly code: string | undefined;

  constructor(reason: HttpFault, code?: string) {
    super(`the request failed: ${reason}${code === undefined ? '' : ` (${code})`}`);
    this.reason = reason;
    this.code = code;
  }
}

/** Keeps connections open between requests; whoever makes one destroys it. */
export function createAgent(url: URL, options: https.AgentOptions = {}): http.Agent {
  return new (isTls(url) ? https : http).Agent({ ...options, keepAlive: true });
}

/**
 * Sends a body and answers whatever status came back; rejects with an HttpError and nothing else.
 *
 * Redirects are not followed: they would carry the headers elsewhere. A 2xx must be complete, within MAX_ANSWER_BYTES
 * and without content-encoding, since it is read as an acknowledgement. The body of any other status is only words for
 * people, so it is cut at the limit, and left out where it is encoded.
 */
export async function post(request: HttpRequest): Promise<HttpAnswer> {
  const ended = new AbortController();
  const endWith = (reason: HttpFault, code?: string) => () => ended.abort(new HttpError(reason, code));
  const total = setTimeout(endWith('timeout'), request.timeoutMs);
  const connect = setTimeout(endWith('timeout', 'connecting'), request.connectTimeoutMs);
  const abort = endWith('aborted');
  request.signal.addEventListener('abort', abort);
  if (request.signal.aborted) abort();
  try {
    const response = await send(request, ended.signal, () => clearTimeout(connect));
    return { status: statusOf(response), headers: response.headers, body: await readBody(response) };
  } catch (error) {
    throw toHttpError(ended.signal.aborted ? ended.signal.reason : error);
  } finally {
    clearTimeout(total);
    clearTimeout(connect);
    request.signal.removeEventListener('abort', abort);
  }
}

/** What went wrong with a request or its connection, in a word. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const code = reasonOf(error);
  return new HttpError(FAULTS.find(([pattern]) => pattern.test(code))?.[1] ?? 'failed', code);
}

/** What an agent is given for a new connection. */
export interface ConnectionOptions extends https.RequestOptions {
  /** Ends what is done before there is a connection. Node keeps `signal` itself from agents. */
  whileConnecting?: AbortSignal;
}

function send(
  { url, method = 'POST', headers, body, agent }: HttpRequest,
  signal: AbortSignal,
  onConnect: () => void,
): Promise<http.IncomingMessage> {
  const options: ConnectionOptions = {
    ...urlToHttpOptions(url),
    auth: null,
    method,
    headers,
    agent: agent ?? false,
    // Said outright, or NODE_TLS_REJECT_UNAUTHORIZED=0 would turn verification off.
    rejectUnauthorized: true,
    signal,
    whileConnecting: signal,
  };
  return new Promise((resolve, reject) => {
    const request = (isTls(url) ? https : http).request(options);
    request.on('response', resolve);
    request.on('error', reject);
    request.on('socket', (socket) => {
      // The headers hold the key: nothing is written before TLS has been verified.
      const write = (): void => {
        onConnect();
        request.end(body);
      };
      // A tunnel through a proxy stands before the request gets it.
      const isConnected = request.reusedSocket || (!isTls(url) && !socket.connecting);
      if (isConnected) write();
      else socket.once(isTls(url) ? 'secureConnect' : 'connect', write);
    });
  });
}

async function readBody(response: http.IncomingMessage): Promise<string> {
  const isSuccess = statusOf(response) >= 200 && statusOf(response) < 300;
  if (response.headers['content-encoding'] !== undefined) {
    response.destroy();
    if (isSuccess) throw new HttpError('bad-answer', 'content-encoding');
    return '';
  }
  const { bytes, isTooLong } = await collect(response, MAX_ANSWER_BYTES);
  if (isTooLong && isSuccess) throw new HttpError('answer-too-large');
  return bytes.toString(isBinary(response) ? 'latin1' : 'utf8');
}

/** Protocol Buffers are no text. */
function isBinary({ headers }: http.IncomingMessage): boolean {
  return headers['content-type']?.startsWith('application/x-protobuf') === true;
}

function statusOf(response: http.IncomingMessage): number {
  return response.statusCode ?? 0;
}

function isTls(url: URL): boolean {
  return url.protocol === 'https:';
}

const FAULTS: readonly (readonly [RegExp, HttpFault])[] = [
  [/^ECONNREFUSED$/, 'refused'],
  [/^(?:EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EHOSTDOWN|ENETDOWN)$/, 'unreachable'],
  [/^(?:ECONNRESET|ECONNABORTED|EPIPE)$/, 'reset'],
  [/^ETIMEDOUT$/, 'timeout'],
  [/^EAI_/, 'dns'],
  [/^ENOTFOUND$/, 'unknown-host'],
  [/^HPE_/, 'bad-answer'],
  // OpenSSL's names for what is wrong with a certificate have no prefix in common.
  [
    /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_|INVALID_|PATH_LENGTH_)/,
    'tls',
  ],
];
