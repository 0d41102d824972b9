import { describe, expect, test } from '@jest/globals';
import { addColumns, createTable, REST, VERSION } from '../../../src/destinations/clickhouse/schema.ts';
import { fields } from '../../../src/fields/index.ts';

const table = { database: 'default', table: 'stopwire_records' };

function columnsOf(sql: string): Map<string, string> {
  return new Map(Array.from(sql.matchAll(/^ {2}`(\w+)` (.+?),?$/gm), ([, name = '', type = '']) => [name, type]));
}

describe('the table', () => {
  const columns = columnsOf(createTable(table, 'current'));

  test('has a column for each field but those that people, models and tools wrote', () => {
    const named = Object.keys(fields).filter((name) => fields[name]?.privacy !== 'content');
    expect([...columns.keys()]).toEqual([...named, REST, VERSION]);
  });

  test('has no field under the name of a column of its own', () => {
    expect(Object.keys(fields)).not.toContain(REST);
    expect(Object.keys(fields)).not.toContain(VERSION);
  });

  test.each([
    ['id', 'String'],
    ['type', 'LowCardinality(String)'],
    ['timestamp', "DateTime64(3, 'UTC')"],
    ['turn_started_at', "Nullable(DateTime64(3, 'UTC'))"],
    ['model', 'LowCardinality(String)'],
    ['git_branch', 'String'],
    ['input_tokens', 'Nullable(Int64)'],
    ['cost_usd', 'Nullable(Float64)'],
    ['incremental_cost_pico_usd', 'Nullable(Int64)'],
    ['is_replay', 'Nullable(UInt8)'],
    ['tool_names', 'Array(LowCardinality(String))'],
    ['tool_use_ids', 'Array(String)'],
    [REST, 'String'],
  ])('%s is %s', (name, type) => {
    expect(columns.get(name)).toBe(type);
  });

  test('is plain for old servers: the same columns, of types that they know', () => {
    const plain = createTable(table, 'plain');
    expect([...columnsOf(plain).keys()]).toEqual([...columns.keys()]);
    expect(plain).not.toMatch(/LowCardinality|DateTime64/);
  });

  test('gets every column when it is brought up to date', () => {
    const added = addColumns(table).matchAll(/ADD COLUMN IF NOT EXISTS `(\w+)` (.+?),?$/gm);
    expect(Array.from(added, ([, name, type]) => [name, type])).toEqual([...columns]);
  });
});
