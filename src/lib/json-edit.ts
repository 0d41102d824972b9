/**
 * Puts an item into JSON text, takes one out or replaces a value, and leaves every other byte alone.
 * `removeItem` is the exact inverse of `appendItem`: what was appended last and is removed again leaves the text as
 * it was, byte for byte, whatever its spelling.
 */
import { itemsOf, type JsonItem, type JsonNode } from './json-text.ts';

export interface Appended {
  text: string;
  root: JsonNode;
  /** The object or array to append to; a node of `root`. */
  container: JsonNode;
  /** The property's name, where the container is an object. */
  name?: string;
  value: unknown;
}

/** Appends an item in the style of the text: its line ends and indentation, or on the line that it comes to stand in. */
export function appendItem(appended: Appended): string {
  const last = itemsOf(appended.container).at(-1);
  return last === undefined ? fill(appended) : appendAfter(last, appended);
}

/** Removes an item together with the comma, and the blanks, that came with it. */
export function removeItem(text: string, container: JsonNode, index: number): string {
  const items = itemsOf(container);
  const [item, previous, next] = [items[index], items[index - 1], items[index + 1]];
  if (item === undefined) throw new Error(`There is no item ${index} to remove.`);
  if (previous !== undefined) return cut(text, previous.end, item.end);
  if (next !== undefined) return cut(text, item.start, next.start);
  const inside = container.offset + 1;
  const end = container.offset + container.length - 1;
  return cut(text, inside, item.start === inside ? item.end : end);
}

/** Puts another value, given as JSON text, into the place of one. */
export function replaceValue(text: string, { offset, length }: JsonNode, spelling: string): string {
  return text.slice(0, offset) + spelling + text.slice(offset + length);
}

/** The blanks behind the last item stay behind the new one. */
function appendAfter(last: JsonItem, { text, root, name, value }: Appended): string {
  const gap = gapBefore(text, last.start);
  const indent = lastLineOf(gap);
  if (indent === undefined) return insert(text, last.end, `,${gap}${onOneLine(name, value)}`);
  const eol = eolOf(text);
  return insert(text, last.end, `,${eol}${indent}${onLines(name, value, { indent, unit: unitOf(text, root), eol })}`);
}

/**
 * Blanks in an empty container are kept, behind an item that follows the bracket at once. So no blanks but ours are
 * ever between the bracket and the item, and the removal can tell whose those behind it are.
 */
function fill({ text, root, container, name, value }: Appended): string {
  const inside = container.offset + 1;
  const outer = indentOf(text, container);
  if (container.length > 2 || outer === undefined) return insert(text, inside, onOneLine(name, value));
  const [eol, unit] = [eolOf(text), unitOf(text, root)];
  const indent = outer + unit;
  return insert(text, inside, `${eol}${indent}${onLines(name, value, { indent, unit, eol })}${eol}${outer}`);
}

/** The indentation of a container that begins a line, with its name if it has one; the root always does. */
function indentOf(text: string, { parent, offset }: JsonNode): string | undefined {
  if (parent === undefined) return '';
  return lastLineOf(gapBefore(text, parent.type === 'property' ? parent.offset : offset));
}

function eolOf(text: string): string {
  return /\r\n|[\r\n]/.exec(text)?.[0] ?? '\n';
}

/** One level of indentation. */
function unitOf(text: string, root: JsonNode): string {
  const [first] = itemsOf(root);
  return (first && lastLineOf(gapBefore(text, first.start))) || '  ';
}

/** The blanks right before an offset. */
function gapBefore(text: string, offset: number): string {
  let start = offset;
  while (/[ \t\r\n]/.test(text.charAt(start - 1))) start -= 1;
  return text.slice(start, offset);
}

/** What follows the last line end of some blanks; undefined where they hold none. */
function lastLineOf(blanks: string): string | undefined {
  return /[\r\n]([ \t]*)$/.exec(blanks)?.[1];
}

function onOneLine(name: string | undefined, value: unknown): string {
  return (name === undefined ? '' : `${JSON.stringify(name)}:`) + JSON.stringify(value);
}

function onLines(
  name: string | undefined,
  value: unknown,
  { indent, unit, eol }: { indent: string; unit: string; eol: string },
): string {
  const lines = JSON.stringify(value, undefined, unit).replaceAll('\n', eol + indent);
  return (name === undefined ? '' : `${JSON.stringify(name)}: `) + lines;
}

function insert(text: string, offset: number, added: string): string {
  return text.slice(0, offset) + added + text.slice(offset);
}

function cut(text: string, start: number, end: number): string {
  return text.slice(0, start) + text.slice(end);
}
