import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fields, type MessageRecord } from '../../src/fields/index.ts';
import { REDACTED, redactionLevelOf, redactor } from '../../src/pipeline/redact.ts';
import { mapFixture } from '../helpers/mapped.ts';

const redact = redactor('content');
const CANARY = 'the canary sings in the mine';

describe('level none', () => {
  test('leaves the record as it is', () => {
    const record = { id: 'a', type: 'user', text: CANARY };
    expect(redactor('none')(record)).toBe(record);
  });
});

describe('level content', () => {
  test('hides what was written and keeps what was counted', () => {
    const record: MessageRecord = {
      id: 'abc',
      type: 'assistant',
      model: 'claude-opus-5-5[1m]',
      output_tokens: 12,
      is_sidechain: false,
      cwd: '/home/dev/project',
      text: CANARY,
      tool_names: ['Bash', 'mcp__demo__echo'],
      tool_inputs: [CANARY, CANARY],
    };
    expect(redact(record)).toEqual({ ...record, text: REDACTED, tool_inputs: [REDACTED, REDACTED] });
  });

  test('hides free text that stands where a name or a word belongs', () => {
    expect(redact({ id: 'a', type: CANARY, uuid: CANARY, tool_names: [CANARY, 'Read'] })).toEqual({
      id: 'a',
      type: REDACTED,
      uuid: REDACTED,
      tool_names: [REDACTED, 'Read'],
    });
  });

  test('drops a field that is not declared', () => {
    const record = { id: 'a', type: 'user', undeclared: CANARY };
    expect(redact(record)).toEqual({ id: 'a', type: 'user' });
  });

  test('does not change the record that it is given', () => {
    const record = Object.freeze({ id: 'a', type: 'user', text: CANARY });
    redact(record);
    expect(record.text).toBe(CANARY);
  });

  test('lets no text through any field but those of places, whatever a transcript puts where', () => {
    const anyField = fc.constantFrom(...Object.keys(fields).filter((name) => fields[name]?.privacy !== 'path'));
    const value = fc.oneof(fc.constant(CANARY), fc.constant([CANARY, 'x', CANARY]));
    fc.assert(
      fc.property(fc.dictionary(anyField, value), (given) => {
        const metrics = Object.keys(given).filter((name) => fields[name]?.privacy === 'metric');
        for (const name of metrics) delete given[name];
        expect(JSON.stringify(redact({ id: 'a', type: 'user', ...given }))).not.toContain('canary');
      }),
    );
  });
});

describe('real transcripts', () => {
  test('lose every prompt, answer and tool result, and keep their tokens', () => {
    const records = mapFixture('2.1.329-thinktool');
    const written = records.flatMap(({ text, thinking, tool_inputs, tool_results }) =>
      [text, thinking, ...(tool_inputs ?? []), ...(tool_results ?? [])].filter((one) => one !== undefined),
    );
    expect(written.length).toBeGreaterThan(10);
    const redacted = records.map(redact);
    const text = JSON.stringify(redacted);
    for (const one of written.filter(({ length }) => length > 8)) expect(text).not.toContain(JSON.stringify(one));
    expect(redacted.map(({ output_tokens }) => output_tokens)).toEqual(
      records.map(({ output_tokens }) => output_tokens),
    );
  });
});

test('an unknown level sends nothing', () => {
  expect(() => redactionLevelOf({ name: 'http', redaction: 'contents' })).toThrow(/unknown redaction level "contents"/);
});
