/** price: what a response cost at list price. Pure: from the record's own fields and the table alone. */
import type { Context, Turn } from '../context.ts';
import { withCost, type Charge, type Cost, type MessageRecord } from '../fields/index.ts';
import { toUsd, tokensCost, unitsCost, type TokenCounts } from '../pricing/amount.ts';
import { findPrice, type Price, type PriceTable } from '../pricing/table.ts';

/**
 * Fills the cost fields of a response from its usage fields; other records pass as they are. A record that was priced
 * before is priced anew. The model is the one that was asked for, as in the client's own bill. Where the table has no
 * price for that model, day or speed, there is no amount and `cost_status` says why: never 0, never a guess.
 */
export function price(record: MessageRecord, table: PriceTable): MessageRecord {
  if (!hasUsage(record)) return record;
  // Not a spread: V8 takes six times as long for one that overwrites.
  return Object.assign({}, record, NO_COST, costOf(record, table));
}

/**
 * Prices what one line was mapped to, and adds the price to the turn and the session that the line belongs to: a fold,
 * as mapping is. Lines of one response repeat its usage; its price counts once.
 */
export function priceMapped<T extends Priceable>(mapped: T, table: PriceTable): T {
  const { records, charge, abandoned } = mapped;
  // In place: the records are new, and nobody else has seen them.
  for (const record of records) if (hasUsage(record)) Object.assign(record, costOf(record, table));
  const answer = charge && records.find((record) => record.cost_status !== undefined);
  const charged = charge && answer && withCost(mapped.context, charge, answer.cost_pico_usd);
  const context = charged?.context ?? mapped.context;
  if (answer?.cost_pico_usd !== undefined && charged !== undefined) {
    answer.incremental_cost_pico_usd = String(charged.picoUsd);
    answer.incremental_cost_usd = toUsd(charged.picoUsd);
  }
  const { turn, session } = context;
  const inline =
    charge?.inlineRoot === undefined ? undefined : context.inline.find(({ id }) => id === charge.inlineRoot)?.turn;
  for (const record of records) {
    const ended = record.type === 'turn' ? abandoned : (inline ?? turn);
    if (record.turn_status !== undefined && ended !== undefined) Object.assign(record, turnCost(ended));
    if (record.type === 'session') Object.assign(record, sessionCost(session, turn));
  }
  return context === mapped.context ? mapped : Object.assign({}, mapped, { context });
}

/** What mapping a line gives, as far as its price is concerned. */
interface Priceable {
  records: readonly MessageRecord[];
  context: Context;
  charge: Charge | undefined;
  abandoned: Turn | undefined;
}

function turnCost({ costPicoUsd, unpricedResponses }: Turn): Partial<MessageRecord> {
  return { turn_cost_usd: toUsd(BigInt(costPicoUsd)), turn_unpriced_responses: unpricedResponses };
}

function sessionCost(session: Context['session'], turn: Turn | undefined): Partial<MessageRecord> {
  return {
    session_cost_usd: toUsd(BigInt(session.costPicoUsd) + BigInt(turn?.costPicoUsd ?? 0)),
    session_unpriced_responses: session.unpricedResponses + (turn?.unpricedResponses ?? 0),
  };
}

/** A record with none of these has no usage. */
const COUNTS = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_creation_tokens',
  'cache_creation_5m_tokens',
  'cache_creation_1h_tokens',
  'web_search_requests',
] as const;

function hasUsage(record: MessageRecord): boolean {
  return record.type === 'assistant' && COUNTS.some((name) => record[name] !== undefined);
}

/** Takes out what an earlier table said. */
const NO_COST = {
  cost_usd: undefined,
  cost_pico_usd: undefined,
  cost_status: undefined,
  cost_flags: undefined,
  price_id: undefined,
} satisfies { [Name in keyof Required<Cost>]: undefined };

/** The model of the lines that the client writes itself, for instance after an API error. */
const SYNTHETIC = '<synthetic>';

function costOf(record: MessageRecord, table: PriceTable): Cost {
  if (record.model === SYNTHETIC) return notBilled('synthetic_model');
  const counts = tokenCounts(record);
  const found = findPrice(table, {
    model: record.requested_model ?? record.model,
    speed: record.speed,
    timestamp: record.timestamp,
    promptTokens: counts.input + counts.cacheWrite5m + counts.cacheWrite1h + counts.cacheRead,
  });
  if (found.status !== 'found') return { cost_status: found.status };
  return isEmptyRefusal(record) ? refusalCost(record) : priced(record, counts, found);
}

/** Cache writes whose lifetime the client did not tell are taken as those of five minutes, as the client does. */
function tokenCounts(record: MessageRecord): TokenCounts {
  const { input_tokens: input = 0, output_tokens: output = 0, cache_read_tokens: cacheRead = 0 } = record;
  const { cache_creation_5m_tokens: cacheWrite5m = 0, cache_creation_1h_tokens: cacheWrite1h = 0 } = record;
  return { input, output, cacheWrite5m: cacheWrite5m + unsplitTokens(record), cacheWrite1h, cacheRead };
}

function unsplitTokens(record: MessageRecord): number {
  const { cache_creation_tokens: all = 0, cache_creation_5m_tokens = 0, cache_creation_1h_tokens = 0 } = record;
  return Math.max(0, all - cache_creation_5m_tokens - cache_creation_1h_tokens);
}

/** The model declined before it had written anything. */
function isEmptyRefusal({ stop_reason, output_tokens = 0 }: MessageRecord): boolean {
  return stop_reason === 'refusal' && output_tokens === 0;
}

/** Since this day refusals of some categories are billed, and no line says which category it was. */
const SOME_REFUSALS_BILLED_FROM = Date.parse('2026-09-24');

function refusalCost({ timestamp = '' }: MessageRecord): Cost {
  const isFree = Date.parse(timestamp) < SOME_REFUSALS_BILLED_FROM;
  return isFree ? notBilled('unbilled_refusal') : { cost_status: 'refusal_billing_unknown' };
}

function notBilled(flag: string): Cost {
  return { cost_usd: 0, cost_pico_usd: '0', cost_status: 'not_billed', cost_flags: [flag] };
}

function priced(record: MessageRecord, counts: TokenCounts, found: Price): Cost {
  const terms = [geoTerms(record, found), serviceTerms(record, found), speedTerms(record), cacheTerms(record)];
  const factors = [...terms, { factor: found.regional }].flatMap(({ factor }) => factor ?? []);
  const flags = [...found.flags, ...terms.flatMap(({ flag }) => flag ?? [])];
  const tokens = tokensCost(counts, found.rates, factors);
  if (tokens === undefined) return { cost_status: 'cache_price_unknown' };
  // No factor applies to searches.
  const amount = tokens + unitsCost(record.web_search_requests ?? 0, found.webSearch);
  return {
    cost_usd: toUsd(amount),
    cost_pico_usd: String(amount),
    cost_status: 'priced',
    price_id: found.id,
    ...(flags.length > 0 && { cost_flags: flags }),
  };
}

/** What one attribute of a request does to its price, and what had to be assumed for it. */
interface Terms {
  /** In tenths. */
  factor?: bigint | undefined;
  flag?: string;
}

const AT_LIST_PRICE: Terms = {};

function geoTerms({ inference_geo }: MessageRecord, { factors }: Price): Terms {
  switch (inference_geo) {
    case undefined:
    case '':
    case 'global':
    case 'not_available':
      return AT_LIST_PRICE;
    case 'us':
      return factors.usInference === undefined
        ? { flag: 'inference_geo_unsupported' }
        : { factor: factors.usInference };
    default:
      return { flag: 'inference_geo_unknown' };
  }
}

function serviceTerms({ service_tier }: MessageRecord, { factors }: Price): Terms {
  switch (service_tier) {
    case undefined:
    case 'standard':
      return AT_LIST_PRICE;
    case 'batch':
      return factors.batch === undefined ? { flag: 'service_tier_unknown' } : { factor: factors.batch };
    case 'priority':
      return { flag: 'priority_tier_list_price' };
    default:
      return { flag: 'service_tier_unknown' };
  }
}

/** The price row already is that of the speed. */
function speedTerms({ speed }: MessageRecord): Terms {
  return speed === undefined || speed === 'standard' || speed === 'fast' ? AT_LIST_PRICE : { flag: 'speed_unknown' };
}

function cacheTerms(record: MessageRecord): Terms {
  return unsplitTokens(record) > 0 ? { flag: 'cache_ttl_assumed_5m' } : AT_LIST_PRICE;
}
