import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fields, type MessageRecord } from '../../src/fields/index.ts';
import { REDACTED, redactionLevelOf, redactor } from '../../src/pipeline/redact.ts';
import { mapFixture } from '../helpers/mapped.ts';

const redact = redactor('content');
const CANARY = 'the canary sings in the mine';

const key = Buffer.alloc(32, 7);
const KEY_ID = 'AKIAIOSFODNN7EXAMPLE';

describe.each(['none', 'secrets'] as const)('level %s', (level) => {
  test('leaves a record without secrets as it is', () => {
    const record = { id: 'a', type: 'user', text: CANARY };
    expect(redactor(level)(record)).toBe(record);
  });

  test('masks secrets in every text and says how many of which kind', () => {
    const record = {
      id: 'a',
      type: 'user',
      text: `${KEY_ID} ${KEY_ID}`,
      tool_results: ['x', `=${KEY_ID}`],
      cwd: KEY_ID,
    };
    const mark = '[secret:aws-access-key]';
    expect(redactor(level)(record)).toEqual({
      ...record,
      text: `${mark} ${mark}`,
      tool_results: ['x', `=${mark}`],
      cwd: mark,
      secrets_masked: 4,
      secret_kinds: ['aws-access-key=4'],
    });
    expect(redactor(level)({ id: 'b', type: 'user' })).toEqual({ id: 'b', type: 'user' });
  });

  test('masks what another field has of the same secret', () => {
    const cwd = 'https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrst1234';
    const record = { id: 'a', type: 'user', project_name: 'abcdefghijklmnopqrst1234', cwd };
    expect(redactor(level)(record)).toMatchObject({ project_name: '[secret:slack-webhook]', secrets_masked: 1 });
  });

  test("masks by the user's patterns, but for the id of the record", () => {
    const mask = redactor(level, { secrets: { patterns: ['[0-9a-f]{8}'] } });
    expect(mask({ id: '0123abcd', type: 'user', text: 'x 0123abcd', uuid: '0123abcd' })).toMatchObject({
      id: '0123abcd',
      text: 'x [secret:custom]',
      uuid: '[secret:custom]',
    });
  });
});

test('masking can be switched off at none, and nowhere else', () => {
  const record = { id: 'a', type: 'user', cwd: KEY_ID };
  expect(redactor('none', { maskSecrets: false })(record)).toBe(record);
  for (const level of ['secrets', 'content', 'metadata'] as const) {
    expect(JSON.stringify(redactor(level, { maskSecrets: false })(record))).not.toContain(KEY_ID);
  }
});

describe('level metadata', () => {
  const record = { id: 'a', type: 'user', cwd: '/home/dev', project: '/home/dev', text: CANARY, uuid: CANARY };

  test('hashes places so that equal ones stay equal, and ids that look like none', () => {
    const { cwd, project, text, uuid } = redactor('metadata', { hashKey: key })(record);
    expect(cwd).toMatch(/^hmac:[0-9a-f]{16}$/);
    expect(project).toBe(cwd);
    expect(text).toBe(REDACTED);
    expect(uuid).toMatch(/^hmac:[0-9a-f]{16}$/);
    expect(redactor('metadata', { hashKey: Buffer.alloc(32, 8) })(record).cwd).not.toBe(cwd);
  });

  test('hides what it has no key for', () => {
    expect(redactor('metadata')(record)).toMatchObject({ cwd: REDACTED, uuid: REDACTED });
  });
});

test('the hash mode keeps length and equality of what was written', () => {
  const hash = redactor('content', { hashKey: key, hash: true });
  const { text, tool_results: results } = hash({ id: 'a', type: 'user', text: CANARY, tool_results: [CANARY, 'y'] });
  expect(text).toMatch(new RegExp(`^hmac:[0-9a-f]{16}:${CANARY.length}$`));
  expect(results).toEqual([text, expect.stringMatching(/:1$/)]);
  expect(redactor('content', { hash: true })({ id: 'a', type: 'user', text: CANARY }).text).toBe(REDACTED);
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

  test('keeps amounts that are written as text, and no other text in their place', () => {
    const amounts: MessageRecord = {
      id: 'a',
      type: 'user',
      cost_pico_usd: '1200000',
      timestamp: '2026-01-01T00:00:00.000Z',
    };
    expect(redact(amounts)).toBe(amounts);
    expect(redact({ ...amounts, cost_pico_usd: CANARY, timestamp: CANARY })).toEqual({ id: 'a', type: 'user' });
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
