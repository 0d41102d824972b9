/** What the response cost at list price. Filled by the price step, from the usage fields alone. */
import { dated, datedWords, fieldGroup, picoUsd, usd, word, words, type ValuesOf } from './field.ts';

export const costFields = fieldGroup({
  cost_usd: usd(
    'usage × the price row in force at `timestamp`',
    'List price of the whole response, to be counted once per message_id; absent where it is not known.',
  ),
  cost_pico_usd: picoUsd(
    'the same, before it becomes a floating-point number',
    'The exact amount as a whole number, to add up without drift.',
  ),
  cost_status: word(
    'the price step',
    '`priced`, `not_billed`, or why there is no price: `unknown_model`, `no_price_for_date`, `fast_rate_unknown`, `cache_price_unknown`, `refusal_billing_unknown`, `no_price_table`.',
  ),
  cost_flags: words('the price step', 'Assumptions behind the amount, for instance `cache_ttl_assumed_5m`.'),
  price_id: dated(
    'pricing/*.json, or the prices of your own',
    'The price row: model, first day in force, and `fast` or the prompt tier where one applied.',
  ),
  price_step_ids: datedWords(
    'the same, by the model of each billed item of `message.usage.iterations[]`',
    'The price row of each step, where the API took several for the response.',
  ),
  price_effective_from: word('the row of price_id', 'The first day on which the price was in force.'),
  price_basis: word(
    'the file of the row',
    '`list`: the published price; `override`: one of your own, set with `stopwire prices set`.',
  ),
  price_tier: word('the tier of the row', '`standard`, or `long_prompt` above a threshold of prompt tokens.'),
  price_speed: word('the speed of the row', '`standard` or `fast`.'),
  price_table_version: word(
    'the price file of price_id',
    'The day up to which the price table is complete; the start of the SHA-256 of a file of your own.',
  ),
  cache_split: word(
    '`message.usage.cache_creation`',
    '`known`, or `assumed` where cache writes without a lifetime were priced as those of five minutes; absent without cache writes.',
  ),
});

export type Cost = ValuesOf<typeof costFields>;

/** By name: an assignment of the whole would make a record of that size a hash table. */
export function fillCost(record: Cost, cost: Cost): void {
  record.cost_usd = cost.cost_usd;
  record.cost_pico_usd = cost.cost_pico_usd;
  record.cost_status = cost.cost_status;
  record.cost_flags = cost.cost_flags;
  record.price_id = cost.price_id;
  record.price_effective_from = cost.price_effective_from;
  record.price_basis = cost.price_basis;
  record.price_tier = cost.price_tier;
  record.price_speed = cost.price_speed;
  record.price_table_version = cost.price_table_version;
  record.price_step_ids = cost.price_step_ids;
  record.cache_split = cost.cache_split;
}
