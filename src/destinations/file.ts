/** A file, or standard output, as NDJSON: one record a line. */
import { fstatSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { reasonOf } from '../errors.ts';
import { declareOptions, type OptionValues } from '../lib/options.ts';
import { systemReason } from '../lib/system-errors.ts';
import type { Delivery, Destination, DestinationKind } from './destination.ts';

const options = declareOptions({
  path: { kind: 'path', about: 'The file that lines are appended to; `-` is standard output.', required: true },
  maxRecords: { kind: 'integer', about: 'Records in one write.', default: 100, min: 1, max: 100_000 },
  maxBytes: {
    kind: 'integer',
    about: "Bytes of the records' JSON in one write.",
    default: 1_048_576,
    min: 1_024,
    max: 67_108_864,
  },
});

/**
 * Delivers at least once: a crash between a write and its commit writes the same records again, with the same ids, so
 * a reader that must not count twice keys by `id`. A crash or a full disk within a write leaves a line that is cut
 * short; the next write begins a new line, and repeats the record whole.
 */
export const file: DestinationKind<typeof options> = {
  about: 'A file, or standard output: one JSON record a line.',
  options,
  isRemote: false,
  open: async (values) => openFile(values, process.stdout),
};

/** Opens the destination; the file itself is opened, and made with mode 0600, when there is something to write. */
export function openFile(
  { path, maxRecords, maxBytes }: OptionValues<typeof options>,
  standardOutput: Writable,
): Destination {
  const target = path === '-' ? streamTarget(standardOutput) : fileTarget(path);
  const outcomeOf = async (write: () => Promise<void>, signal: AbortSignal): Promise<Delivery> => {
    if (signal.aborted) return { kind: 'retry', reason: 'the run was ended' };
    try {
      await write();
      return { kind: 'delivered' };
    } catch (error) {
      return { kind: 'retry', reason: target.explain(reasonOf(error)) };
    }
  };
  return {
    limits: { maxRecords, maxBytes },
    deliver: ({ json }, signal) => outcomeOf(() => target.append(`${json.join('\n')}\n`), signal),
    check: (signal) => outcomeOf(() => target.open(), signal),
    close: () => target.close(),
  };
}

interface Target {
  /** Throws where it cannot be written to; appends nothing. */
  open(): Promise<void>;
  append(lines: string): Promise<void>;
  /** A sentence for a failed append, from the system's word for it. */
  explain(code: string): string;
  close(): Promise<void>;
}

function fileTarget(path: string): Target {
  let handle: FileHandle | undefined;
  const opened = async (): Promise<FileHandle> => (handle ??= await open(path, 'a+', 0o600));
  return {
    open: async () => void (await opened()),
    async append(lines) {
      const end = await opened();
      await writeAll(end, Buffer.from(endsWithinLine(end) ? `\n${lines}` : lines));
    },
    explain: (code) => `the file cannot be written: ${[code, systemReason(code)].filter(Boolean).join(', ')}`,
    async close() {
      const closing = handle;
      handle = undefined;
      // The lines are delivered and committed; where syncing fails, as it does on a pipe, there is nothing left to undo.
      await closing?.datasync().catch(() => undefined);
      await closing?.close();
    },
  };
}

/**
 * Whether the last line was cut short, by us or by another writer. Only a regular file can tell. Synchronous: it comes
 * before each write, and two trips to the thread pool would take as long as that.
 */
function endsWithinLine({ fd }: FileHandle): boolean {
  const stats = fstatSync(fd);
  if (!stats.isFile() || stats.size === 0) return false;
  const last = Buffer.alloc(1);
  return readSync(fd, last, 0, 1, stats.size - 1) === 1 && last[0] !== 0x0a;
}

/** One write as a rule; a disk that is filling up takes less than it was given, without an error. */
async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await handle.write(bytes, written)).bytesWritten;
  }
}

function streamTarget(stream: Writable): Target {
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
