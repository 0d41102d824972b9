/** Transcripts of a test's own, and all that reading them gives. */
import { lstatSync } from 'node:fs';
import { read, type ReadOptions } from '../../src/pipeline/read.ts';
import type { Cursor, Entry, OpenedTranscript, Transcript } from '../../src/types.ts';

/** A file as a source would have found it; one that is not there, as one that has gone since. */
export function transcriptAt(path: string): Transcript {
  const { size, mtimeMs } = lstatSync(path, { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
  return { source: 'claude-code', path, projectFolder: 'project', sessionId: 'session', size, mtimeMs };
}

/** Everything new that one reading gives; `file` is undefined where it gave nothing. */
export async function readAll(
  path: string,
  cursor?: Cursor,
  options?: ReadOptions,
): Promise<{ file: OpenedTranscript | undefined; entries: Entry[] }> {
  const entries: Entry[] = [];
  let file: OpenedTranscript | undefined;
  for await (const reading of read(transcriptAt(path), cursor, options)) {
    file = reading.file;
    entries.push(...reading.entries.filter(({ end }) => end > reading.file.deliveredTo));
  }
  return { file, entries };
}
