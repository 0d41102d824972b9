/** Small records and cursors, and origins made from real transcripts. */
import type { Context } from '../../src/context.ts';
import { emptyContext, isSettled, openTurn, type MessageRecord } from '../../src/fields/index.ts';
import type { Origin } from '../../src/pipeline/batch.ts';
import type { Cursor } from '../../src/types.ts';
import type { FixtureFile } from './fixtures.ts';
import { foldLines, openedFile } from './mapped.ts';

/** A record of a user's line, or of what is said otherwise. */
export function recordOf(id: string, more: Partial<MessageRecord> = {}): MessageRecord {
  return { id, type: 'user', session_id: 'session', source_file: '/projects/a.jsonl', ...more };
}

/** A cursor that can be told from others by its offset. */
export function cursorAt(offset: number, context: Context = emptyContext): Cursor {
  const hash = offset.toString(16).padStart(16, '0');
  return {
    offset,
    head: { length: Math.min(offset, 1024), hash },
    tail: { length: 12, hash },
    size: offset + 100,
    mtimeMs: 1_790_000_000_000.25,
    resume: { offset, context },
  };
}

/** Every line of a transcript as its records, with the origin that its cursor is made of. */
export function originsOf(file: FixtureFile): { records: readonly MessageRecord[]; origin: Origin }[] {
  const head = Buffer.concat(file.lines.map(({ bytes }) => Buffer.concat([bytes, Buffer.from('\n')]))).subarray(
    0,
    1024,
  );
  const opened = { ...openedFile(file), head };
  let resume = opened.from;
  return foldLines(file).map(({ entry, records, context }) => {
    if (isSettled(context)) resume = { offset: entry.end, context };
    return { records, origin: { file: opened, entry, resume, isOpen: openTurn(context) !== undefined } };
  });
}
