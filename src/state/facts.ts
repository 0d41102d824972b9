/** The journal's lines: `\n<json>|<crc32>`. The newline comes first, so that a torn fact never swallows the next. */
import { crc32 } from 'node:zlib';
import { keptContext } from '../fold/empty.ts';
import { asArray, asCount, asNumber, asObject, asString, isObject } from '../lib/json.ts';
import { isDoubt, type Streak } from '../lib/patience.ts';
import type { Anchor, Checkpoint, Cursor } from '../types.ts';

export const JOURNAL_VERSION = 1;

/** Why a destination is left alone for a while, and until when. */
export interface Rest {
  /** Epoch ms. */
  until: number;
  /** Failures in a row. */
  failures: number;
  reason: string;
  /** A mark of the configuration that failed: another one (a new key) is tried at once. */
  of?: string;
  /** Those of the failures that the batch itself may be the cause of. */
  streak?: Streak;
}

/** Bytes of a transcript, from one line's start to another one's end. */
export interface Part {
  path: string;
  from: number;
  to: number;
}

/** A batch that was about to be sent: without a commit behind it, nobody knows whether it arrived. */
export interface Intent {
  id: string;
  records: number;
  parts: readonly Part[];
}

/** Bytes at once that a destination is known not to refuse: it refused a longer batch. */
export interface Capacity {
  maxBytes: number;
  /** ISO 8601. */
  at: string;
}

/** How many of what. */
export interface Counts {
  readonly [name: string]: number;
}

export type Fact =
  /** The version of the format; the first fact. */
  | { k: 'hdr'; v: number }
  /** Cursors of destination `d`, after `n` records were delivered and `r` refused; `u` counts lines of unknown kinds. */
  | { k: 'c'; d: string; f: [path: string, cursor: Cursor][]; n: number; r: number; u?: Counts; at: string }
  /** Batch `id` of `n` records, made of the parts `p` (path, from, to), is about to be sent to `d`. */
  | { k: 'i'; d: string; id: string; n: number; p: [path: string, from: number, to: number][] }
  /** The destination rests, or, without `rest`, does so no more. */
  | { k: 'b'; d: string; rest?: Rest }
  /** The destination takes no more than that at once. */
  | { k: 'l'; d: string; maxBytes: number; at: string }
  /** Every cursor of the destination was compared with its file, changed or not. */
  | { k: 'v'; d: string; at: string }
  /** Everything about the destination is void: it was removed. */
  | { k: 'f'; d: string };

export function encodeFact(fact: Fact): string {
  const json = JSON.stringify(fact);
  return `\n${json}|${checksum(json)}`;
}

/** The valid facts of a journal, in order; whatever is torn, damaged or of another shape is passed over. */
export function* decodeFacts(text: string): Generator<Fact> {
  for (const line of text.split('\n')) {
    const json = intactJson(line);
    const fact = json === undefined ? undefined : narrow(parse(json));
    if (fact !== undefined) yield fact;
  }
}

/** What stands before a line's checksum; undefined where that does not fit: torn by a kill or a full disk, or damaged. */
export function intactJson(line: string): string | undefined {
  const bar = line.lastIndexOf('|');
  const json = line.slice(0, bar);
  return bar < 1 || line.slice(bar + 1) !== checksum(json) ? undefined : json;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

/** A line that is no JSON can carry a right checksum: `|00000000` does. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function narrow(value: unknown): Fact | undefined {
  if (!isObject(value)) return undefined;
  if (value['k'] === 'hdr') return { k: 'hdr', v: asCount(value['v']) ?? Infinity };
  const d = asString(value['d']);
  if (d === undefined) return undefined;
  switch (value['k']) {
    case 'b': {
      const rest = narrowRest(value['rest']);
      return { k: 'b', d, ...(rest !== undefined && { rest }) };
    }
    case 'c':
      return narrowCommit(d, value);
    case 'f':
      return { k: 'f', d };
    case 'i':
      return narrowIntent(d, value);
    case 'v':
      return { k: 'v', d, at: asString(value['at']) ?? '' };
    case 'l':
      return { k: 'l', d, maxBytes: asCount(value['maxBytes']) ?? Infinity, at: asString(value['at']) ?? '' };
    default:
      return undefined;
  }
}

function narrowIntent(d: string, value: { readonly [key: string]: unknown }): Fact | undefined {
  const id = asString(value['id']);
  const parts = (asArray(value['p']) ?? []).flatMap((part): [string, number, number][] => {
    const [path, from, to] = asArray(part) ?? [];
    return typeof path === 'string' && typeof from === 'number' && typeof to === 'number' ? [[path, from, to]] : [];
  });
  return id === undefined ? undefined : { k: 'i', d, id, n: asCount(value['n']) ?? 0, p: parts };
}

function narrowCommit(d: string, value: { readonly [key: string]: unknown }): Fact {
  const f = (asArray(value['f']) ?? []).flatMap(narrowCursor);
  const u = narrowCounts(value['u']);
  return {
    k: 'c',
    d,
    f,
    n: asCount(value['n']) ?? 0,
    r: asCount(value['r']) ?? 0,
    ...(u !== undefined && { u }),
    at: asString(value['at']) ?? '',
  };
}

function narrowCounts(value: unknown): Counts | undefined {
  const counts = Object.entries(asObject(value) ?? {}).flatMap(([name, count]): [string, number][] => {
    const whole = asCount(count);
    return whole === undefined ? [] : [[name, whole]];
  });
  return counts.length === 0 ? undefined : Object.fromEntries(counts);
}

function narrowRest(value: unknown): Rest | undefined {
  const until = asNumber(asObject(value)?.['until']);
  if (until === undefined) return undefined;
  const { failures, reason, of, streak } = asObject(value) ?? {};
  return {
    until,
    failures: asCount(failures) ?? 1,
    reason: asString(reason) ?? '',
    ...(typeof of === 'string' && { of }),
    ...narrowStreak(streak),
  };
}

function narrowStreak(value: unknown): Pick<Rest, 'streak'> {
  const of = asObject(value)?.['of'];
  const failures = asCount(asObject(value)?.['failures']);
  const since = asCount(asObject(value)?.['since']);
  return isDoubt(of) && failures !== undefined && since !== undefined ? { streak: { of, failures, since } } : {};
}

function narrowCursor(value: unknown): [string, Cursor][] {
  const [path, cursor] = asArray(value) ?? [];
  if (typeof path !== 'string' || !isObject(cursor)) return [];
  const offset = asCount(cursor['offset']);
  const head = narrowAnchor(cursor['head']);
  const tail = narrowAnchor(cursor['tail']);
  if (offset === undefined || head === undefined || tail === undefined) return [];
  const size = asCount(cursor['size']) ?? 0;
  const mtimeMs = asNumber(cursor['mtimeMs']) ?? 0;
  const resume = narrowResume(cursor['resume'], offset);
  const unended = cursor['unended'] === true;
  const open = cursor['open'] === true;
  const narrowed = { offset, head, tail, ...(unended && { unended }), ...(open && { open }), size, mtimeMs };
  return [[path, { ...narrowed, ...(resume !== undefined && { resume }) }]];
}

function narrowAnchor(value: unknown): Anchor | undefined {
  const length = asCount(asObject(value)?.['length']);
  const hash = asString(asObject(value)?.['hash']);
  return length === undefined || hash === undefined ? undefined : { length, hash };
}

/** Without a context that this version can take up, the file is folded from its start. */
function narrowResume(value: unknown, cursorOffset: number): Checkpoint | undefined {
  const offset = asCount(asObject(value)?.['offset']);
  const context = keptContext(asObject(value)?.['context']);
  return offset === undefined || offset > cursorOffset || context === undefined ? undefined : { offset, context };
}
