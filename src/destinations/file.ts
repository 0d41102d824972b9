/** A file, or standard output, as NDJSON: one record a line. */
import type { Writable } from 'node:stream';
import { reasonOf } from '../errors.ts';
import { declareOptions, type OptionValues } from '../lib/options.ts';
import type { Delivery, Destination, DestinationKind } from './destination.ts';
import { fileTarget } from './file/regular-file.ts';
import { streamTarget } from './file/stream.ts';

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
  rotateBytes: {
    kind: 'integer',
    about: 'A file that would become longer moves to `<path>.1`, and a new one begins; 0 lets it grow.',
    default: 0,
    min: 0,
    max: 1_099_511_627_776,
  },
  keepFiles: {
    kind: 'integer',
    about: 'So many files that have moved are kept, `<path>.1` being the newest; the records of older ones are gone.',
    default: 5,
    min: 1,
    max: 1_000,
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
  { path, maxRecords, maxBytes, rotateBytes, keepFiles }: OptionValues<typeof options>,
  standardOutput: Writable,
): Destination {
  const target = path === '-' ? streamTarget(standardOutput) : fileTarget(path, rotateBytes, keepFiles);
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
