import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fields, type MessageRecord } from '../../src/fields/index.ts';
import { redactor } from '../../src/pipeline/redact.ts';
import type { Line } from '../../src/types.ts';
import { changed, containersIn, put } from '../helpers/changed-lines.ts';
import { fixtureFiles, type FixtureFile } from '../helpers/fixtures.ts';
import { mapFile } from '../helpers/mapped.ts';

const RUNS = 10_000;
const key = Buffer.alloc(32, 7);

/** Words and signs, as people and models write: any eight characters of it have a sign among them. */
const CANARY = 'Kiwi~Vex! plumb, Joy? Qz';
const bytes = Buffer.from(CANARY);
const reversed = Array.from(CANARY).toReversed().join('');

/** What the canary turns into on its way, and how many characters of that tell it. */
const encodings: readonly (readonly [text: string, window: number])[] = [
  [CANARY, 8],
  [CANARY.toUpperCase(), 8],
  [CANARY.toLowerCase(), 8],
  [reversed, 8],
  [bytes.toString('base64'), 8],
  [bytes.toString('base64url'), 8],
  [bytes.toString('hex'), 16],
  [bytes.toString('hex').toUpperCase(), 16],
  [encodeURIComponent(CANARY), 8],
];
const traces = new RegExp(
  encodings
    .flatMap(([text, window]) => windowsOf(text, window))
    .map(escaped)
    .join('|'),
);

function windowsOf(text: string, size: number): string[] {
  return Array.from({ length: text.length - size + 1 }, (_, at) => text.slice(at, at + size));
}

function escaped(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]/g, '\\$&');
}

/** What the client writes around names, which is where the mapper looks for some. */
const wraps: readonly ((text: string) => unknown)[] = [
  (text) => text,
  (text) => [text, text],
  (text) => [text.slice(0, 12), text.slice(12)],
  (text) => ({ [text]: text }),
  (text) => [{ type: 'text', text }],
  (text) => [{ type: 'tool_use', id: text, name: text, input: { command: text, file_path: text } }],
  (text) => [{ type: 'tool_result', tool_use_id: text, content: [{ type: 'text', text }] }],
  (text) => JSON.stringify({ a: [text] }),
  (text) => JSON.stringify({ a: JSON.stringify({ b: text }) }),
  (text) => `<command-name>/${text}</command-name><command-args>${text}</command-args>`,
  (text) => `/${text} ${text}`,
  (text) => `cd ${text} && sudo ${text} --${text}; echo "${text}" > ${text}`,
  (text) => `mcp__${text}__${text}`,
  (text) => `plugin:${text}`,
  (text) => `https://example.com/${text}?q=${text}`,
  (text) => `/home/dev/${text}/src/${text}.ts`,
  (text) => `2026-01-01T00:00:00.000Z${text}`,
  (text) => `${text}=1`,
];
const names = fc.constantFrom(
  'type',
  'subtype',
  'uuid',
  'model',
  'name',
  'id',
  'content',
  'error',
  'timestamp',
  'tools',
  'status',
  ...encodings.map(([text]) => text),
);

const planting = fc.record({
  line: fc.nat(),
  spot: fc.nat(),
  text: fc.constantFrom(...encodings.map(([text]) => text)),
  wrap: fc.constantFrom(...wraps),
  how: fc.constantFrom('replace' as const, 'replace' as const, 'add' as const, 'unknown' as const),
  name: names,
});
type Planting = typeof planting extends fc.Arbitrary<infer Value> ? Value : never;

const files = fixtureFiles().filter(({ lines, transcript }) => lines.length > 2 && transcript.size < 16_000);
const anyFile = fc.nat({ max: files.length - 1 }).map((index) => files[index]);

function plant(line: Line, { spot, text, wrap, how, name }: Planting): void {
  const containers = containersIn(line);
  if (how === 'replace') {
    const places = containers.flatMap((container) => Object.keys(container).map((at) => [container, at] as const));
    const [container, at] = places[spot % places.length] ?? [];
    if (container !== undefined && at !== undefined) put(container, at, wrap(text));
    return;
  }
  if (how === 'unknown') put(line, 'type', spot % 2 === 0 ? 'kind-of-tomorrow' : text);
  const container = containers[spot % containers.length];
  if (container !== undefined) put(container, name, wrap(text));
}

function planted(file: FixtureFile, plantings: readonly Planting[]): FixtureFile {
  return changed(
    file,
    plantings.map((one) => ({ line: one.line, change: (line) => plant(line, one) })),
  );
}

/** At `content` the classes but for places, which that level keeps. */
function withoutPlaces(record: MessageRecord): object {
  return Object.fromEntries(Object.entries(record).filter(([name]) => fields[name]?.privacy !== 'path'));
}

/** The fields that give something away, for the message of a failure. */
function tracesIn(record: object): string[] {
  return Object.entries(record)
    .filter(([, value]) => traces.test(JSON.stringify(value)))
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
}

test('a trace is told from what a transcript holds anyway, and from nothing else', () => {
  for (const [text] of encodings) expect(traces.test(`x${text.slice(1, -1)}x`)).toBe(true);
  expect(files.some((file) => traces.test(JSON.stringify(mapFile(file))))).toBe(false);
});

describe('a canary planted anywhere in a transcript', () => {
  const redactions = [
    ['content', redactor('content', { hashKey: key }), withoutPlaces],
    ['content, hashed', redactor('content', { hashKey: key, hash: true }), withoutPlaces],
    ['metadata', redactor('metadata', { hashKey: key }), (record: MessageRecord) => record],
    ['metadata without a key', redactor('metadata'), (record: MessageRecord) => record],
  ] as const;

  test('leaves no trace in any record at content and metadata', () => {
    let arrived = 0;
    const plantings = fc.array(planting, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyFile, plantings, fc.constantFrom(...redactions), (file, several, [level, redact, seen]) => {
        if (file === undefined) return;
        const records = mapFile(planted(file, several));
        if (traces.test(JSON.stringify(records))) arrived += 1;
        const sent = records.map((record) => seen(redact(record)));
        if (traces.test(JSON.stringify(sent))) expect([level, ...sent.flatMap(tracesIn)]).toEqual([level]);
      }),
      { numRuns: RUNS },
    );
    // Else the canary never was where redaction could let it through.
    expect(arrived).toBeGreaterThan(RUNS / 4);
  }, 120_000);
});
