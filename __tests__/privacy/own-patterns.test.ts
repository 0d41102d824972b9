import { describe, expect, test } from '@jest/globals';
import { ownPatterns } from '../../src/privacy/own-patterns.ts';

describe("the user's patterns", () => {
  test.each([
    ['acme_[A-Za-z0-9]{32}'],
    ['(?:acme|corp)_[a-z0-9]{20,64}'],
    ['\\bID-\\d+\\b'],
    ['acme[-_]?[a-z]+'],
    ['\\(\\+\\d{3}\\)'],
  ])('may be %s', (pattern) => {
    expect(() => ownPatterns([pattern])).not.toThrow();
  });

  test.each([
    ['(a+)+b', /repeats a group/],
    ['(?:a|a)*b', /repeats a group/],
    ['(\\w{1,50}){1,50}!', /repeats a group/],
    ['(a)\\1', /back-reference/],
    ['(?<q>a)\\k<q>', /back-reference/],
    ['\\w+\\w+!', /too many ways/],
    [`${'a?'.repeat(20)}b`, /too many ways/],
    [`${'(?:a|a)'.repeat(20)}b`, /too many ways/],
    ['\\w{1,500}x{1,500}!', /too many ways/],
    ['a*', /matches the empty text/],
    ['x'.repeat(501), /longer than 500/],
    ['[', /no regular expression/],
  ])('may not be %s', (pattern, reason) => {
    expect(() => ownPatterns([pattern])).toThrow(reason);
  });
});
