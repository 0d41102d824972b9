import { describe, expect, test } from '@jest/globals';
import {
  addVariables,
  removeVariables,
  telemetryVariables,
  withoutHeaderValues,
} from '../../src/install/otel-settings.ts';

const ENDPOINT = 'https://otel.example.com';
const WANTED = telemetryVariables({ endpoint: ENDPOINT, key: 'k,1=%' });

const TEXTS: [string, string][] = [
  ['an empty object', '{}'],
  ['no env', '{\n  "model": "opus"\n}\n'],
  ['an env of others', '{\n    "env": {\n        "A": "1"\n    },\n    "n": 1.0\n}\n'],
  ['an empty env', '{"env": {}}'],
  ['one line', '{"env":{"A":"1"},"n":1e3}'],
  ['CRLF, tabs and a byte order mark', '\uFEFF{\r\n\t"env": {\r\n\t\t"A": "1"\r\n\t}\r\n}\r\n'],
  [
    'an endpoint of the user',
    '{\n  "env": {\n    "OTEL_EXPORTER_OTLP_ENDPOINT": "https:\\/\\/own\\u002eexample/",\n    "B": ""\n  }\n}',
  ],
  ['telemetry that is on already', '{ "env": { "CLAUDE_CODE_ENABLE_TELEMETRY": "1" } }'],
  ['a key of the user', '{"env":{"OTEL_EXPORTER_OTLP_HEADERS":"a=b"}}'],
  ['a value that is no text', '{"env":{"OTEL_METRICS_EXPORTER":null,"A":"1"}}'],
];

describe('the variables', () => {
  test('are what the client reads, with the key percent-encoded', () => {
    expect(WANTED).toEqual({
      CLAUDE_CODE_ENABLE_TELEMETRY: '1',
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT,
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20k%2C1%3D%25',
    });
    expect(telemetryVariables({ endpoint: ENDPOINT, key: 'k', header: 'x-key' })).toMatchObject({
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=k',
    });
    expect(telemetryVariables({ endpoint: ENDPOINT })).not.toHaveProperty('OTEL_EXPORTER_OTLP_HEADERS');
  });
});

describe.each(TEXTS)('in settings with %s', (_, text) => {
  const added = addVariables(text, WANTED, {});

  test('they are set, and all else is as it was', () => {
    const { env, ...rest } = parsed(text);
    expect(parsed(added.text)).toEqual({ ...rest, env: { ...env, ...WANTED } });
  });

  test('they are set once, however often', () => {
    expect(addVariables(added.text, WANTED, added.written)).toEqual({ ...added, created: [] });
  });

  test('taking them out gives the text from before, byte for byte', () => {
    expect(removeVariables(added.text, added.written, added.created)).toBe(text);
  });

  test('so it does after another address has taken the place of the first', () => {
    const other = telemetryVariables({ endpoint: 'https://other.example', key: 'other' });
    const again = addVariables(added.text, other, added.written);
    expect(parsed(again.text).env).toMatchObject(other);
    expect(removeVariables(again.text, again.written, added.created)).toBe(text);
  });
});

test('what somebody has changed since stays', () => {
  const { text, written, created } = addVariables('{\n  "env": {\n    "A": "1"\n  }\n}\n', WANTED, {});
  const edited = text.replace(ENDPOINT, 'https://mine.example');
  const left = parsed(removeVariables(edited, written, created));
  expect(left).toEqual({ env: { A: '1', OTEL_EXPORTER_OTLP_ENDPOINT: 'https://mine.example' } });
});

test('a value that the user had in the first place is not ours to remove, even if set twice by us in between', () => {
  const own = `{"env":{"OTEL_EXPORTER_OTLP_ENDPOINT":"${ENDPOINT}"}}`;
  const other = addVariables(own, telemetryVariables({ endpoint: 'https://other.example', key: 'k' }), {});
  const back = addVariables(other.text, WANTED, other.written);
  expect(back.written).not.toHaveProperty('OTEL_EXPORTER_OTLP_ENDPOINT');
  expect(removeVariables(back.text, back.written, [])).toBe(own);
});

test('a key that stands there is not sent to another address', () => {
  const text = '{"env":{"OTEL_EXPORTER_OTLP_HEADERS":"a=b","OTEL_EXPORTER_OTLP_ENDPOINT":"https://own.example"}}';
  expect(() => addVariables(text, telemetryVariables({ endpoint: ENDPOINT }), {})).toThrow(/to another address/);
  const same = addVariables(text, telemetryVariables({ endpoint: 'https://own.example' }), {});
  expect(parsed(same.text).env).toMatchObject({ OTEL_EXPORTER_OTLP_HEADERS: 'a=b' });
});

test.each(['{"env": []}', '{"env": "A=1"}', '[]', '{"env": {},}', 'no JSON'])('refuses %s', (text) => {
  expect(() => addVariables(text, WANTED, {})).toThrow(expect.objectContaining({ exitCode: 3 }));
});

test('a screen shows no key', () => {
  const { text } = addVariables('{}', telemetryVariables({ endpoint: ENDPOINT, key: 'a"b\\c' }), {});
  const shown = withoutHeaderValues(text);
  expect(shown).toContain('"OTEL_EXPORTER_OTLP_HEADERS": "…"');
  expect(shown).not.toContain('Bearer');
  expect(Object.keys(parsed(shown).env)).toEqual(Object.keys(parsed(text).env));
});

function parsed(text: string) {
  return JSON.parse(text.replace('\uFEFF', ''));
}
