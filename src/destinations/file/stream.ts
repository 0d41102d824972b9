/** Standard output as the target of lines. */
import type { Writable } from 'node:stream';
import type { Target } from './target.ts';

export function streamTarget(stream: Writable): Target {
  // Without a listener, a reader that went away would end the process; the write's own callback reports it.
  stream.on('error', () => undefined);
  return {
    open: async () => undefined,
    append: (lines) =>
      new Promise((resolve, reject) => {
        stream.write(lines, (error) => (error ? reject(error) : resolve()));
      }),
    explain: (code) =>
      code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED'
        ? 'the reader of standard output is gone'
        : `standard output cannot be written: ${code}`,
    // Others write to it, too, so it stays open.
    close: async () => undefined,
  };
}
