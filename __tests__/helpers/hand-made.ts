/** Lines that no real transcript has, as records, and what one group of fields says in a record. */
import type { FieldGroup } from '../../src/fields/field.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import type { Line } from '../../src/types.ts';
import { mapFile } from './mapped.ts';

/** How long each line is said to be: the values may be such that JSON cannot hold them. */
const LINE_BYTES = 100;

/** The records of the lines themselves, in one transcript, without those that are added up from them. */
export function recordsOf(...values: Line[]): MessageRecord[] {
  const lines = values.map((value, index) => {
    const bytes = Buffer.alloc(LINE_BYTES - 1, String(index));
    return { value, start: index * LINE_BYTES, bytes };
  });
  const size = lines.length * LINE_BYTES;
  const transcript = {
    source: 'claude-code',
    path: '/p/s.jsonl',
    projectFolder: 'p',
    sessionId: 's',
    size,
    mtimeMs: 0,
  };
  return mapFile({ transcript, lines }).filter(({ derived }) => derived !== true);
}

export function recordOf(value: Line): MessageRecord {
  const [record] = recordsOf(value);
  if (record === undefined) throw new Error('the line gave no record');
  return record;
}

/** What a record holds of a group; fields without a value are left out. */
export function valuesOf(group: FieldGroup, record: MessageRecord | undefined): { [name: string]: unknown } {
  return Object.fromEntries(
    Object.entries(record ?? {}).filter(([name, value]) => Object.hasOwn(group, name) && value !== undefined),
  );
}
