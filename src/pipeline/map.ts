/** map: one line of a transcript → one record. Pure: a fold over the lines before it. */
import {
  content,
  identity,
  nextContext,
  provenance,
  session,
  tools,
  usage,
  type MessageRecord,
} from '../fields/index.ts';
import type { Context, Entry, Transcript } from '../types.ts';

export interface Mapped {
  record: MessageRecord;
  /** What the next line of the same transcript is mapped with. */
  context: Context;
}

/**
 * Describes a line. The same line with the same context gives the same record: no clock, no file, no network.
 * Every line becomes a record, also one of a type that no field group knows.
 */
export function map(entry: Entry, transcript: Transcript, before: Context): Mapped {
  const context = nextContext(entry, before);
  // Not a spread: a literal of this many properties becomes a hash table, at several times the cost.
  const record: MessageRecord = Object.assign(
    identity(entry, transcript),
    session(entry, transcript, context),
    usage(entry),
    tools(entry),
    content(entry),
    provenance(entry, transcript),
  );
  return { record, context };
}
