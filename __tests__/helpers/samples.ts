/** Small records and cursors, and origins made from real transcripts. */
import type { MessageRecord } from '../../src/fields/index.ts';
import { map } from '../../src/pipeline/map.ts';
import type { Origin } from '../../src/pipeline/batch.ts';
import type { Context, Cursor } from '../../src/types.ts';
import type { FixtureFile } from './fixtures.ts';
import { entryOf } from './mapped.ts';

/** A record of a user's line, or of what is said otherwise. */
export function recordOf(id: string, more: Partial<MessageRecord> = {}): MessageRecord {
  return { id, type: 'user', session_id: 'session', source_file: '/projects/a.jsonl', ...more };
}

/** A cursor that can be told from others by its offset. */
export function cursorAt(offset: number, context: Context = {}): Cursor {
  const hash = offset.toString(16).padStart(16, '0');
  return {
    offset,
    head: { length: Math.min(offset, 1024), hash },
    tail: { length: 12, hash },
    size: offset + 100,
    mtimeMs: 1_790_000_000_000.25,
    context,
  };
}

/** Every line of a transcript as a record, with the origin that its cursor is made of. */
export function originsOf(file: FixtureFile): { record: MessageRecord; origin: Origin }[] {
  const { transcript, lines } = file;
  const head = Buffer.concat(lines.map(({ bytes }) => Buffer.concat([bytes, Buffer.from('\n')]))).subarray(0, 1024);
  const opened = { transcript, head, size: transcript.size, mtimeMs: transcript.mtimeMs, context: {} };
  let context: Context = {};
  return lines.map((line) => {
    const entry = entryOf(line);
    const mapped = map(entry, transcript, context);
    context = mapped.context;
    return { record: mapped.record, origin: { file: opened, entry, context } };
  });
}
