import { describe, expect, test } from '@jest/globals';
import { absolutePath, homeOf, pathBelow } from '../../src/lib/lexical-path.ts';

describe('absolutePath', () => {
  test.each([
    ['/a/./b/../c', undefined, '/a/c'],
    ['b/c', '/a', '/a/b/c'],
    ['../c', '/a/b', '/a/c'],
    ['../../../etc/passwd', '/a', '/etc/passwd'],
    ['b', undefined, undefined],
    ['b', 'a', undefined],
    ['C:\\work\\..\\b', undefined, 'C:\\b'],
    ['src\\b.ts', 'C:\\work', 'C:\\work\\src\\b.ts'],
    ['\\\\server\\share\\x', undefined, '\\\\server\\share\\x'],
  ])('%s from %s is %s', (path, base, expected) => {
    expect(absolutePath(path, base)).toBe(expected);
  });
});

describe('pathBelow', () => {
  test.each([
    ['/a/b/c', '/a', 'b/c'],
    ['/a', '/a', '.'],
    ['/a/..b', '/a', '..b'],
    ['/ab', '/a', undefined],
    ['/a/../b', '/a', undefined],
    ['/', '/a', undefined],
    ['b', '/a', undefined],
    ['C:\\Work\\b', 'c:\\work', 'b'],
    ['D:\\b', 'C:\\', undefined],
    ['/a/b', 'C:\\a', undefined],
  ])('%s from %s is %s', (path, folder, expected) => {
    expect(pathBelow(path, folder)).toBe(expected);
  });
});

test.each([
  ['/home/dev/project', '/home/dev'],
  ['/Users/dev', '/Users/dev'],
  ['/root/x', '/root'],
  ['/rooted/x', undefined],
  ['C:\\Users\\dev\\x', 'C:\\Users\\dev'],
  ['/srv/x', undefined],
])('the home of %s is %s', (path, home) => {
  expect(homeOf(path)).toBe(home);
});
