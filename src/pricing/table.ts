/** The price table: every file of pricing/, compiled into one look-up from model id to price. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { reasonOf, UserError } from '../errors.ts';
import type { Rates } from './amount.ts';
import {
  parsePriceFile,
  unusable,
  type BedrockRegions,
  type Factors,
  type Model,
  type PriceFile,
  type PriceRow,
} from './price-file.ts';

/** What each known model id stands for. */
export type PriceTable = ReadonlyMap<string, KnownId>;

/** A model under one of its ids, with what the id itself tells. */
interface KnownId {
  model: Model;
  /** Pico USD per request. */
  webSearch: bigint;
  /** The factor, in tenths, of the cloud region that the id names. */
  regional: bigint | undefined;
  /** The id stands for fast mode. */
  isFast: boolean;
  /** What the id leaves open. */
  flags: readonly string[];
}

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
}

/** Why there is no price; never a guess from another model, day or speed. */
export interface NoPrice {
  status: 'unknown_model' | 'no_price_for_date' | 'fast_rate_unknown';
}

/** Reads every price file of a directory. Throws a UserError where there is none, or one that cannot be used. */
export function loadPriceTable(directory: string): PriceTable {
  const table = new Map<string, KnownId>();
  for (const name of priceFilesIn(directory)) {
    // The message gets no more of the path than this: the rest can name a person.
    const shown = join(basename(directory), name);
    for (const [id, known] of knownIds(parsePriceFile(readText(join(directory, name), shown), shown))) {
      const other = table.get(id);
      if (other !== undefined) throw unusable(shown, `${known.model.id} has the id ${id}, which ${other.model.id} has`);
      table.set(id, known);
    }
  }
  return table;
}

/**
 * The price of a model on a day. The id is matched as a whole: in lower case, without an ARN's path and the client's
 * `[1m]`, then once more without one provider prefix. `claude-opus-5-5` is never priced like `claude-opus-5`.
 * A request without a timestamp has no price: any row would be a guess.
 */
export function findPrice(
  table: PriceTable,
  { model: name, speed, timestamp, promptTokens }: PriceQuery,
): Price | NoPrice {
  const known = name === undefined ? undefined : lookUp(table, name);
  if (known === undefined) return { status: 'unknown_model' };
  const { model, regional, webSearch } = known;
  const time = Date.parse(timestamp ?? '');
  const base = rowAt(model.prices, time);
  if (base === undefined) return { status: 'no_price_for_date' };
  // What was answered counts: a fast id may have been served at standard speed.
  const isFast = speed === undefined ? known.isFast : speed === 'fast';
  const row = isFast ? rowAt(model.fast, time) : base;
  if (row === undefined) return { status: 'fast_rate_unknown' };
  const tier = row.tiers.find(({ overPromptTokens }) => promptTokens > overPromptTokens);
  const id = `${model.id}@${row.effectiveFrom}${isFast ? '/fast' : ''}${tier ? `/over-${tier.overPromptTokens}` : ''}`;
  const flags = row.confidence === 'low' ? [...known.flags, 'low_confidence_price'] : known.flags;
  return { status: 'found', id, rates: (tier ?? row).rates, factors: model.factors, regional, webSearch, flags };
}

/** Names that gateways and routers put before an id. */
const PROVIDER_PREFIXES = ['anthropic/', 'bedrock/', 'vertex_ai/', 'azure_ai/', 'openrouter/', 'vercel/'];

function lookUp(table: PriceTable, name: string): KnownId | undefined {
  const id = normalise(name);
  const exact = table.get(id);
  if (exact !== undefined) return exact;
  const prefix = PROVIDER_PREFIXES.find((one) => id.startsWith(one));
  const behind = prefix === undefined ? undefined : table.get(id.slice(prefix.length));
  if (behind === undefined || behind.flags.includes('gateway_price')) return behind;
  return { ...behind, flags: [...behind.flags, 'gateway_price'] };
}

/** `[1m]` is the client's sign for the long window, `@default` Google's for the newest version: one model, one price. */
function normalise(name: string): string {
  const id = name.trim().toLowerCase();
  const tail = id.startsWith('arn:') ? id.slice(id.lastIndexOf('/') + 1) : id;
  return tail.replace(/\[1m\]$/, '').replace(/@default$/, '');
}

function rowAt(rows: readonly PriceRow[], time: number): PriceRow | undefined {
  return rows.find(({ from, until }) => from <= time && time < until);
}

/** Every id of a file, those of the Bedrock regions spelt out. */
function* knownIds({ models, webSearch, bedrockRegions }: PriceFile): Generator<[string, KnownId]> {
  for (const model of models) {
    const plain: KnownId = { model, webSearch, regional: undefined, isFast: false, flags: [] };
    const gateway: KnownId = { ...plain, flags: ['gateway_price'] };
    for (const id of model.ids) yield [id, plain];
    for (const id of model.gatewayIds) yield [id, gateway];
    for (const id of model.gatewayFastIds) yield [id, { ...gateway, isFast: true }];
    for (const id of model.bedrockIds) yield* bedrockIds(id, plain, bedrockRegions);
  }
}

/** A Bedrock id without a region, and with each. Where the model has no regional factor, nothing is left open. */
function* bedrockIds(id: string, plain: KnownId, regions: BedrockRegions): Generator<[string, KnownId]> {
  const { regional } = plain.model.factors;
  const open = (flag: string): KnownId => (regional === undefined ? plain : { ...plain, flags: [flag] });
  yield [id, open('bedrock_region_unknown')];
  for (const region of regions.listPrice) yield [`${region}.${id}`, plain];
  for (const region of regions.regional) yield [`${region}.${id}`, { ...plain, regional }];
  for (const region of regions.unconfirmed) yield [`${region}.${id}`, { ...open('region_price_unknown'), regional }];
}

function priceFilesIn(directory: string): string[] {
  const shown = basename(directory);
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith('.json'));
    if (names.length > 0) return names.toSorted();
  } catch (error) {
    throw noPriceFiles(`The folder ${shown} of price files cannot be read: ${reasonOf(error)}.`, error);
  }
  throw noPriceFiles(`The folder ${shown} holds no price file.`);
}

function readText(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(shown, `it cannot be read (${reasonOf(error)})`, error);
  }
}

function noPriceFiles(message: string, cause?: unknown): UserError {
  return new UserError(message, { hint: 'Installing stopwire again brings its price files back.', cause });
}
