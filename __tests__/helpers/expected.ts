/** What must arrive, worked out from the files alone, by other means than the program's. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The ids of all lines of all transcripts below `projects/`, sorted; a line that a fork copied is there once. */
export function expectedIds(projects: string): string[] {
  return [...new Set(expectedLines(projects))].toSorted();
}

/** The id of every line, sorted; a line that a fork copied is there as often as it stands in a file. */
export function expectedLines(projects: string): string[] {
  const ids: string[] = [];
  for (const name of readdirSync(projects, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.jsonl') || name.endsWith('journal.jsonl')) continue;
    let start = 0;
    for (const text of readFileSync(join(projects, name), 'latin1').split('\n').slice(0, -1)) {
      const line = Buffer.from(text, 'latin1');
      if (text.trim() !== '') ids.push(idOf(JSON.parse(line.toString('utf8')), basename(name), start, line));
      start += line.length + 1;
    }
  }
  return ids.toSorted();
}

/** The ids of records of lines, sorted: those of turns and sessions are added up from them. */
export function idsOf(records: readonly { [field: string]: unknown }[]): string[] {
  return records.flatMap(({ id, derived }) => (derived === true ? [] : [String(id)])).toSorted();
}

function idOf(value: { uuid?: string; type: string }, file: string, start: number, line: Buffer): string {
  const hash = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
  const name = value.uuid === undefined ? [file, start, hash(line)] : [value.type, value.uuid];
  return hash(['1', ...name].join('\0')).slice(0, 32);
}
