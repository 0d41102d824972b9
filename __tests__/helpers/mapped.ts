/** Fixture transcripts as records. */
import { createHash } from 'node:crypto';
import type { MessageRecord } from '../../src/fields/index.ts';
import { map } from '../../src/pipeline/map.ts';
import type { Context, Entry } from '../../src/types.ts';
import { fixtureFiles, type FixtureFile } from './fixtures.ts';

export function mapFixture(folder: string): MessageRecord[] {
  return fixtureFiles(folder).flatMap((file) => mapFile(file));
}

/** Maps a file's lines from one to another, on from a context. */
export function mapFile(file: FixtureFile, before: Context = {}, from = 0, to = Infinity): MessageRecord[] {
  return foldFile(file, before, from, to).records;
}

export function foldFile(
  { transcript, lines }: FixtureFile,
  before: Context = {},
  from = 0,
  to = Infinity,
): { records: MessageRecord[]; context: Context } {
  let context = before;
  const records = lines.slice(from, to).map((line) => {
    const mapped = map(entryOf(line), transcript, context);
    context = mapped.context;
    return mapped.record;
  });
  return { records, context };
}

export function entryOf({ value, start, bytes }: FixtureFile['lines'][number]): Entry {
  const hash = createHash('sha256').update(bytes).digest('hex');
  return { line: value, start, end: start + bytes.length + 1, tail: bytes.subarray(-1024), hash };
}
