import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSettled, type MessageRecord } from '../../src/fields/index.ts';
import { changed, containersIn, put } from '../helpers/changed-lines.ts';
import { fixtureFiles, type FixtureFile } from '../helpers/fixtures.ts';
import { foldLines, mapFile } from '../helpers/mapped.ts';
import { schemaErrors } from '../helpers/record-schema.ts';

const RUNS = 300;

/** Short enough to be folded often, and of every client version. */
const files = fixtureFiles().filter(({ lines, transcript }) => lines.length > 2 && transcript.size < 80_000);

/** Names that are not the client's, some of which every object has. */
const strangeName = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', ''),
  fc.string({ unit: 'binary' }).map((name) => `x-${name}`),
);

/** Any JSON, and what JSON.parse gives for numbers and texts that are odd. */
const anyValue = fc.oneof(
  fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
  fc.constantFrom(
    Infinity,
    -0,
    2 ** 53,
    -1,
    0.5,
    '\ud800',
    '<synthetic>',
    'claude-opus-5-5',
    '2026-01-01T00:00:00.000Z',
  ),
  fc.constantFrom([[]], [{}], [null], [{ type: 'tool_use' }], [{ type: 'tool_result' }], { type: 'text', text: {} }),
);

const anyFile = fc.nat().map((index) => fileAt(index));
const place = fc.record({ line: fc.nat(), spot: fc.nat() });
const addition = fc.record({ place, name: strangeName, value: anyValue });
const replacement = fc.record({ place, value: anyValue });

type Addition = typeof addition extends fc.Arbitrary<infer Value> ? Value : never;
type Replacement = typeof replacement extends fc.Arbitrary<infer Value> ? Value : never;

function fileAt(index: number): FixtureFile {
  const file = files[index % files.length];
  if (file === undefined) throw new Error('there are no fixtures');
  return file;
}

function withAdditions(file: FixtureFile, additions: readonly Addition[]): FixtureFile {
  return changed(
    file,
    additions.map(({ place: { line, spot }, name, value }) => ({
      line,
      change: (parsed) => {
        const containers = containersIn(parsed);
        const container = containers[spot % containers.length];
        if (container !== undefined && !Object.hasOwn(container, name)) put(container, name, value);
      },
    })),
  );
}

function withReplacements(file: FixtureFile, replacements: readonly Replacement[]): FixtureFile {
  return changed(
    file,
    replacements.map(({ place: { line, spot }, value }) => ({
      line,
      change: (parsed) => {
        const places = containersIn(parsed).flatMap((container) =>
          Object.keys(container).map((key) => [container, key] as const),
        );
        const [container, key] = places[spot % places.length] ?? [];
        if (container !== undefined && key !== undefined) put(container, key, value);
      },
    })),
  );
}

/** What two runs deliver where the first one ends behind `cut` lines: a copy of what run.ts does with its cursor. */
function inTwoRuns(file: FixtureFile, cut: number): MessageRecord[] {
  const first = foldLines(file).slice(0, cut);
  const settled = first.findLastIndex(({ context }) => isSettled(context));
  const kept = first[settled]?.context;
  const second = foldLines(file, kept && JSON.parse(JSON.stringify(kept)), settled + 1);
  const undelivered = second.slice(cut - settled - 1);
  return [...first, ...undelivered].flatMap(({ records }) => records);
}

/** As destinations get them. */
function sent(records: readonly MessageRecord[]): unknown {
  return JSON.parse(JSON.stringify(records));
}

describe('for any line that a later client may write', () => {
  test('a key that nobody knows changes no id, and the record keeps to its schema', () => {
    fc.assert(
      fc.property(anyFile, fc.array(addition, { minLength: 1, maxLength: 5 }), (file, additions) => {
        const records = mapFile(withAdditions(file, additions));
        expect(records.map(({ id }) => id)).toEqual(mapFile(file).map(({ id }) => id));
        for (const record of records) expect(schemaErrors(record)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  test('a value of another type is no reason to stop, and the record keeps to its schema', () => {
    fc.assert(
      fc.property(anyFile, fc.array(replacement, { minLength: 1, maxLength: 5 }), (file, replacements) => {
        const records = mapFile(withReplacements(file, replacements));
        expect(records.length).toBeGreaterThanOrEqual(file.lines.length);
        for (const record of records) expect(schemaErrors(record)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  test('two runs deliver what one run does, wherever the first one ends', () => {
    fc.assert(
      fc.property(anyFile, fc.array(replacement, { maxLength: 3 }), fc.nat(), (file, replacements, at) => {
        const odd = withReplacements(file, replacements);
        const cut = at % (odd.lines.length + 1);
        expect(isDeepStrictEqual(sent(inTwoRuns(odd, cut)), sent(mapFile(odd)))).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});
