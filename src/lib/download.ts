/** One file over https, whole and within its limits. */
import type { Agent } from 'node:http';
import * as https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { collect } from './collect.ts';
import { reasonOf, UserError } from '../errors.ts';

export interface DownloadOptions {
  maxBytes: number;
  /** From the call to the last byte. */
  timeoutMs: number;
  agent?: Agent;
}

/**
 * The bytes behind an https address; undefined where the server says that there are none (404, 410). Redirects are not
 * followed: what is asked for is what the user has named. Throws a UserError that says why there is no answer.
 */
export async function download(url: URL, options: DownloadOptions): Promise<Buffer | undefined> {
  if (url.protocol !== 'https:') {
    throw new UserError(`${url.protocol}//${url.host} is not read: only https tells who answers.`, { exitCode: 2 });
  }
  try {
    return await get(url, options);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw failed(url, reasonOf(error), error);
  }
}

function get(url: URL, { maxBytes, timeoutMs, agent }: DownloadOptions): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const request = https.get({
      ...urlToHttpOptions(url),
      agent: agent ?? false,
      // Said outright, or NODE_TLS_REJECT_UNAUTHORIZED=0 would turn verification off.
      rejectUnauthorized: true,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { 'Accept-Encoding': 'identity' },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const { statusCode = 0 } = response;
      if (statusCode === 200) {
        bodyOf(response, url, maxBytes).then(resolve, reject);
        return;
      }
      response.destroy();
      if (statusCode === 404 || statusCode === 410) resolve(undefined);
      else reject(failed(url, `the server answered ${statusCode}`));
    });
  });
}

async function bodyOf(response: AsyncIterable<unknown>, url: URL, maxBytes: number): Promise<Buffer> {
  const { bytes, isTooLong } = await collect(response, maxBytes);
  if (isTooLong) throw failed(url, `it is larger than ${maxBytes} bytes`);
  return bytes;
}

/** The address without its query, which can hold a key. */
function failed({ origin, pathname }: URL, why: string, cause?: unknown): UserError {
  return new UserError(`${origin}${pathname} could not be fetched: ${why}.`, { cause });
}
