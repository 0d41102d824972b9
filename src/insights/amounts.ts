/** Exact amounts under two names: a number for people and charts, and a text that adds up without drift. */
import { toUsd } from '../pricing/amount.ts';

export type Amounts = { [name: string]: number | string };

/** `{ cost }` in pico USD (10⁻¹² USD) becomes `{ costUsd, costPicoUsd }`. */
export function amounts(picoUsd: { readonly [name: string]: bigint }): Amounts {
  const named: Amounts = {};
  for (const [name, amount] of Object.entries(picoUsd)) {
    named[`${name}Usd`] = toUsd(amount);
    named[`${name}PicoUsd`] = String(amount);
  }
  return named;
}
