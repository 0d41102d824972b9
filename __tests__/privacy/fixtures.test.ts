import { describe, expect, test } from '@jest/globals';
import { fields, type MessageRecord } from '../../src/fields/index.ts';
import { REDACTED, redactor } from '../../src/pipeline/redact.ts';
import { fixtureCases } from '../helpers/fixtures.ts';
import { mapFixture } from '../helpers/mapped.ts';

const key = Buffer.alloc(32, 7);
const content = redactor('content', { hashKey: key });
const metadata = redactor('metadata', { hashKey: key });

/** The fields of some classes that a record has. */
function ofClass(record: MessageRecord, ...classes: string[]): [name: string, value: unknown][] {
  return Object.entries(record).filter(([name, value]) => {
    return value !== undefined && classes.includes(fields[name]?.privacy ?? '');
  });
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

/** Whole values, and their lines. */
function piecesOf(record: MessageRecord): string[] {
  return ofClass(record, 'content')
    .flatMap(([, value]) => textsOf(value))
    .flatMap((text) => [text, ...text.split('\n')])
    .filter(({ length }) => length >= 8);
}

describe.each(fixtureCases())('%s', (folder) => {
  const records = mapFixture(folder);

  test('keeps every number, time, name and word at content and metadata, field by field', () => {
    for (const record of records) {
      const kept = ofClass(record, 'metric', 'enum', 'id');
      expect(ofClass(content(record), 'metric', 'enum', 'id')).toEqual(kept);
      expect(ofClass(metadata(record), 'metric', 'enum', 'id')).toEqual(kept);
    }
  });

  test('loses everything that was written at content', () => {
    const sent = records.map(content);
    for (const [, value] of sent.flatMap((record) => ofClass(record, 'content'))) {
      for (const text of textsOf(value)) expect(text).toBe(REDACTED);
    }
    const kept = new Set(
      records.flatMap((record) => ofClass(record, 'enum', 'id', 'path')).flatMap(([, value]) => textsOf(value)),
    );
    const pieces = new Set(records.flatMap(piecesOf).filter((piece) => !kept.has(piece)));
    const values = new Set(sent.flatMap((record) => Object.values(record).flatMap(textsOf)));
    expect([...pieces].filter((piece) => values.has(piece))).toEqual([]);
  });

  test('loses every place at metadata, and keeps which are the same', () => {
    const names = new Map<string, string>();
    for (const record of records) {
      const sent = new Map(ofClass(metadata(record), 'path'));
      for (const [name, value] of ofClass(record, 'path')) {
        const hashes = textsOf(sent.get(name));
        for (const [index, text] of textsOf(value).entries()) {
          expect(hashes[index]).toMatch(/^hmac:[0-9a-f]{16}$/);
          expect(names.get(text) ?? hashes[index]).toBe(hashes[index]);
          names.set(text, hashes[index] ?? '');
        }
      }
    }
    expect(new Set(names.values()).size).toBe(names.size);
  });
});
