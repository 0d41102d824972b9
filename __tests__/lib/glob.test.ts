import { describe, expect, test } from '@jest/globals';
import { compileGlob, matchesPart } from '../../src/lib/glob.ts';

test.each<[pattern: string, matching: string[], others: string[]]>([
  ['/a/b', ['/a/b', '/a/b/', '/a/b/c/d'], ['/a', '/a/bc', '/x/a/b', 'a/b']],
  ['/a/b/', ['/a/b', '/a/b/c'], ['/a']],
  ['/a/*', ['/a/b', '/a/b/c'], ['/a', '/ab']],
  ['/a/*/c', ['/a/b/c'], ['/a/c', '/a/b/b/c']],
  ['/a/b?', ['/a/bc', '/a/bd/e'], ['/a/b', '/a/bcd']],
  ['/a/**/c', ['/a/c', '/a/b/c', '/a/b/b/c/d'], ['/a/b', '/b/c']],
  ['**/c', ['/c', '/a/c', '/a/b/c/d'], ['/a/cd', '/a/dc']],
  ['**/a/*/**/d', ['/a/b/d', '/x/a/a/b/c/d'], ['/a/d', '/a/b/c']],
  ['/a/**', ['/a', '/a/b'], ['/b']],
  ['**', ['/', '/a', 'a'], []],
  ['/', ['/', '/a'], ['a']],
  ['/a.b/[c]', ['/a.b/[c]'], ['/axb/c', '/a.b/c']],
  ['C:\\code\\*', ['C:\\code\\shop', 'C:/code/shop/x'], ['D:\\code\\shop']],
  ['feature/*', ['feature/x', 'feature/x/y'], ['feature', 'my/feature/x']],
])('%s matches what it says, and what lies below that', (pattern, matching, others) => {
  const matches = compileGlob(pattern);
  expect(matching.filter((path) => !matches(path))).toEqual([]);
  expect(others.filter(matches)).toEqual([]);
});

test.each([
  ['*', '', true],
  ['a*', 'abc', true],
  ['*c', 'abcc', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-b-b', false],
  ['', 'a', false],
  ['**', 'a/b', true],
])('the part %s and the name "%s": %s', (pattern, name, expected) => {
  expect(matchesPart(pattern, name)).toBe(expected);
});

describe('no path makes it slow', () => {
  test.each([
    ['within a part', `${'a*'.repeat(100)}b`, 'a'.repeat(50_000)],
    ['over parts', `${'**/a/'.repeat(100)}b`, '/a'.repeat(20_000)],
  ])('%s', (_, pattern, path) => {
    const startedAt = performance.now();
    expect(compileGlob(pattern)(path)).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
