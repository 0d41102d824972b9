/** Records priced anew one after the other, with what they add to their response, their turn and their session. */
import type { MessageRecord } from '../fields/index.ts';
import { price } from '../pipeline/price.ts';
import { REDACTED } from '../pipeline/redact.ts';
import { toUsd } from '../pricing/amount.ts';
import type { PriceTable } from '../pricing/table.ts';

export interface Repricing {
  /** The record as it is now; the very same where nothing of it has changed. Records of a file come in their order. */
  next(record: MessageRecord): MessageRecord;
  /** The record of a session, once all others have come. */
  session(record: MessageRecord): MessageRecord;
  result(): Repriced;
}

export interface Repriced {
  /** API responses, each once. */
  responses: number;
  /** Those whose amount is another one now. */
  changed: number;
  unpricedBefore: number;
  unpricedAfter: number;
  /** Pico USD. */
  before: bigint;
  after: bigint;
  /** Records whose price rests on what redaction took out: they are left as they are. */
  redacted: number;
  /** Totals of turns and sessions whose responses are not all in the store: left as they are, and flagged. */
  totalsLeft: number;
}

/** Says on a total that it still rests on the prices of before. */
export const NOT_REPRICED = 'totals_not_repriced';

interface Amount {
  before: bigint | undefined;
  after: bigint | undefined;
}

interface Sum {
  responses: number;
  unpriced: number;
  picoUsd: bigint;
}

export function repricing(table: PriceTable): Repricing {
  const responses = new Map<string, Amount>();
  /** By file: what the lines so far said that each response costs. */
  const seen = new Map<string, bigint | undefined>();
  const turns = new Map<string, Sum>();
  const sessions = new Map<string, Sum>();
  let redacted = 0;
  let totalsLeft = 0;

  const charge = (record: MessageRecord): bigint => {
    const { message_id: id, source_file: file = '', cost_pico_usd: picoUsd } = record;
    if (id === undefined || isNoResponse(record) || record.is_replay === true) return 0n;
    const key = keyOf(file, id);
    const isFirst = !seen.has(key);
    const before = seen.get(key) ?? 0n;
    const cost = picoUsd === undefined ? before : BigInt(picoUsd);
    const more = cost > before ? cost - before : 0n;
    seen.set(key, before + more);
    const by = { responses: isFirst ? 1 : 0, unpriced: isFirst && picoUsd === undefined ? 1 : 0, picoUsd: more };
    add(turns, turnKey(record), by);
    // A session's totals are without those of its sub-agents, also where those stand in its own file.
    if (record.is_sidechain !== true) add(sessions, keyOf(file, record.session_id), by);
    return more;
  };
  const left = (record: MessageRecord): MessageRecord => {
    totalsLeft += 1;
    return { ...record, cost_flags: [...new Set([...(record.cost_flags ?? []), NOT_REPRICED])] };
  };
  const withTurn = (record: MessageRecord): MessageRecord => {
    const { turn_status: status, turn_responses: count, turn_cost_usd: cost } = record;
    if (status === undefined || cost === undefined) return record;
    const sum = turns.get(turnKey(record)) ?? NOTHING;
    if (sum.responses !== count) return left(record);
    return { ...unflagged(record), turn_cost_usd: toUsd(sum.picoUsd), turn_unpriced_responses: sum.unpriced };
  };

  return {
    next(record) {
      const hides = isPriceHidden(record);
      if (hides) redacted += 1;
      const priced = hides ? record : price(record, table);
      note(responses, record, priced);
      const more = charge(priced);
      return withTurn(withIncrement(priced, more));
    },
    session(record) {
      if (record.session_cost_usd === undefined) return record;
      const sum = sessions.get(keyOf(record.source_file ?? '', record.session_id)) ?? NOTHING;
      if (sum.responses !== record.session_responses) return left(record);
      return { ...unflagged(record), session_cost_usd: toUsd(sum.picoUsd), session_unpriced_responses: sum.unpriced };
    },
    result: () => ({ ...resultOf([...responses.values()]), redacted, totalsLeft }),
  };
}

function unflagged(record: MessageRecord): MessageRecord {
  const rest = record.cost_flags?.filter((flag) => flag !== NOT_REPRICED);
  return rest === undefined ? record : { ...record, cost_flags: rest.length === 0 ? undefined : rest };
}

const NOTHING: Sum = { responses: 0, unpriced: 0, picoUsd: 0n };

function keyOf(file: string, name: string | undefined): string {
  return `${file}\0${name ?? ''}`;
}

/** Turns of a fork can all have the id of its first prompt. */
function turnKey({ source_file: file = '', turn_id, turn_index }: MessageRecord): string {
  return keyOf(file, `${turn_id}\0${turn_index}`);
}

function add(sums: Map<string, Sum>, key: string, by: Sum): void {
  const { responses, unpriced, picoUsd } = sums.get(key) ?? NOTHING;
  sums.set(key, {
    responses: responses + by.responses,
    unpriced: unpriced + by.unpriced,
    picoUsd: picoUsd + by.picoUsd,
  });
}

/** Steps and the category of a refusal decide the price, and are not in a record that was redacted. */
function isPriceHidden({ iterations, iteration_count = 0, stop_reason, stop_details }: MessageRecord): boolean {
  return (iteration_count > 0 && iterations === REDACTED) || (stop_reason === 'refusal' && stop_details === REDACTED);
}

/** What the client wrote in the name of the model is none. */
function isNoResponse({ cost_status, cost_flags }: MessageRecord): boolean {
  return cost_status === undefined || cost_flags?.includes('synthetic_model') === true;
}

function note(responses: Map<string, Amount>, before: MessageRecord, after: MessageRecord): void {
  if (isNoResponse(after)) return;
  const id = after.message_id ?? after.id;
  const known = responses.get(id);
  responses.set(id, {
    before: dearer(known?.before, before.cost_pico_usd),
    after: dearer(known?.after, after.cost_pico_usd),
  });
}

function dearer(known: bigint | undefined, text: string | undefined): bigint | undefined {
  if (text === undefined) return known;
  const cost = BigInt(text);
  return known === undefined || cost > known ? cost : known;
}

/** Records of versions that had no such fields get none. */
function withIncrement(record: MessageRecord, more: bigint): MessageRecord {
  if (record.incremental_input_tokens === undefined || record.message_id === undefined) return record;
  const isPriced = record.cost_pico_usd !== undefined;
  return {
    ...record,
    incremental_cost_usd: isPriced ? toUsd(more) : undefined,
    incremental_cost_pico_usd: isPriced ? String(more) : undefined,
  };
}

function resultOf(amounts: readonly Amount[]): Omit<Repriced, 'redacted' | 'totalsLeft'> {
  const total = (of: (amount: Amount) => bigint | undefined): bigint =>
    amounts.reduce((sum, amount) => sum + (of(amount) ?? 0n), 0n);
  return {
    responses: amounts.length,
    changed: amounts.filter(({ before, after }) => before !== after).length,
    unpricedBefore: amounts.filter(({ before }) => before === undefined).length,
    unpricedAfter: amounts.filter(({ after }) => after === undefined).length,
    before: total(({ before }) => before),
    after: total(({ after }) => after),
  };
}
