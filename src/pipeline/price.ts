/** price: what a response cost at list price. Pure: from the record's own fields and the table alone. */
import type { Context, Turn } from '../context.ts';
import { fillCost, withCost, type Abandoned, type Charge, type Cost, type MessageRecord } from '../fields/index.ts';
import { toUsd } from '../pricing/amount.ts';
import { costOf } from '../pricing/response-cost.ts';
import type { PriceTable } from '../pricing/table.ts';

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
  const { ended, records, charge, abandoned } = mapped;
  // In place: the records are new, and nobody else has seen them.
  for (const record of records) if (hasUsage(record)) fillCost(record, costOf(record, table));
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
  const owner = inline ?? turn;
  for (const record of records) {
    if (record.turn_status !== undefined && owner !== undefined) addTurnCost(record, owner);
    if (record.type === 'session') addSessionCost(record, session, turn);
  }
  if (abandoned !== undefined) addEndedCosts(ended, abandoned);
  return context === mapped.context ? mapped : { ...mapped, context };
}

/** What mapping a line gives, as far as its price is concerned. */
interface Priceable {
  ended: readonly MessageRecord[];
  records: readonly MessageRecord[];
  context: Context;
  charge: Charge | undefined;
  abandoned: Abandoned | undefined;
}

function addEndedCosts(ended: readonly MessageRecord[], { turn, session }: Abandoned): void {
  for (const record of ended) {
    if (record.type === 'turn') addTurnCost(record, turn);
    else addSessionCost(record, session, turn);
  }
}

function addTurnCost(record: MessageRecord, { costPicoUsd, unpricedResponses, told }: Turn): void {
  record.turn_cost_usd = toUsd(BigInt(costPicoUsd));
  if (told !== undefined) record.turn_new_cost_pico_usd = String(BigInt(costPicoUsd) - BigInt(told.costPicoUsd));
  record.turn_unpriced_responses = unpricedResponses;
}

function addSessionCost(record: MessageRecord, session: Context['session'], turn: Turn | undefined): void {
  record.session_cost_usd = toUsd(BigInt(session.costPicoUsd) + BigInt(turn?.costPicoUsd ?? 0));
  record.session_unpriced_responses = session.unpricedResponses + (turn?.unpricedResponses ?? 0);
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
  price_step_ids: undefined,
  price_effective_from: undefined,
  price_basis: undefined,
  price_tier: undefined,
  price_speed: undefined,
  price_table_version: undefined,
  cache_split: undefined,
} satisfies { [Name in keyof Required<Cost>]: undefined };
