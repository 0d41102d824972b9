/** What sets one price table apart from another, row by row. */
import type { Model, PriceRow } from './price-types.ts';

/** Rows by model and first day, with `/fast` for those of fast mode. */
export interface PriceChanges {
  added: string[];
  changed: string[];
  removed: string[];
}

/** A row that only ends now has not changed: that is how a new price begins. */
export function changesBetween(before: readonly Model[], after: readonly Model[]): PriceChanges {
  const [old, fresh] = [rowsOf(before), rowsOf(after)];
  return {
    added: [...fresh.keys()].filter((id) => !old.has(id)),
    changed: [...fresh.keys()].filter((id) => old.has(id) && old.get(id) !== fresh.get(id)),
    removed: [...old.keys()].filter((id) => !fresh.has(id)),
  };
}

function rowsOf(models: readonly Model[]): Map<string, string> {
  return new Map(
    models.flatMap(({ id, prices, fast }) => [
      ...prices.map((row): [string, string] => [`${id}@${row.effectiveFrom}`, amounts(row)]),
      ...fast.map((row): [string, string] => [`${id}@${row.effectiveFrom}/fast`, amounts(row)]),
    ]),
  );
}

function amounts({ rates, tiers }: PriceRow): string {
  const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
  return JSON.stringify([rates, tiers], plain);
}
