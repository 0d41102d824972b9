/** Checks of parsed JSON that know where in the file a value stands, so that an error can say so. */
import { asCount, isObject } from '../lib/json.ts';

/** A value and its place, like `models[3].prices[0].input`; the place of the whole file is empty. */
export interface Node {
  place: string;
  value: unknown;
}

/** What is wrong, and where. */
export class Misfit extends Error {
  override name = 'Misfit';

  constructor({ place }: Node, what: string) {
    super(`${place === '' ? 'the whole' : place} ${what}`);
  }
}

/** The keys of an object, each as a node; a key that is not known is a typing error, and would be a wrong price. */
export function keysOf<const Key extends string>(node: Node, keys: readonly Key[]): (key: Key) => Node {
  const { place, value } = node;
  if (!isObject(value)) throw new Misfit(node, 'is not an object');
  const known: readonly string[] = keys;
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger !== undefined) throw new Misfit(node, `has the unknown key "${stranger}"`);
  return (key) => ({ place: place === '' ? key : `${place}.${key}`, value: value[key] });
}

export function listOrNone<Item>(node: Node, item: (node: Node) => Item): Item[] {
  return node.value === undefined ? [] : list(node, item);
}

export function list<Item>({ place, value }: Node, item: (node: Node) => Item): Item[] {
  if (!Array.isArray(value)) throw new Misfit({ place, value }, 'is not a list');
  return value.map((one: unknown, index) => item({ place: `${place}[${index}]`, value: one }));
}

export function text(node: Node): string {
  if (typeof node.value !== 'string' || node.value === '') throw new Misfit(node, 'is not a text');
  return node.value;
}

export function tokens(node: Node): number {
  const count = asCount(node.value);
  if (count === undefined) throw new Misfit(node, 'is not a number of tokens');
  return count;
}

/** A decimal string, parsed; a JSON number could not be trusted to the last digit. */
export function decimal(node: Node, parse: (decimal: string) => bigint | undefined): bigint {
  const value = typeof node.value === 'string' ? parse(node.value) : undefined;
  if (value === undefined)
    throw new Misfit(node, 'is not a decimal string like "12.5", or has too many places to be exact');
  return value;
}

/** A day of the calendar, and its 00:00 UTC as epoch ms. */
export function day(node: Node): { text: string; time: number } {
  const value = text(node);
  const date = new Date(`${value}T00:00:00Z`);
  // A day that is not in the calendar rolls over to another one.
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== value) {
    throw new Misfit(node, 'is not a day like 2026-10-07');
  }
  return { text: value, time: date.getTime() };
}
