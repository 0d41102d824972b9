/** Entries as the body of a push: streams by their labels, each in the order of time. */
import { UserError } from '../../errors.ts';
import type { Entry } from './entries.ts';
import { lineOf, shortened } from './line.ts';

export interface Encoding {
  /** On every stream. */
  labels: { readonly [name: string]: string };
  hourLabel: boolean;
  structuredMetadata: boolean;
  maxLineBytes: number;
}

type Value = [nanoseconds: string, line: string, metadata?: { [name: string]: string }];

interface Stream {
  stream: { readonly [name: string]: string };
  values: Value[];
}

/** The labels that lines get here; whoever adds others may not use their names. */
export const OWN_LABELS: readonly string[] = ['service_name', 'event', 'level', 'hour'];

/** Loki takes fifteen names in a stream. */
const MOST_LABELS = 15;

/** The text of a push. Equal entries give equal texts. */
export function encode(entries: readonly Entry[], encoding: Encoding): string {
  const streams = new Map<string, Stream>();
  for (const entry of entries.toSorted(byTime)) {
    const stream = labelsOf(entry, encoding);
    const name = JSON.stringify(stream);
    const { values }: Pick<Stream, 'values'> = streams.get(name) ?? { values: [] };
    values.push(valueOf(entry, encoding));
    streams.set(name, { stream, values });
  }
  return JSON.stringify({ streams: Array.from(streams.values()) });
}

function byTime(one: Entry, other: Entry): number {
  return one.ms - other.ms || rankOf(one) - rankOf(other);
}

function labelsOf({ event, level, ms }: Entry, { labels, hourLabel }: Encoding): Stream['stream'] {
  return { ...labels, event, level, ...(hourLabel && { hour: hourOf(ms) }) };
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/**
 * `mon-09`: the 168 hours of a week. No two lines of such a stream are more than an hour apart, which is how far behind
 * the newest one Loki still takes one (half of its max_chunk_age); what is a week apart, it does not take either.
 */
function hourOf(ms: number): string {
  const date = new Date(ms);
  return `${DAYS[date.getUTCDay()] ?? ''}-${String(date.getUTCHours()).padStart(2, '0')}`;
}

function valueOf(entry: Entry, { structuredMetadata, maxLineBytes }: Encoding): Value {
  const line = lineOf(entry.line, maxLineBytes);
  const nanoseconds = `${entry.ms}${String(rankOf(entry)).padStart(6, '0')}`;
  return structuredMetadata ? [nanoseconds, line, metadataOf(entry)] : [nanoseconds, line];
}

const POSITIONS = 100;
const LINES = 10_000;

/**
 * The nanoseconds below the millisecond, so that lines of the same one keep their order: the number of the line in its
 * file, and the position of the entry among those of the line. They depend on the record alone: a line that comes again
 * in another batch has the same time, by which Loki knows that it has it.
 */
function rankOf({ lineNumber, position }: Entry): number {
  return (lineNumber % LINES) * POSITIONS + Math.min(position, POSITIONS - 1);
}

const LONGEST_METADATA = 1_000;

function metadataOf({ metadata }: Entry): { [name: string]: string } {
  const known = Object.entries(metadata).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(known.map(([name, value]) => [name, shortened(String(value), LONGEST_METADATA)]));
}

/** The labels of a list of `name=value`. Throws a UserError on what is not one. */
export function staticLabels(texts: readonly string[]): { [name: string]: string } {
  const labels: { [name: string]: string } = {};
  for (const text of texts) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    if (!/^(?!__)[A-Za-z_][A-Za-z0-9_]*$/.test(name) || value === '') throw refused(`"${text}" is not one`);
    if (OWN_LABELS.includes(name)) throw refused(`"${name}" is set by stopwire itself`);
    labels[name] = value;
  }
  if (Object.keys(labels).length > MOST_LABELS - OWN_LABELS.length) throw refused('there are more than eleven');
  return labels;
}

function refused(why: string): UserError {
  return new UserError(`The option labels was not accepted: ${why}.`, {
    hint: 'Write each label like this: "team=web"; the name has letters, digits and "_" alone.',
  });
}
