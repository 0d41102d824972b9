/** The price table: every file of pricing/, compiled into one look-up from model id to price. */
import type { Rates } from './amount.ts';
import { priceFilesIn, readOverride, readTable, type NamedFile } from './files.ts';
import { knownIds, lookUp, normalise, type KnownId, type PriceTable } from './model-ids.ts';
import { unusable } from './price-file.ts';
import type { Factors, PriceRow } from './price-types.ts';

export type { PriceTable } from './model-ids.ts';

export interface PriceQuery {
  model: string | undefined;
  /** As answered: `fast`, or another word. */
  speed?: string | undefined;
  /** ISO 8601. */
  timestamp: string | undefined;
  /** Uncached, written and read: what decides the prompt tier. */
  promptTokens: number;
}

/** The prices that one request is subject to. */
export interface Price {
  status: 'found';
  /** Model and first day in force, and `/fast` and `/over-<tokens>` where they applied. */
  id: string;
  rates: Rates;
  /** Those that the model offers; whether they apply is the request's matter. */
  factors: Factors;
  /** In tenths, where the id names a cloud region that has one. */
  regional: bigint | undefined;
  /** Pico USD per request. */
  webSearch: bigint;
  /** Assumptions that the price rests on. */
  flags: readonly string[];
  /** The first day of the row, `YYYY-MM-DD`. */
  effectiveFrom: string;
  tier: 'standard' | 'long_prompt';
  speed: 'standard' | 'fast';
  basis: KnownId['basis'];
  tableVersion: string;
}

/** Why there is no price; never a guess from another model, day or speed. */
export interface NoPrice {
  status: 'unknown_model' | 'no_price_for_date' | 'fast_rate_unknown';
}

/**
 * Reads every price file of a directory, and over it the user's own file where one is named.
 * Throws a UserError where there is none, or one that cannot be used.
 */
export function loadPriceTable(directory: string, overridePath?: string): PriceTable {
  const table = tableOf(priceFilesIn(directory).map((name) => readTable(directory, name)));
  return overridePath === undefined ? table : withOverride(table, readOverride(overridePath));
}

/** The table of several files. Throws a UserError where two models have one id. */
export function tableOf(files: readonly NamedFile[]): PriceTable {
  const table = new Map<string, KnownId>();
  for (const { name, file } of files) {
    for (const [id, known] of knownIds(file)) {
      const other = table.get(id);
      if (other !== undefined) throw unusable(name, `${known.model.id} has the id ${id}, which ${other.model.id} has`);
      table.set(id, known);
    }
  }
  return table;
}

/** The table with the user's prices over it. Throws a UserError where two models of that file have one id. */
export function withOverride(table: PriceTable, override: NamedFile): PriceTable {
  const own = tableOf([override]);
  const merged = new Map(table);
  for (const [name, known] of own) {
    const id = normalise(name);
    const listed = table.get(id);
    merged.set(id, { ...known, basis: 'override', ...(listed !== undefined && { listed }) });
  }
  return merged;
}

/**
 * The price of a model on a day. The id is matched as a whole: in lower case, without an ARN's path and the client's
 * `[1m]`, then once more without one provider prefix. `claude-opus-5-5` is never priced like `claude-opus-5`.
 * A request without a timestamp has no price: any row would be a guess.
 */
export function findPrice(table: PriceTable, query: PriceQuery): Price | NoPrice {
  const known = query.model === undefined ? undefined : lookUp(table, query.model);
  if (known === undefined) return { status: 'unknown_model' };
  const found = priceOf(known, query);
  return found.status !== 'found' && known.listed !== undefined ? priceOf(known.listed, query) : found;
}

function priceOf(known: KnownId, { speed: answered, timestamp, promptTokens }: PriceQuery): Price | NoPrice {
  const { model, regional, webSearch, basis, version: tableVersion } = known;
  const time = Date.parse(timestamp ?? '');
  const base = rowAt(model.prices, time);
  if (base === undefined) return { status: 'no_price_for_date' };
  // What was answered counts: a fast id may have been served at standard speed.
  const isFast = answered === undefined ? known.isFast : answered === 'fast';
  const row = isFast ? rowAt(model.fast, time) : base;
  if (row === undefined) return { status: 'fast_rate_unknown' };
  const over = row.tiers.find(({ overPromptTokens }) => promptTokens > overPromptTokens);
  const { effectiveFrom } = row;
  return {
    status: 'found',
    id: `${model.id}@${effectiveFrom}${isFast ? '/fast' : ''}${over ? `/over-${over.overPromptTokens}` : ''}`,
    rates: (over ?? row).rates,
    factors: model.factors,
    regional,
    webSearch,
    flags: row.confidence === 'low' ? [...known.flags, 'low_confidence_price'] : known.flags,
    effectiveFrom,
    tier: over === undefined ? 'standard' : 'long_prompt',
    speed: isFast ? 'fast' : 'standard',
    basis,
    tableVersion,
  };
}

function rowAt(rows: readonly PriceRow[], time: number): PriceRow | undefined {
  return rows.find(({ from, until }) => from <= time && time < until);
}
