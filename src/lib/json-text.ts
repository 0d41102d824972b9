/** JSON as text: where each value stands, so that an edit can leave every other byte alone. */
import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';

/** A value of the text: its type, and where it begins and how long it is in UTF-16 units. */
export type JsonNode = Node;

/** A property of an object or an element of an array, without the blanks and the comma around it. */
export interface JsonItem {
  /** The property's name, unescaped; undefined in an array. */
  name: string | undefined;
  start: number;
  end: number;
  value: JsonNode;
}

/**
 * Parses strict JSON: what `JSON.parse` takes, and nothing else (no comments, no trailing commas, no byte order mark).
 * A problem says what is wrong and in which line and column, but never quotes the text: it may hold secrets.
 */
export function parseJson(text: string): { root: JsonNode; problem?: never } | { root?: never; problem: string } {
  try {
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
    const [error] = errors;
    if (error !== undefined) return { problem: describe(text, error) };
    // Written again as well, so that what is nested too deeply for that fails here and not after an edit.
    JSON.stringify(JSON.parse(text));
    return root === undefined ? { problem: 'there is no value' } : { root };
  } catch (error) {
    return { problem: error instanceof RangeError ? 'it is nested too deeply' : 'the parser does not take it' };
  }
}

/** The items of an object or array in the order of the text; of an object with a name twice, both. */
export function itemsOf(container: JsonNode): JsonItem[] {
  return (container.children ?? []).map((child) => {
    const [name, value] = child.type === 'property' ? (child.children ?? []) : [undefined, child];
    if (value === undefined) throw new Error('A property without a value has passed for strict JSON.');
    return { name: name?.value, start: child.offset, end: value.offset + value.length, value };
  });
}

/** The value of a property; the last one where the name occurs twice, as `JSON.parse` has it. */
export function propertyOf(object: JsonNode, name: string): JsonNode | undefined {
  return itemsOf(object).findLast((item) => item.name === name)?.value;
}

/** The value as `JSON.parse` reads it. */
export function valueOf(text: string, node: JsonNode): unknown {
  return JSON.parse(text.slice(node.offset, node.offset + node.length));
}

/** An offset for people: line and column, both from 1. */
export function placeOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|[\r\n]/);
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

const PROBLEMS: { readonly [code: string]: string } = {
  InvalidSymbol: 'a word or sign that JSON does not have',
  InvalidCommentToken: 'a comment, which JSON does not have',
  PropertyNameExpected: 'a name in double quotes is missing; the comma before it may be one too many',
  ValueExpected: 'a value is missing; the comma before it may be one too many',
  ColonExpected: 'a colon is missing',
  CommaExpected: 'a comma is missing',
  CloseBraceExpected: 'the closing brace is missing',
  CloseBracketExpected: 'the closing bracket is missing',
  EndOfFileExpected: 'the text goes on after its end',
  UnexpectedEndOfString: 'a string is not closed',
  UnexpectedEndOfNumber: 'a number is not complete',
  InvalidUnicode: 'a string has a broken \\u escape',
  InvalidEscapeCharacter: 'a string has an escape that JSON does not have',
  InvalidCharacter: 'a string has a bare control character',
};

function describe(text: string, { error, offset }: ParseError): string {
  return `${placeOf(text, offset)}: ${PROBLEMS[printParseErrorCode(error)] ?? 'it cannot be read from here on'}`;
}
