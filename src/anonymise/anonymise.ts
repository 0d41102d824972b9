/** A transcript of Claude Code without its content: the same lines, keys, links and numbers, and no words of anyone. */
import { createHash, randomBytes } from 'node:crypto';
import { isObject, type JsonObject } from '../lib/json.ts';
import { makeFakes } from './fakes.ts';
import { regionBelow, ruledKey, ruledNumber, ruledString, type Place, type Run } from './rules.ts';

export interface Anonymiser {
  /** The line, given and answered without its newline; one that is no JSON becomes as many bytes of filler. */
  line: (bytes: Buffer) => Buffer;
  /** What was done so far. */
  summary: () => AnonymiserSummary;
}

export interface AnonymiserSummary {
  /** Lines that were no JSON. */
  unparseable: number;
  /** The words that were kept because they stand where the client writes its own, sorted. */
  kept: string[];
}

const DAY_MS = 86_400_000;
/** Later and not earlier: a price that is in force now goes on, while one from before a model's start does not exist. */
const MAX_SHIFT_DAYS = 365;
const FILLER = 'x'.charCodeAt(0);
const ROOT: Place = { path: '', key: '', region: 'client' };

/**
 * Stand-ins and the shift of dates are the same for all lines of one anonymiser and are drawn anew for the next, so
 * that links survive, and nothing can be compared with another transcript.
 *
 * @param key secret from which both are made; nothing is to keep it
 */
export function makeAnonymiser(key: Uint8Array = randomBytes(32)): Anonymiser {
  const run: Run = { fakes: makeFakes(key), shiftMs: shiftDays(key) * DAY_MS, kept: new Set() };
  let unparseable = 0;
  return {
    line(bytes) {
      const [from, to] = withoutPadding(bytes);
      if (from === to) return bytes;
      const json = anonymised(bytes.subarray(from, to), run);
      if (json === undefined) unparseable += 1;
      const middle = json === undefined ? Buffer.alloc(to - from, FILLER) : Buffer.from(json);
      return Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(to)]);
    },
    summary: () => ({ unparseable, kept: [...run.kept].toSorted() }),
  };
}

function shiftDays(key: Uint8Array): number {
  return 1 + (createHash('sha256').update('days').update(key).digest().readUInt32BE() % MAX_SHIFT_DAYS);
}

/** Where the JSON of a line stands: a byte order mark, NULs of a torn write and CRs around it are worth keeping. */
function withoutPadding(bytes: Buffer): [from: number, to: number] {
  let from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (from < bytes.length && isPadding(bytes[from])) from += 1;
  let to = bytes.length;
  while (to > from && isPadding(bytes[to - 1])) to -= 1;
  return [from, to];
}

function isPadding(byte: number | undefined): boolean {
  return byte === 0x00 || byte === 0x09 || byte === 0x0d || byte === 0x20;
}

/** Undefined where the bytes are no JSON, or nested too deeply to walk. */
function anonymised(bytes: Buffer, run: Run): string | undefined {
  try {
    return JSON.stringify(walk(JSON.parse(bytes.toString('utf8')), ROOT, run));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function walk(value: unknown, place: Place, run: Run): unknown {
  if (typeof value === 'string') return ruledString(value, place, run);
  if (typeof value === 'number') return ruledNumber(value, place, run);
  if (Array.isArray(value)) {
    const item = { ...place, path: `${place.path}[]` };
    return value.map((one) => walk(one, item, run));
  }
  return isObject(value) ? walkObject(value, place, run) : value;
}

/** Entries and not assignments: a key may be `__proto__`. */
function walkObject(object: JsonObject, place: Place, run: Run): unknown {
  const entries = Object.entries(object).map(([key, value]) => {
    const below = { path: pathBelow(place, key), key, region: regionBelow(key, object, place) };
    return [ruledKey(key, place, run), walk(value, below, run)];
  });
  return Object.fromEntries(entries);
}

/** The progress of a sub-agent holds a whole line. */
function pathBelow({ path }: Place, key: string): string {
  if (path === 'data' && key === 'message') return '';
  return path === '' ? key : `${path}.${key}`;
}
