import { describe, expect, test } from '@jest/globals';
import { systems } from '../../docs/systems.ts';
import { anosysColumns } from '../../src/destinations/anosys/columns.ts';
import { fields } from '../../src/fields/index.ts';

const rows = systems.flatMap((system) => system.rows);
const isField = (name: string): boolean => Object.hasOwn(fields, name);

/** Rows of each system that a transcript can tell. */
const COUNTS = { AN: 43, 'AN-F': 157, HD: 37, 'HD-F': 54, EV: 14, AM: 9, 'AM-F': 30, TL: 53, CM: 40, 'CM-F': 95 };

describe('what became of the features of other systems', () => {
  test('is told for each of them, once', () => {
    const ids = rows.map(([id]) => id);
    const counts: { [prefix: string]: number } = {};
    for (const id of new Set(ids)) {
      const prefix = id.replace(/-?\d+$/, '');
      counts[prefix] = (counts[prefix] ?? 0) + 1;
    }
    expect(ids).toHaveLength(new Set(ids).size);
    expect(counts).toEqual(COUNTS);
  });

  test('names fields that there are', () => {
    const lost = rows.flatMap(([id, , names]) =>
      names.split(' ').flatMap((name) => (name === '' || isField(name) ? [] : [`${id}: ${name}`])),
    );
    expect(lost).toEqual([]);
  });

  test('is a field or a reason', () => {
    expect(rows.filter(([, , names, how]) => names === '' && how === undefined).map(([id]) => id)).toEqual([]);
  });
});

describe('the columns of Anosys', () => {
  const columns = Object.entries(anosysColumns);

  test('are 157', () => {
    expect(columns).toHaveLength(157);
  });

  test('each take a field that there is, or follow a rule', () => {
    const lost = columns.filter(([, { field, rule }]) => (field === undefined ? rule === undefined : !isField(field)));
    expect(lost.map(([column, { field }]) => `${column}: ${field ?? 'nothing'}`)).toEqual([]);
  });

  test('follow rules that speak of fields that there are', () => {
    const spoken = columns.flatMap(([, { rule = '' }]) =>
      Array.from(rule.matchAll(/`([a-z_]+)`/g), ([, name]) => name ?? ''),
    );
    const lost = spoken.filter(
      (name) => !isField(name) && !['assistant', 'system', 'claude_code_', 'claude_code'].includes(name),
    );
    expect(lost).toEqual([]);
  });
});
