import { describe, expect, test } from '@jest/globals';
import { catalogue } from '../../src/fields/catalogue.ts';
import { redactor } from '../../src/pipeline/redact.ts';
import { fixtureFiles, TRANSCRIPTS } from '../helpers/fixtures.ts';
import { mapFile } from '../helpers/mapped.ts';
import { SCHEMA, schemaErrors } from '../helpers/record-schema.ts';

const files = fixtureFiles();
const cases = files.map((file) => [file.transcript.path.slice(TRANSCRIPTS.length + 1), file] as const);

describe('the schema of a record', () => {
  test('has every field, and nothing else', () => {
    expect(SCHEMA).toMatchObject({ additionalProperties: false, required: ['id', 'type'] });
    const properties = 'properties' in SCHEMA ? Object.keys(SCHEMA.properties ?? {}) : [];
    expect(properties).toEqual(catalogue().map(({ name }) => name));
  });

  test.each([
    ['a record', { id: 'a', type: 'user' }, 0],
    ['a record without an id', { type: 'user' }, 1],
    ['a field that is not declared', { id: 'a', type: 'user', brand_new: 1 }, 1],
    ['a number in place of a text', { id: 1, type: 'user' }, 1],
    ['a fraction in place of a count', { id: 'a', type: 'user', input_tokens: 0.5 }, 1],
    ['prose in place of a time', { id: 'a', type: 'user', timestamp: 'yesterday' }, 1],
    ['null in place of nothing', { id: 'a', type: 'user', model: null }, 1],
    ['a text in place of a list', { id: 'a', type: 'user', tool_names: 'Bash' }, 1],
  ])('judges %s', (_, record, errors) => {
    expect(schemaErrors(record)).toHaveLength(errors);
  });

  test.each(cases)('holds for %s', (_, file) => {
    const redact = redactor('content');
    for (const record of mapFile(file)) {
      expect(schemaErrors(record)).toEqual([]);
      expect(schemaErrors(redact(record))).toEqual([]);
    }
  });
});

describe('every line of every fixture', () => {
  test('is of a kind that is known', () => {
    const strange = files
      .flatMap((file) => mapFile(file))
      .filter(({ unknown, type }) => unknown !== undefined || type === 'unparseable' || type === 'unknown');
    expect(strange.map(({ type, subtype, source_file: file }) => ({ type, subtype, file }))).toEqual([]);
  });
});
