/** One price file, checked and narrowed: the format of pricing/README.md with its decimals and days parsed. */
import { UserError } from '../errors.ts';
import { parseFactor, parseRate, parseRequestRate, type Rates } from './amount.ts';
import { day, decimal, keysOf, list, listOrNone, Misfit, text, tokens, type Node } from './checks.ts';

export interface PriceFile {
  /** Up to which day the prices are known to be complete, `YYYY-MM-DD`. */
  dataAsOf: string;
  /** Pico USD per request. */
  webSearch: bigint;
  bedrockRegions: BedrockRegions;
  models: readonly Model[];
  /** The ids of the sources that rows may name. */
  sources: readonly string[];
}

/** The region prefixes of Bedrock ids, without the dot. */
export interface BedrockRegions {
  /** At list price. */
  listPrice: readonly string[];
  /** With the model's regional factor. */
  regional: readonly string[];
  /** Taken to have the regional factor, which no source confirms. */
  unconfirmed: readonly string[];
}

export interface Model {
  id: string;
  /** What the API, Google Cloud and Foundry call it; `id` is one of them. */
  ids: readonly string[];
  /** Bedrock ids without a region. */
  bedrockIds: readonly string[];
  gatewayIds: readonly string[];
  /** Gateway ids that stand for fast mode. */
  gatewayFastIds: readonly string[];
  factors: Factors;
  /** Oldest first; no two are in force on one day. */
  prices: readonly PriceRow[];
  fast: readonly PriceRow[];
}

/** In tenths; absent where it is not offered for the model. */
export interface Factors {
  batch?: bigint;
  usInference?: bigint;
  regional?: bigint;
}

/** Prices in force from one day, 00:00 UTC, until before another. */
export interface PriceRow {
  /** `YYYY-MM-DD`. */
  effectiveFrom: string;
  /** Epoch ms. */
  from: number;
  /** Epoch ms; Infinity where the row is still in force. */
  until: number;
  rates: Rates;
  /** By threshold, highest first: the first one that the prompt is over applies to the whole request. */
  tiers: readonly Tier[];
  confidence: 'high' | 'medium' | 'low';
  sources: readonly string[];
}

export interface Tier {
  overPromptTokens: number;
  rates: Rates;
}

/** Reads the JSON of a price file. Throws a UserError that names the file and the place in it that is wrong. */
export function parsePriceFile(json: string, name: string): PriceFile {
  try {
    return file({ place: '', value: JSON.parse(json) });
  } catch (error) {
    if (error instanceof SyntaxError) throw unusable(name, 'it is not JSON', error);
    if (error instanceof Misfit) throw unusable(name, error.message, error);
    throw error;
  }
}

/** The error for a price file that cannot be used; `why` is a clause that names the place. */
export function unusable(name: string, why: string, cause?: unknown): UserError {
  return new UserError(`The price file ${name} cannot be used: ${why}.`, {
    hint: 'pricing/README.md describes the format; installing stopwire again brings its own price files back.',
    cause,
  });
}

const SCHEMA_VERSION = 1;

function file(node: Node): PriceFile {
  const at = keysOf(node, [
    'schema_version',
    'provider',
    'data_as_of',
    'unit',
    'web_search_usd_per_1000',
    'bedrock_regions',
    'models',
    'sources',
  ]);
  const version = at('schema_version');
  if (version.value !== SCHEMA_VERSION) throw new Misfit(version, `is not ${SCHEMA_VERSION}, the one stopwire reads`);
  return {
    dataAsOf: day(at('data_as_of')).text,
    webSearch: decimal(at('web_search_usd_per_1000'), parseRequestRate),
    bedrockRegions: bedrockRegions(at('bedrock_regions')),
    models: list(at('models'), model),
    sources: list(at('sources'), source),
  };
}

function bedrockRegions(node: Node): BedrockRegions {
  if (node.value === undefined) return { listPrice: [], regional: [], unconfirmed: [] };
  const at = keysOf(node, ['list_price', 'regional', 'unconfirmed']);
  return {
    listPrice: list(at('list_price'), text),
    regional: list(at('regional'), text),
    unconfirmed: list(at('unconfirmed'), text),
  };
}

function model(node: Node): Model {
  const at = keysOf(node, [
    'id',
    'ids',
    'bedrock_ids',
    'gateway_ids',
    'gateway_fast_ids',
    'factors',
    'prices',
    'fast',
    'notes',
  ]);
  return {
    id: text(at('id')),
    ids: list(at('ids'), text),
    bedrockIds: listOrNone(at('bedrock_ids'), text),
    gatewayIds: listOrNone(at('gateway_ids'), text),
    gatewayFastIds: listOrNone(at('gateway_fast_ids'), text),
    factors: factors(at('factors')),
    prices: inOrder(list(at('prices'), row), at('prices')),
    fast: inOrder(listOrNone(at('fast'), row), at('fast')),
  };
}

function factors(node: Node): Factors {
  const at = keysOf(node, ['batch', 'us_inference', 'regional']);
  const factor = (key: Parameters<typeof at>[0]): bigint | undefined =>
    at(key).value === undefined ? undefined : decimal(at(key), parseFactor);
  const [batch, usInference, regional] = [factor('batch'), factor('us_inference'), factor('regional')];
  return {
    ...(batch !== undefined && { batch }),
    ...(usInference !== undefined && { usInference }),
    ...(regional !== undefined && { regional }),
  };
}

const CARD = ['input', 'output', 'cache_write_5m', 'cache_write_1h', 'cache_read'] as const;

function row(node: Node): PriceRow {
  const at = keysOf(node, ['effective_from', 'effective_to', ...CARD, 'prompt_tiers', 'confidence', 'sources', 'note']);
  const { text: effectiveFrom, time: from } = day(at('effective_from'));
  return {
    effectiveFrom,
    from,
    until: at('effective_to').value === null ? Infinity : day(at('effective_to')).time,
    rates: rates(at),
    tiers: listOrNone(at('prompt_tiers'), tier).toSorted((a, b) => b.overPromptTokens - a.overPromptTokens),
    confidence: confidence(at('confidence')),
    sources: list(at('sources'), text),
  };
}

/** The rows as they are, or an error where a day would have two prices. */
function inOrder(rows: PriceRow[], node: Node): PriceRow[] {
  for (const [index, { from, until }] of rows.entries()) {
    const here = { place: `${node.place}[${index}]`, value: undefined };
    if (from >= until) throw new Misfit(here, 'ends before it begins');
    if (from < (rows[index - 1]?.until ?? -Infinity)) throw new Misfit(here, 'begins before the row above it ends');
  }
  return rows;
}

function tier(node: Node): Tier {
  const at = keysOf(node, ['over_prompt_tokens', ...CARD]);
  return { overPromptTokens: tokens(at('over_prompt_tokens')), rates: rates(at) };
}

/** The five prices; only those of the cache may be null, where the model has none. */
function rates(at: (key: (typeof CARD)[number]) => Node): Rates {
  const cacheRate = (key: (typeof CARD)[number]): bigint | undefined =>
    at(key).value === null ? undefined : decimal(at(key), parseRate);
  return {
    input: decimal(at('input'), parseRate),
    output: decimal(at('output'), parseRate),
    cacheWrite5m: cacheRate('cache_write_5m'),
    cacheWrite1h: cacheRate('cache_write_1h'),
    cacheRead: cacheRate('cache_read'),
  };
}

function confidence(node: Node): PriceRow['confidence'] {
  const { value } = node;
  if (value === 'high' || value === 'medium' || value === 'low') return value;
  throw new Misfit(node, 'is not high, medium or low');
}

function source(node: Node): string {
  const at = keysOf(node, ['id', 'name', 'url', 'content_date', 'read_on']);
  return text(at('id'));
}
