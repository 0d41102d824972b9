/** What one API response cost: its steps by the price table, and its searches. Pure. */
import { asObject } from '../lib/json.ts';
import { toUsd, tokensCost, unitsCost, type TokenCounts } from './amount.ts';
import { stepsOf, type Step, type Steps } from './steps.ts';
import { findPrice, type NoPrice, type Price, type PriceTable } from './table.ts';
import { termsOf } from './terms.ts';
import type { ResponseUsage } from './usage.ts';

/** The amount and where it comes from, by the names of the record's fields. */
export interface ResponseCost {
  cost_usd?: number;
  /** A whole number of pico USD. */
  cost_pico_usd?: string;
  cost_status: 'priced' | 'not_billed' | Unpriced;
  cost_flags?: readonly string[];
  price_id?: string;
  price_step_ids?: readonly string[];
  price_effective_from?: string;
  price_basis?: Price['basis'];
  price_tier?: Price['tier'];
  price_speed?: Price['speed'];
  price_table_version?: string;
  cache_split?: 'known' | 'assumed';
}

type Unpriced = NoPrice['status'] | 'no_price_table' | 'cache_price_unknown' | 'refusal_billing_unknown';

/** The model of the lines that the client writes itself, for instance after an API error. */
const SYNTHETIC = '<synthetic>';

/**
 * The cost of a response. Where a part of it has no price there is no amount, and `cost_status` says why: never 0,
 * never a guess, never a sum with a hole in it.
 */
export function costOf(usage: ResponseUsage, table: PriceTable): ResponseCost {
  if (usage.model === SYNTHETIC) return notBilled('synthetic_model');
  if (table.size === 0) return { cost_status: 'no_price_table' };
  const { steps, flags } = stepsOf(usage);
  if (!isEmptyRefusal(usage)) return priced(usage, { steps, flags }, table);
  const { status } = priceOf(steps[0], usage, table);
  if (status !== 'found') return { cost_status: status };
  return refusalCost(usage) ?? priced(usage, { steps, flags }, table);
}

function priceOf({ model, speed, counts }: Step, { timestamp }: ResponseUsage, table: PriceTable): Price | NoPrice {
  const promptTokens = counts.input + writtenTokens(counts) + counts.cacheRead;
  return findPrice(table, { model, speed, timestamp, promptTokens });
}

function writtenTokens({ cacheWrite5m, cacheWrite1h }: TokenCounts): number {
  return cacheWrite5m + cacheWrite1h;
}

/** The model declined before it had written anything. */
function isEmptyRefusal({ stop_reason, output_tokens = 0 }: ResponseUsage): boolean {
  return stop_reason === 'refusal' && output_tokens === 0;
}

const SOME_REFUSALS_BILLED_FROM = Date.parse('2026-09-24');
const BILLED_REFUSALS = new Set<unknown>(['bio', 'frontier_llm', 'reasoning_extraction']);

/** Free, unless it is of one of three categories and not older than that rule; undefined where it is billed. */
function refusalCost({ timestamp = '', stop_details }: ResponseUsage): ResponseCost | undefined {
  if (Date.parse(timestamp) < SOME_REFUSALS_BILLED_FROM) return notBilled('unbilled_refusal');
  const category = refusalCategory(stop_details);
  if (category === undefined) return { cost_status: 'refusal_billing_unknown' };
  return BILLED_REFUSALS.has(category) ? undefined : notBilled('unbilled_refusal');
}

/** The API's word, null for a refusal of no named category; undefined where the line does not tell. */
function refusalCategory(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : asObject(JSON.parse(json))?.['category'];
  } catch {
    return undefined;
  }
}

function notBilled(flag: string): ResponseCost {
  return { cost_usd: 0, cost_pico_usd: '0', cost_status: 'not_billed', cost_flags: [flag] };
}

function priced(usage: ResponseUsage, { steps: [first, ...others], flags }: Steps, table: PriceTable): ResponseCost {
  const main = partOf(first, usage, table);
  if (main.status !== 'found') return { cost_status: main.status };
  const parts = [main];
  for (const step of others) {
    const part = partOf(step, usage, table);
    if (part.status !== 'found') return { cost_status: part.status, cost_flags: ['step_without_price'] };
    parts.push(part);
  }
  // No factor applies to searches.
  const searches = unitsCost(usage.web_search_requests ?? 0, main.price.webSearch);
  const amount = parts.reduce((sum, { picoUsd }) => sum + picoUsd, searches);
  const allFlags = [...parts.flatMap((part) => part.flags), ...flags];
  const { price } = main;
  const cost: ResponseCost = {
    cost_usd: toUsd(amount),
    cost_pico_usd: String(amount),
    cost_status: 'priced',
    price_id: price.id,
    price_effective_from: price.effectiveFrom,
    price_basis: price.basis,
    price_tier: price.tier,
    price_speed: price.speed,
    price_table_version: price.tableVersion,
  };
  const split = cacheSplit([first, ...others]);
  if (allFlags.length > 0) cost.cost_flags = [...new Set(allFlags)];
  if (others.length > 0) cost.price_step_ids = parts.map((part) => part.price.id);
  if (split !== undefined) cost.cache_split = split;
  return cost;
}

interface Part {
  status: 'found';
  price: Price;
  picoUsd: bigint;
  flags: readonly string[];
}

function partOf(step: Step, usage: ResponseUsage, table: PriceTable): Part | { status: Unpriced } {
  const price = priceOf(step, usage, table);
  if (price.status !== 'found') return price;
  const { factors, flags } = termsOf(usage, price.factors);
  const all = price.regional === undefined ? factors : [...factors, price.regional];
  const picoUsd = tokensCost(step.counts, price.rates, all);
  if (picoUsd === undefined) return { status: 'cache_price_unknown' };
  const split = step.isSplitAssumed ? ['cache_ttl_assumed_5m'] : [];
  return { status: 'found', price, picoUsd, flags: [...price.flags, ...flags, ...split] };
}

function cacheSplit(steps: readonly Step[]): ResponseCost['cache_split'] {
  if (steps.every(({ counts }) => writtenTokens(counts) === 0)) return undefined;
  return steps.some(({ isSplitAssumed }) => isSplitAssumed) ? 'assumed' : 'known';
}
