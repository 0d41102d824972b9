/** Reads JSON that is too large to hold: giant strings are dropped while they stream by, the rest is kept. */
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { Assembler } from 'stream-json/assembler.js';
import { jsonParser, type Token } from 'stream-json/parser.js';

/** Strings, keys and numbers up to this many characters are kept as they are. */
const MAX_TEXT_LENGTH = 65_536;
/** What is kept in all: characters, and `TOKEN_COST` for every value, key and bracket. */
const MAX_KEPT = 4_194_304;
const TOKEN_COST = 16;

/**
 * Parses one JSON value from a stream of bytes, in memory that does not grow with it.
 * A string, key or number over the limit becomes `[N characters left out]`. Where very many small values are too much
 * together, the later ones are left out, but for the plain values of the outermost object: they name and date a line.
 * Throws where the input is not JSON.
 */
export async function parseOversized(bytes: Readable): Promise<unknown> {
  const assembler = new Assembler();
  const join = joinPieces();
  const isKept = withinBudget();
  // Called piece by piece: a stream of tokens would pass millions of objects for one string full of escapes.
  const parse = jsonParser({ packValues: false });
  const decoder = new StringDecoder('utf8');
  let isEmpty = true;
  const take = (text: string): void => {
    const tokens = parse(text);
    if (typeof tokens === 'symbol') return;
    for (const token of tokens.values) {
      const whole = join(token);
      if (whole === undefined || !isKept(whole)) continue;
      assembler.consume(whole);
      isEmpty = false;
    }
  };
  for await (const chunk of bytes as AsyncIterable<Buffer>) take(decoder.write(chunk));
  // White space shows a last number that it is complete.
  take(`${decoder.end()}\n`);
  if (isEmpty || !assembler.done) throw new SyntaxError('the JSON ends before its value does');
  return assembler.current;
}

/** Joins the pieces of each key, string and number, and forgets those that grow too long. */
function joinPieces(): (token: Token) => Token | undefined {
  let pieces = '';
  let length = 0;
  const begin = (): undefined => {
    pieces = '';
    length = 0;
  };
  const text = (): string => (length > MAX_TEXT_LENGTH ? `[${length} characters left out]` : copyOf(pieces));
  return (token) => {
    switch (token.name) {
      case 'startKey':
      case 'startString':
      case 'startNumber':
        return begin();
      case 'stringChunk':
      case 'numberChunk':
        length += token.value.length;
        pieces = length > MAX_TEXT_LENGTH ? '' : pieces + token.value;
        return undefined;
      case 'endKey':
        return { name: 'keyValue', value: text() };
      case 'endString':
        return { name: 'stringValue', value: text() };
      case 'endNumber':
        return { name: length > MAX_TEXT_LENGTH ? 'stringValue' : 'numberValue', value: text() };
      default:
        return token;
    }
  };
}

/** A piece is a slice of its chunk, and would keep all of it in memory. */
function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

/** Tells which tokens to keep. Brackets are kept or left out in pairs, so that what is kept is whole. */
function withinBudget(): (token: Token) => boolean {
  let kept = 0;
  let depth = 0;
  let depthLeftOut = 0;
  return (token) => {
    if (token.name === 'endObject' || token.name === 'endArray') {
      const isKept = depthLeftOut === 0;
      if (isKept) depth -= 1;
      else depthLeftOut -= 1;
      return isKept;
    }
    const isStart = token.name === 'startObject' || token.name === 'startArray';
    // The outermost values have as much again to themselves.
    const limit = depth === 1 && !isStart ? 2 * MAX_KEPT : MAX_KEPT;
    const isKept = depthLeftOut === 0 && kept <= limit;
    if (isKept) kept += TOKEN_COST + ('value' in token && typeof token.value === 'string' ? token.value.length : 0);
    if (isStart && isKept) depth += 1;
    if (isStart && !isKept) depthLeftOut += 1;
    return isKept;
  };
}
