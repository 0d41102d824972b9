/** Collects a body that comes in chunks, no further than a limit. */

export interface Collected {
  bytes: Buffer;
  /** The body is longer than the limit: `bytes` is its beginning, and the rest was not waited for. */
  isTooLong: boolean;
}

/** Leaving the loop early destroys the stream, so that the rest never arrives. */
export async function collect(stream: AsyncIterable<unknown>, maxBytes: number): Promise<Collected> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue;
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), isTooLong: length > maxBytes };
}
