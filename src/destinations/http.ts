/** Any HTTP endpoint: one JSON body a batch, sent by POST; an answer with a 2xx status takes the batch over. */
import { isIPv4 } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { UserError } from '../errors.ts';
import { createAgent, post } from '../lib/http.ts';
import { declareOptions, type OptionValues } from '../lib/options.ts';
import type { Batch, Destination, DestinationKind, Surroundings } from './destination.ts';
import { outcomeOf, outcomeOfError } from './http-outcome.ts';

const options = declareOptions({
  endpoint: { kind: 'url', about: 'The address that batches are posted to.', required: true },
  apiKey: { kind: 'string', about: 'Sent as `Authorization: Bearer <key>`.', secret: true },
  maxRecords: { kind: 'integer', about: 'Records in one request.', default: 100, min: 1, max: 10_000 },
  maxBytes: {
    kind: 'integer',
    about: "Bytes of the records' JSON in one request, before compression.",
    default: 1_048_576,
    min: 1_024,
    max: 67_108_864,
  },
  gzipAboveBytes: {
    kind: 'integer',
    about: 'A longer body is compressed with gzip.',
    default: 8_192,
    min: 0,
    max: 1_073_741_824,
  },
  timeoutMs: {
    kind: 'integer',
    about: 'Milliseconds for a whole request and its answer.',
    default: 10_000,
    min: 100,
    max: 600_000,
  },
  connectTimeoutMs: {
    kind: 'integer',
    about: 'Milliseconds to connect, TLS included.',
    default: 3_000,
    min: 100,
    max: 600_000,
  },
  insecureHttp: {
    kind: 'boolean',
    about: 'Allows plain http to another machine: records and key travel readable.',
    default: false,
  },
});

type HttpOptions = OptionValues<typeof options>;

export const http: DestinationKind<typeof options> = {
  about: 'Any HTTP endpoint that takes a JSON body by POST.',
  options,
  isRemote: true,
  open: (values, surroundings) => openHttp(values, surroundings, Date.now),
};

/** Opens the destination with the clock `now` (epoch ms). Throws a UserError where an option cannot be used. */
export async function openHttp(
  { endpoint, apiKey, maxRecords, maxBytes, gzipAboveBytes, timeoutMs, connectTimeoutMs, insecureHttp }: HttpOptions,
  { userAgent }: Surroundings,
  now: () => number,
): Promise<Destination> {
  const url = checkEndpoint(endpoint, insecureHttp);
  const fixedHeaders = { 'Content-Type': 'application/json', 'User-Agent': userAgent, ...authorization(apiKey) };
  const agent = createAgent(url);
  return {
    limits: { maxRecords, maxBytes },
    async deliver(batch, signal) {
      const { body, encoding } = await compress(encode(batch, new Date(now()).toISOString()), gzipAboveBytes);
      const headers = { ...fixedHeaders, ...encoding, 'Idempotency-Key': batch.id };
      try {
        const answer = await post({ url, headers, body, timeoutMs, connectTimeoutMs, agent, signal });
        return outcomeOf({ ...answer, body: withoutSecret(answer.body, apiKey) }, now());
      } catch (error) {
        return outcomeOfError(error);
      }
    },
    async close() {
      agent.destroy();
    },
  };
}

/** The body of a request; the records' JSON is joined as it is. Pure. */
export function encode({ id, json }: Batch, sentAt: string): string {
  const head = JSON.stringify({ schema: 'stopwire.batch.v1', batch_id: id, sent_at: sentAt });
  return `${head.slice(0, -1)},"records":[${json.join(',')}]}`;
}

function checkEndpoint(endpoint: string, insecureHttp: boolean): URL {
  const url = new URL(endpoint);
  if (url.username !== '' || url.password !== '') {
    throw new UserError(`The endpoint at ${url.host} was not opened: its address contains a user name or password.`, {
      hint: 'Take it out of the address and put the key into the option apiKey.',
    });
  }
  if (url.protocol === 'http:' && !insecureHttp && !isLoopback(url.hostname)) {
    throw new UserError(
      `The endpoint at ${url.host} was not opened: over plain http, anyone on the way can read along.`,
      {
        hint: 'Use https, or set the option insecureHttp to true where the network is trusted.',
      },
    );
  }
  return url;
}

/** `URL` has brought every spelling of an IPv4 address to its dotted form; `127.example.com` is none. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}

function authorization(apiKey: string | undefined): { Authorization?: string } {
  if (apiKey === undefined) return {};
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new UserError(
      'The API key was not accepted: it contains a space, a line break or a character outside ASCII.',
      {
        hint: 'Copy the key again, without anything around it.',
      },
    );
  }
  return { Authorization: `Bearer ${apiKey}` };
}

const gzipAsync = promisify(gzip);

async function compress(text: string, aboveBytes: number): Promise<{ body: Uint8Array; encoding: object }> {
  const body = Buffer.from(text);
  if (body.length <= aboveBytes) return { body, encoding: {} };
  return { body: await gzipAsync(body), encoding: { 'Content-Encoding': 'gzip' } };
}

/** A server that repeats the request in its answer must not bring the key into a log. */
function withoutSecret(text: string, secret: string | undefined): string {
  return secret === undefined ? text : text.replaceAll(secret, '[redacted]');
}
