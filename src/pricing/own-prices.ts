/** The text of a user's own price file, with one price put into it. */
import { UserError } from '../errors.ts';
import { asArray, asObject, isObject, type JsonObject } from '../lib/json.ts';
import { parseOverrideFile } from './price-file.ts';

/** One price as it is written: decimals and days as text, null for a category without a price. */
export interface OwnPrice {
  model: string;
  /** The first day, `YYYY-MM-DD`. */
  from: string;
  card: { readonly [category: string]: string | null };
  /** What the list says of batch and US inference, which a new entry takes over. */
  factors: { readonly [name: string]: string };
}

/**
 * The file with a price that begins on a day: the one in force before ends there, and it ends where a later one begins.
 * What else stands in the file stays. Throws a UserError where the file that is there, or the price, cannot be used.
 */
export function withOwnPrice(before: string | undefined, price: OwnPrice, name: string): string {
  if (before !== undefined) parseOverrideFile(before, name);
  const file = before === undefined ? { schema_version: 1, models: [] } : asObject(JSON.parse(before));
  const models = (asArray(file?.['models']) ?? []).filter(isObject);
  const isKnown = models.some(({ id }) => id === price.model);
  const fresh = { id: price.model, factors: price.factors, prices: [] };
  const next = (isKnown ? models : [...models, fresh]).map((model) =>
    model['id'] === price.model ? { ...model, prices: withRow(model, price) } : model,
  );
  const after = `${JSON.stringify({ ...file, models: next }, undefined, 2)}\n`;
  parseOverrideFile(after, name);
  return after;
}

/** The file without a model's prices; undefined where it has none. */
export function withoutOwnPrice(before: string, model: string, name: string): string | undefined {
  parseOverrideFile(before, name);
  const file = asObject(JSON.parse(before));
  const models = (asArray(file?.['models']) ?? []).filter(isObject);
  const rest = models.filter(({ id }) => id !== model);
  return rest.length === models.length ? undefined : `${JSON.stringify({ ...file, models: rest }, undefined, 2)}\n`;
}

function withRow(model: JsonObject, { from, card }: OwnPrice): JsonObject[] {
  const rows = (asArray(model['prices']) ?? []).filter(isObject).filter((row) => row['effective_from'] !== from);
  const earlier = rows.filter((row) => String(row['effective_from']) < from);
  const later = rows.filter((row) => String(row['effective_from']) > from);
  const row = { effective_from: from, effective_to: later[0]?.['effective_from'] ?? null, ...card };
  return [...earlier.map((one, index) => (index === earlier.length - 1 ? endingBy(one, from) : one)), row, ...later];
}

/** A row that had ended before leaves its gap. */
function endingBy(row: JsonObject, day: string): JsonObject {
  const end = row['effective_to'];
  return typeof end === 'string' && end < day ? row : { ...row, effective_to: day };
}

/** Throws a UserError where it is no day of the calendar. */
export function dayOf(text: string, flag: string): string {
  const time = Date.parse(`${text}T00:00:00Z`);
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text))
    return text;
  throw new UserError(`${flag} ${JSON.stringify(text)} is not a day like 2026-10-07.`, { exitCode: 2 });
}
