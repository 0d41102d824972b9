/** Finds the JSON objects on a line that is not JSON as a whole: a write was cut short, or no newline was written. */

/** An object, from its `{` to behind its `}`, in byte offsets. */
export interface FoundObject {
  from: number;
  to: number;
  /** Where the padding before it begins: `from`, or the end of the object that it follows. */
  start: number;
  place: Place;
}

/**
 * How sure it is that the object was written as one. `whole`: only padding and whole objects stand between the start
 * of the line, this object and what comes next, an object or the end · `loose`: something unreadable stands before or
 * behind it · `nested`: it is the last value of an object that was never closed, or was written behind a stub of one.
 */
export type Place = 'whole' | 'loose' | 'nested';

export interface ObjectFinder {
  /** Takes the next bytes of the line. */
  push(bytes: Buffer): void;
  /** Says that the line is over, and answers what was found, in order. */
  end(): FoundObject[];
}

/** No more than this are looked for on a line, nor as many levels of nesting followed. */
const MAX_OBJECTS = 1000;
const MAX_DEPTH = 1000;

/** What a byte is read as. `done` is behind an object, `lost` behind something unreadable. */
type State = 'start' | 'done' | 'lost' | 'key' | 'colon' | 'value' | 'scalar' | 'comma' | 'string' | 'escape';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const ESCAPES = new Set(Buffer.from('"\\/bfnrtu'));

/** What can stand around a line's JSON: a client that died in the middle of a write can leave NULs. */
export function isPadding(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x00 || byte === 0x0d || byte === 0x09;
}

/**
 * One pass over the bytes, as each is read against what JSON allows at its place. The first byte that it does not
 * allow is where two writes meet, or at most two bytes behind that: a stub that ends inside a string takes in the
 * next object's `{"`. So nothing is tried twice, and what is nested in a stub is not taken for a record. Numbers,
 * words and Unicode escapes are not checked: whoever parses an object may find that it is none.
 *
 * @param position byte offset of the first byte that will be pushed
 */
export function objectFinder(position: number): ObjectFinder {
  const first = position;
  const found: FoundObject[] = [];
  /** For each open object where it began, and -1 for each open array. */
  const open: number[] = [];
  let state: State = 'start';
  let isWhole = true;
  let isKey = false;
  /** The object that was closed last. */
  let closed = { from: -1, to: -1 };
  let previous = 0;
  /** Where a string ended with the byte `{`. */
  let braceInString = -3;

  const begin = (at: number, whole: boolean): void => {
    open.length = 0;
    open.push(at);
    isWhole = whole;
    state = 'key';
  };
  const keep = (place: Place): void => {
    const start = isWhole && place !== 'nested' ? (found.at(-1)?.to ?? first) : closed.from;
    found.push({ ...closed, start, place });
  };
  const fail = (byte: number, at: number): void => {
    if (braceInString === at - 2) {
      braceInString = -3;
      begin(at - 2, false);
      isKey = true;
      state = 'string';
      readByte(byte, at);
    } else if (byte === OPEN) begin(at, false);
    else state = 'lost';
  };
  const nest = (at: number, next: State): void => {
    open.push(at);
    state = open.length > MAX_DEPTH ? 'lost' : next;
  };
  const close = (isArray: boolean, byte: number, at: number): void => {
    const from = open.at(-1) ?? -1;
    if ((from === -1) !== isArray) return fail(byte, at);
    open.pop();
    if (!isArray) closed = { from, to: at + 1 };
    state = open.length === 0 ? 'done' : 'comma';
  };
  const beginString = (asKey: boolean): void => {
    isKey = asKey;
    state = 'string';
  };

  const readByte = (byte: number, at: number): void => {
    switch (state) {
      case 'start':
        if (byte === OPEN) begin(at, true);
        else if (!isPadding(byte)) state = 'lost';
        return;
      case 'lost':
        if (byte === OPEN) begin(at, false);
        return;
      case 'done':
        if (isPadding(byte)) return;
        if (byte === OPEN) keep(isWhole ? 'whole' : 'loose');
        else if (isWhole) keep('loose');
        if (byte === OPEN) begin(at, true);
        else state = 'lost';
        return;
      case 'string':
        if (byte === QUOTE) {
          if (previous === OPEN) braceInString = at - 1;
          state = isKey ? 'colon' : 'comma';
        } else if (byte === BACKSLASH) state = 'escape';
        else if (byte < 0x20) fail(byte, at);
        return;
      case 'escape':
        if (ESCAPES.has(byte)) state = 'string';
        else fail(byte, at);
        return;
      default:
        if (!isWhiteSpace(byte)) readToken(byte, at);
        else if (state === 'scalar') state = 'comma';
    }
  };

  const readToken = (byte: number, at: number): void => {
    if (state === 'scalar' && isScalar(byte)) return;
    if (state === 'scalar') state = 'comma';
    if (byte === CLOSE && state !== 'colon' && state !== 'value') return close(false, byte, at);
    if (byte === CLOSE_ARRAY && (state === 'comma' || state === 'value')) return close(true, byte, at);
    if (state === 'key' && byte === QUOTE) return beginString(true);
    if (state === 'colon' && byte === COLON) return void (state = 'value');
    if (state === 'comma' && byte === COMMA) return void (state = open.at(-1) === -1 ? 'value' : 'key');
    if (state !== 'value') return fail(byte, at);
    if (byte === QUOTE) return beginString(false);
    if (byte === OPEN) return nest(at, 'key');
    if (byte === OPEN_ARRAY) return nest(-1, 'value');
    if (!isScalar(byte)) return fail(byte, at);
    state = 'scalar';
  };

  return {
    push(bytes) {
      for (let index = 0; index < bytes.length && found.length < MAX_OBJECTS; index += 1) {
        const byte = bytes[index] ?? 0;
        readByte(byte, position + index);
        previous = byte;
      }
      position += bytes.length;
    },
    end() {
      if (found.length >= MAX_OBJECTS) return found;
      if (state === 'done') keep(isWhole ? 'whole' : 'loose');
      if (state === 'comma' && closed.to === position) keep('nested');
      return found;
    },
  };
}

function isWhiteSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Letters, digits, `+`, `-` and `.`: what numbers, true, false and null are made of. */
function isScalar(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x45 || isSign(byte);
}

function isSign(byte: number): boolean {
  return byte === 0x2d || byte === 0x2e || byte === 0x2b;
}
