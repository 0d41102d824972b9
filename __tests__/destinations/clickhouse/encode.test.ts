import { expect, test } from '@jest/globals';
import { encode } from '../../../src/destinations/clickhouse/encode.ts';
import type { MessageRecord } from '../../../src/fields/index.ts';

function rowOf(record: MessageRecord, isWhole = false): { [column: string]: unknown } {
  const batch = { id: 'b', records: [record], json: [JSON.stringify(record)], upTo: new Map() };
  return JSON.parse(encode(batch, isWhole));
}

const timestamp = '2026-01-02T03:04:05.678Z';

test.each<[string, MessageRecord, object]>([
  [
    'columns and the rest',
    { id: 'a', type: 'user', timestamp, text: 'hi', tool_names: ['Bash'], subtype: undefined },
    { id: 'a', type: 'user', timestamp, tool_names: ['Bash'], record: '{"text":"hi"}', record_version: 1767323045678 },
  ],
  ['no rest where there is none', { id: 'a', type: 'user' }, { id: 'a', type: 'user', record_version: 0 }],
  [
    'a copied line under version 0',
    { id: 'a', type: 'user', timestamp, is_replay: true },
    { id: 'a', type: 'user', timestamp, is_replay: true, record_version: 0 },
  ],
])('%s', (_title, record, expected) => {
  expect(rowOf(record)).toEqual(expected);
});

test('the whole record, for a table without some of the columns', () => {
  const record = { id: 'a', type: 'user', timestamp, text: 'hi' };
  expect(JSON.parse(String(rowOf(record, true)['record']))).toEqual(record);
});

test('a line a record, each with its end', () => {
  const records = [
    { id: 'a', type: 'user', text: 'two\nlines' },
    { id: 'b', type: 'user' },
  ];
  const batch = { id: 'b', records, json: records.map((record) => JSON.stringify(record)), upTo: new Map() };
  const text = encode(batch, false);
  expect(text.split('\n')).toHaveLength(3);
  expect(text.endsWith('}\n')).toBe(true);
});
