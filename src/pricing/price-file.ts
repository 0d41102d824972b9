/** One price file, checked and narrowed: the format of pricing/README.md with its decimals and days parsed. */
import { UserError } from '../errors.ts';
import { sha256 } from '../lib/hash.ts';
import { parseAgreedRate, parseFactor, parseRate, parseRequestRate, type Rates } from './amount.ts';
import { day, decimal, keysOf, list, listOrNone, Misfit, text, tokens, type Node } from './checks.ts';
import type { BedrockRegions, Factors, Model, PriceFile, PriceRow, Tier } from './price-types.ts';

/** Reads the JSON of a price file. Throws a UserError that names the file and the place in it that is wrong. */
export function parsePriceFile(json: string, name: string): PriceFile {
  return parsed(json, name, file);
}

/**
 * Reads the JSON of a user's own prices: the same format, in which all that a person need not say can be left out.
 * Throws a UserError likewise.
 */
export function parseOverrideFile(json: string, name: string): PriceFile {
  return { ...parsed(json, name, ownFile), version: `sha256:${sha256(json).slice(0, VERSION_LENGTH)}` };
}

function parsed(json: string, name: string, read: (node: Node) => PriceFile): PriceFile {
  try {
    return read({ place: '', value: JSON.parse(json) });
  } catch (error) {
    if (error instanceof SyntaxError) throw unusable(name, 'it is not JSON', error);
    if (error instanceof Misfit) throw unusable(name, error.message, error);
    throw error;
  }
}

/** The error for a price file that cannot be used; `why` is a clause that names the place. */
export function unusable(name: string, why: string, cause?: unknown): UserError {
  return new UserError(`The price file ${name} cannot be used: ${why}.`, {
    hint: 'pricing/README.md describes the format; npx stopwire prices check says what is wrong with a file.',
    cause,
  });
}

const SCHEMA_VERSION = 1;
const VERSION_LENGTH = 12;
/** USD per thousand searches, where a user's file does not say. */
const LIST_WEB_SEARCH = '10';

const FILE_KEYS = [
  'schema_version',
  'provider',
  'data_as_of',
  'unit',
  'web_search_usd_per_1000',
  'bedrock_regions',
  'models',
  'sources',
] as const;

function file(node: Node): PriceFile {
  const at = keysOf(node, FILE_KEYS);
  refuseOtherVersion(at('schema_version'));
  const dataAsOf = day(at('data_as_of')).text;
  return {
    provider: text(at('provider')),
    dataAsOf,
    webSearch: decimal(at('web_search_usd_per_1000'), parseRequestRate),
    bedrockRegions: bedrockRegions(at('bedrock_regions')),
    models: list(at('models'), (one) => model(one, LISTED)),
    sources: list(at('sources'), source),
    version: dataAsOf,
  };
}

function ownFile(node: Node): PriceFile {
  const at = keysOf(node, FILE_KEYS);
  refuseOtherVersion(at('schema_version'));
  return {
    provider: '',
    dataAsOf: at('data_as_of').value === undefined ? '' : day(at('data_as_of')).text,
    webSearch: decimal(orElse(at('web_search_usd_per_1000'), LIST_WEB_SEARCH), parseRequestRate),
    bedrockRegions: bedrockRegions(at('bedrock_regions')),
    models: list(at('models'), (one) => model(one, OWN)),
    sources: listOrNone(at('sources'), source),
    version: '',
  };
}

function refuseOtherVersion(node: Node): void {
  if (node.value !== SCHEMA_VERSION) throw new Misfit(node, `is not ${SCHEMA_VERSION}, the one stopwire reads`);
}

/** How strictly a file is read. */
interface Form {
  parseRate: (decimal: string) => bigint | undefined;
  /** What may be left out has a value that a person would expect. */
  mayLeaveOut: boolean;
}

const LISTED: Form = { parseRate, mayLeaveOut: false };
const OWN: Form = { parseRate: parseAgreedRate, mayLeaveOut: true };

function orElse({ place, value }: Node, fallback: unknown): Node {
  return { place, value: value === undefined ? fallback : value };
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

function model(node: Node, form: Form): Model {
  const known = keysOf(node, [
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
  const defaults: { [key: string]: unknown } = form.mayLeaveOut ? { ids: [known('id').value], factors: {} } : {};
  const at = (key: Parameters<typeof known>[0]): Node => orElse(known(key), defaults[key]);
  return {
    id: text(at('id')),
    ids: list(at('ids'), text),
    bedrockIds: listOrNone(at('bedrock_ids'), text),
    gatewayIds: listOrNone(at('gateway_ids'), text),
    gatewayFastIds: listOrNone(at('gateway_fast_ids'), text),
    factors: factors(at('factors')),
    prices: inOrder(
      list(at('prices'), (one) => row(one, form)),
      at('prices'),
    ),
    fast: inOrder(
      listOrNone(at('fast'), (one) => row(one, form)),
      at('fast'),
    ),
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

const ROW_DEFAULTS: { readonly [key: string]: unknown } = { effective_to: null, confidence: 'high', sources: [] };

function row(node: Node, form: Form): PriceRow {
  const known = keysOf(node, [
    'effective_from',
    'effective_to',
    ...CARD,
    'prompt_tiers',
    'confidence',
    'sources',
    'note',
  ]);
  const at = (key: Parameters<typeof known>[0]): Node =>
    form.mayLeaveOut ? orElse(known(key), ROW_DEFAULTS[key]) : known(key);
  const { text: effectiveFrom, time: from } = day(at('effective_from'));
  return {
    effectiveFrom,
    from,
    until: at('effective_to').value === null ? Infinity : day(at('effective_to')).time,
    rates: rates(at, form),
    tiers: listOrNone(at('prompt_tiers'), (one) => tier(one, form)).toSorted(
      (a, b) => b.overPromptTokens - a.overPromptTokens,
    ),
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

function tier(node: Node, form: Form): Tier {
  const at = keysOf(node, ['over_prompt_tokens', ...CARD]);
  return { overPromptTokens: tokens(at('over_prompt_tokens')), rates: rates(at, form) };
}

/** The five prices; only those of the cache may be null, where the model has none. */
function rates(at: (key: (typeof CARD)[number]) => Node, { parseRate: parse }: Form): Rates {
  const cacheRate = (key: (typeof CARD)[number]): bigint | undefined =>
    at(key).value === null ? undefined : decimal(at(key), parse);
  return {
    input: decimal(at('input'), parse),
    output: decimal(at('output'), parse),
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
