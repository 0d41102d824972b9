/** Reads a stream without ever waiting for it long, or holding much of it. */
import type { Readable } from 'node:stream';

export interface Bounds {
  maxBytes: number;
  /** For the whole reading. */
  deadlineMs: number;
}

/** What arrives within the bounds, as text. A host may keep the stream open for ever: then it is let go of. */
export async function readBounded(stream: Readable, { maxBytes, deadlineMs }: Bounds): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, deadlineMs);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= maxBytes) end();
    });
    stream.once('end', end).once('error', end).once('close', end);
  });
  stream.destroy();
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
}
