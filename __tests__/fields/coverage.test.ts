import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { catalogue } from '../../src/fields/catalogue.ts';
import { leftOut } from '../../src/fields/left-out.ts';
import { unseen } from '../../src/fields/unseen.ts';
import { fixtureFiles, TRANSCRIPTS } from '../helpers/fixtures.ts';
import { leavesOf, names, parsed, patternsIn, written, type Leaf, type Path } from '../helpers/line-paths.ts';

const rows = catalogue();
const fieldNames = new Set(rows.map(({ name }) => name));

/** The leaves of all fixtures, each once, with a place where it stands. */
const leaves = new Map<string, Leaf & { place: string }>();
for (const { transcript, lines } of fixtureFiles()) {
  const file = transcript.path.slice(TRANSCRIPTS.length + 1);
  for (const [index, { value }] of lines.entries()) collect(value, `${file}:${index + 1} (${String(value['type'])})`);
}
for (const name of readdirSync(TRANSCRIPTS, { recursive: true, encoding: 'utf8' })) {
  if (name.endsWith('.meta.json')) collect(JSON.parse(readFileSync(join(TRANSCRIPTS, name), 'utf8')), name);
}

function collect(value: unknown, place: string): void {
  for (const leaf of leavesOf(value)) {
    const key = `${written(leaf.path)}${leaf.isEmpty ? ' (empty)' : ''}`;
    if (!leaves.has(key)) leaves.set(key, { ...leaf, place });
  }
}

const read = rows.flatMap(({ name, source }) => patternsIn(source).map((pattern) => ({ name, pattern })));
const readPatterns = [...new Set(read.map(({ pattern }) => pattern))].map(parsed);
const leftOutPatterns = Object.keys(leftOut).map(parsed);

/** Places of leaves that no pattern names. */
function gaps(patterns: readonly Path[], all: Iterable<Leaf & { place: string }> = leaves.values()): string[] {
  return [...all]
    .filter((leaf) => !patterns.some((pattern) => names(pattern, leaf)))
    .map(({ path, place }) => `${written(path)} in ${place}`);
}

/** Whether a fixture has the path, or something below it. */
function occurs(pattern: string): boolean {
  const wanted = parsed(pattern).filter((part) => part !== '**');
  return [...leaves.values()].some((leaf) => names([...wanted, '**'], leaf));
}

describe('every leaf of every line', () => {
  test('is told by a field, or left out for a reason', () => {
    expect(gaps([...readPatterns, ...leftOutPatterns])).toEqual([]);
  });

  test('is not left out where a field tells it by its own path', () => {
    const own = new Set(read.map(({ pattern }) => pattern));
    expect(Object.keys(leftOut).filter((path) => own.has(path))).toEqual([]);
  });

  test.each([
    ['a new key', { type: 'user', brandNew: 1 }, ['brandNew in here']],
    [
      'a new key below one that is known',
      { message: { usage: { brand_new: 1 } } },
      ['message.usage.brand_new in here'],
    ],
    ['an item where a value was', { uuid: ['x'] }, ['uuid[] in here']],
    ['a value where an object was', { message: 'x' }, ['message in here']],
    ['nothing new', { type: 'user', uuid: 'x', message: null }, []],
  ])('is looked for: %s', (_, line, expected) => {
    const planted = leavesOf(line).map((leaf) => ({ ...leaf, place: 'here' }));
    expect(gaps([...readPatterns, ...leftOutPatterns], planted)).toEqual(expected);
  });
});

describe('a pattern', () => {
  test.each([
    ['a.b', { a: { b: 1 } }, true],
    ['a.b', { a: { c: 1 } }, false],
    ['a.b', { a: { b: { c: 1 } } }, false],
    ['a.b', { a: 1 }, false],
    ['a.b', { a: null }, true],
    ['a[]', { a: [] }, true],
    ['a[]', { a: [1] }, true],
    ['a', { a: [1] }, false],
    ['a[].b', { a: [{ b: 1 }] }, true],
    ['a[].b', { a: { b: 1 } }, false],
    ['a.*.b', { a: { 'x.y': { b: 1 } } }, true],
    ['a.*.b', { a: [{ b: 1 }] }, false],
    ['a.*', { a: { x: { y: 1 } } }, false],
    ['a.**', { a: { x: [{ y: 1 }] } }, true],
    ['a.**', { a: 1 }, true],
    ['a.**', { b: { a: 1 } }, false],
    ['a[][]', { a: [[1]] }, true],
  ])('%s and a line %j: %s', (pattern, line, expected) => {
    expect(leavesOf(line).every((leaf) => names(parsed(pattern), leaf))).toBe(expected);
  });

  test('is what stands in backticks and has the form of a path', () => {
    expect(patternsIn('`a.b`, `c[].d` of x, else `.meta.json`, `a b`, plain.path, `m.*.**`, `**`')).toEqual([
      'a.b',
      'c[].d',
      'm.*.**',
    ]);
  });
});

describe('what is said of lines', () => {
  test('every path that a field names stands in a fixture, or is known not to', () => {
    const lost = read
      .filter(({ pattern }) => !fieldNames.has(pattern) && !Object.hasOwn(unseen, pattern) && !occurs(pattern))
      .map(({ name, pattern }) => `${name}: ${pattern}`);
    expect(lost).toEqual([]);
  });

  test('every path that is left out stands in a fixture', () => {
    expect(Object.keys(leftOut).filter((path) => !occurs(path))).toEqual([]);
  });

  test('what is known not to is named by a field, and still in no fixture', () => {
    const named = new Set(read.map(({ pattern }) => pattern));
    expect(Object.keys(unseen).filter((path) => !named.has(path) || occurs(path))).toEqual([]);
  });

  test.each([
    ['left out', leftOut],
    ['unseen', unseen],
  ])('every reason for %s is a phrase', (_, reasons) => {
    expect(Object.entries(reasons).filter(([, reason]) => !/^\S.{9,}[^.\s]$/.test(reason))).toEqual([]);
  });
});
