/** Fields of the record as attributes under names of our own, each of the type that the field declares. */
import type { Field, FieldGroup } from '../../fields/field.ts';
import type { MessageRecord } from '../../fields/index.ts';
import { attributeOf, double, type KeyValue, type Value } from './model.ts';

/** The attributes that fields become, by the field's name. */
export type FieldNames = ReadonlyMap<string, { key: string; type: Field['type'] }>;

/** The fields of some groups with the attribute that each becomes. Content is left out unless it is asked for. */
export function fieldNames(
  groups: readonly FieldGroup[],
  keyOf: (field: string) => string,
  { without = new Set(), withContent = false }: { without?: ReadonlySet<string>; withContent?: boolean } = {},
): FieldNames {
  const chosen = groups
    .flatMap((group) => Object.entries(group))
    .filter(([name, { privacy }]) => !without.has(name) && (withContent || privacy !== 'content'));
  return new Map(chosen.map(([name, { type }]) => [name, { key: keyOf(name), type }]));
}

/** Goes over what the record has, and not over all that there could be, which is ten times as much. */
export function fieldAttributes(record: MessageRecord, names: FieldNames): KeyValue[] {
  const attributes: KeyValue[] = [];
  const values: { readonly [name: string]: Value } = record;
  for (const name in values) {
    const value = values[name];
    const named = value === undefined ? undefined : names.get(name);
    if (named === undefined) continue;
    const attribute = attributeOf(named.key, named.type === 'number' ? double(Number(value)) : value);
    if (attribute !== undefined) attributes.push(attribute);
  }
  return attributes;
}
