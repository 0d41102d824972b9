/** The fields as data: one row each, in the order of the reference. */
import type { Field } from './field.ts';
import { fieldGroups } from './record.ts';

export interface CatalogueRow extends Field {
  name: string;
  group: string;
}

/** Every field of every group. */
export function catalogue(): CatalogueRow[] {
  return Object.entries(fieldGroups).flatMap(([group, fields]) =>
    Object.entries<Field>(fields).map(([name, { type, unit, privacy, source, about }]) => ({
      name,
      group,
      type,
      ...(unit !== undefined && { unit }),
      privacy,
      source,
      about,
    })),
  );
}

/** Rows group by group, in their order. */
export function byGroup(rows: readonly CatalogueRow[]): [group: string, rows: CatalogueRow[]][] {
  const groups = new Map<string, CatalogueRow[]>();
  for (const row of rows) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  return [...groups];
}
