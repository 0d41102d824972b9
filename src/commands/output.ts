/** Where a command that writes much puts it: standard output, or a file that appears whole. */
import { resolve } from 'node:path';
import { openOutputFile } from '../lib/output-file.ts';

export interface OutputFlags {
  /** A path; `-` and nothing are standard output. */
  output?: string | undefined;
  force: boolean;
}

export interface Output {
  /** Answers false where nobody reads any more: the rest need not be written. */
  write(bytes: string | Uint8Array): Promise<boolean>;
}

/** Hands out an output; a file comes into its place when the work is done, and leaves nothing where it throws. */
export async function withOutput<Value>(flags: OutputFlags, work: (output: Output) => Promise<Value>): Promise<Value> {
  const path = outputFile(flags);
  if (path === undefined) return work(standardOutput());
  const file = openOutputFile(path, flags);
  const write: Output['write'] = (bytes) => {
    file.write(bytes);
    return Promise.resolve(true);
  };
  try {
    const value = await work({ write });
    file.commit();
    return value;
  } finally {
    file.discard();
  }
}

/** The file that the flags name; undefined for standard output. */
export function outputFile({ output }: Pick<OutputFlags, 'output'>): string | undefined {
  return output === undefined || output === '-' ? undefined : resolve(output);
}

/** `stopwire export | head` closes the pipe: the reader has what it wanted. */
function standardOutput(): Output {
  const { stdout } = process;
  let isReaderGone = false;
  stdout.on('error', () => (isReaderGone = true));
  return {
    async write(bytes) {
      if (!isReaderGone && !stdout.write(bytes)) await roomIn(stdout);
      return !isReaderGone;
    },
  };
}

/** Resolves when more can be written, or never again: `events.once` would reject where the pipe was closed. */
function roomIn(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((ready) => {
    const done = (): void => {
      for (const event of ['drain', 'error', 'close']) stream.off(event, done);
      ready();
    };
    for (const event of ['drain', 'error', 'close']) stream.on(event, done);
  });
}
