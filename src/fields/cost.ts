/** What the response cost at list price. Filled by the price step, from the usage fields alone. */
import { fieldGroup, picoUsd, usd, word, words, type ValuesOf } from './field.ts';

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
    '`priced`, `not_billed`, or why there is no price: `unknown_model`, `no_price_for_date`, `fast_rate_unknown`, `cache_price_unknown`, `refusal_billing_unknown`.',
  ),
  cost_flags: words('the price step', 'Assumptions behind the amount, for instance `cache_ttl_assumed_5m`.'),
  price_id: word(
    'pricing/*.json',
    'The price row: model, first day in force, and `fast` or the prompt tier where one applied.',
  ),
});

export type Cost = ValuesOf<typeof costFields>;
