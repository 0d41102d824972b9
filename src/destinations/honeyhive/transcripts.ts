/** The transcript as an artifact: what a batch holds of each file, record by record as it was redacted. */
import type { MessageRecord } from '../../fields/index.ts';
import { eventOf, groupsOf, type Event } from './event.ts';
import { lineEventId } from './ids.ts';

/** An event for each transcript: its parts together, in the order of their lines, are the whole of it. */
export function transcriptParts(records: readonly MessageRecord[]): Event[] {
  const files = groupsOf(records, ({ session_id: session, source_file: file }) => `${session}\0${file}`);
  return files.flatMap((lines) => partOf(lines) ?? []);
}

function partOf(lines: readonly MessageRecord[]): Event | undefined {
  const [first] = lines;
  const last = lines.findLast(({ timestamp }) => timestamp !== undefined);
  if (first === undefined || last === undefined) return undefined;
  return eventOf(last, {
    id: lineEventId(first, 'chain.transcript'),
    type: 'chain',
    name: 'chain.transcript',
    start: first.timestamp,
    outputs: { artifact: { type: 'transcript', format: 'json', path: first.source_file, content: lines } },
    metadata: { 'transcript.line': first.line_number, 'transcript.last_line': lines.at(-1)?.line_number },
  });
}
