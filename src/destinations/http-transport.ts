/** What every HTTP destination shares: requests with all options of the connection, and a Delivery for each. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { guardedLookup } from '../lib/forbidden-address.ts';
import { createAgent, type HttpAnswer, post } from '../lib/http.ts';
import type { OptionValues } from '../lib/options.ts';
import { proxyFor } from '../lib/proxy.ts';
import { tunnelThrough } from '../lib/tunnel.ts';
import type { Delivery, Surroundings } from './destination.ts';
import { checkEndpoint } from './http-endpoint.ts';
import { bearer, credentials, type KeyHeader } from './http-headers.ts';
import type { transportOptions } from './http-options.ts';
import { outcomeOf, outcomeOfError } from './http-outcome.ts';
import { readTlsFiles } from './http-tls.ts';

export interface Target {
  /** Added to the endpoint's own, such as `/v1/logs`. */
  path?: string;
  /** Added to the endpoint's own. */
  query?: { readonly [name: string]: string };
  method?: 'POST' | 'PUT';
}

export interface Transport {
  /**
   * Sends a body, compressed where it is long, to the endpoint or to the target below it; returns the outcome, and
   * throws only on a bug.
   */
  post(
    body: string | Uint8Array,
    headers: { readonly [name: string]: string },
    signal: AbortSignal,
    target?: Target,
  ): Promise<Delivery>;
  close(): Promise<void>;
}

/** What destinations do in ways of their own. */
export interface Reading {
  /** Epoch ms. */
  now: () => number;
  /** What an answer means; secrets have been taken out of its words. */
  outcomeOf: typeof outcomeOf;
  keyHeader: KeyHeader;
}

/** Opens the way to an endpoint; nothing is sent. Throws a UserError where an option cannot be used. */
export async function openTransport(
  values: OptionValues<typeof transportOptions>,
  { env, userAgent }: Surroundings,
  reading: Partial<Reading> = {},
): Promise<Transport> {
  const { now, outcomeOf: outcome, keyHeader }: Reading = { now: Date.now, outcomeOf, keyHeader: bearer, ...reading };
  const { timeoutMs, connectTimeoutMs, gzipAboveBytes } = values;
  const url = checkEndpoint(values.endpoint, values.insecureHttp);
  const { headers: ownHeaders, redact } = credentials(values.apiKey, values.headers ?? [], keyHeader);
  const contexts = readTlsFiles(values, env);
  const proxy = proxyFor(url, values.proxy, env);
  const agent = createAgent(url, {
    lookup: guardedLookup(),
    ...(contexts.server && { secureContext: contexts.server }),
  });
  if (proxy !== undefined) tunnelThrough(agent, proxy, contexts.proxy);
  return {
    async post(text, added, signal, { path = '', query = {}, method = 'POST' } = {}) {
      const { body, encoding } = await compress(text, gzipAboveBytes);
      const headers = { ...ownHeaders, ...added, ...encoding, 'User-Agent': userAgent };
      try {
        const answer = await post({
          url: below(url, path, query),
          method,
          headers,
          body,
          timeoutMs,
          connectTimeoutMs,
          agent,
          signal,
        });
        return outcome(withoutSecrets(answer, redact), now());
      } catch (error) {
        return outcomeOfError(error, proxy?.url.host);
      }
    },
    async close() {
      agent.destroy();
    },
  };
}

function below(url: URL, path: string, query: NonNullable<Target['query']>): URL {
  const target = new URL(url);
  if (path !== '') target.pathname = target.pathname.replace(/\/+$/, '') + path;
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  return target;
}

const gzipAsync = promisify(gzip);

async function compress(
  content: string | Uint8Array,
  aboveBytes: number,
): Promise<{ body: Uint8Array; encoding: object }> {
  const body = typeof content === 'string' ? Buffer.from(content) : content;
  if (body.length <= aboveBytes) return { body, encoding: {} };
  return { body: await gzipAsync(body), encoding: { 'Content-Encoding': 'gzip' } };
}

/** Of the headers, a redirect's address is the one that is shown. */
function withoutSecrets({ status, headers, body }: HttpAnswer, redact: (text: string) => string): HttpAnswer {
  const { location } = headers;
  return {
    status,
    headers: { ...headers, ...(location !== undefined && { location: redact(location) }) },
    body: redact(body),
  };
}
