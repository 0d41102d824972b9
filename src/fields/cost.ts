/** What the response cost at list price. Filled by the price step, from the usage fields alone. */
import { fieldGroup, type ValuesOf } from './field.ts';

export const costFields = fieldGroup({
  cost_usd: {
    type: 'number',
    unit: 'USD',
    privacy: 'metric',
    source: 'usage × the price row in force at `timestamp`',
    about: 'List price of the whole response; absent where it is not known. Count once per message_id.',
  },
  cost_pico_usd: {
    type: 'string',
    unit: '10⁻¹² USD',
    privacy: 'metric',
    source: 'the same, before it becomes a floating-point number',
    about: 'The exact amount as a whole number, to add up without drift.',
  },
  cost_status: {
    type: 'string',
    privacy: 'enum',
    source: 'the price step',
    about:
      '`priced`, `not_billed`, or why there is no price: `unknown_model`, `no_price_for_date`, `fast_rate_unknown`, `cache_price_unknown`, `refusal_billing_unknown`.',
  },
  cost_flags: {
    type: 'strings',
    privacy: 'enum',
    source: 'the price step',
    about: 'Assumptions behind the amount, for instance `cache_ttl_assumed_5m`.',
  },
  price_id: {
    type: 'string',
    privacy: 'enum',
    source: 'pricing/*.json',
    about: 'The price row: model, first day in force, and `fast` or the prompt tier where one applied.',
  },
});

export type Cost = ValuesOf<typeof costFields>;
