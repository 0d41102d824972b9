/** The user's own expressions for secrets, held to what no text can make slow. */
import { reasonOf, UserError } from '../errors.ts';
import { findAll, type Detector } from './finding.ts';

const MAX_LENGTH = 500;
/** An expression sees this much at once, so that its steps grow with the text and not with the text's square. */
const WINDOW = 1024;
/** What two windows share: a secret of up to this length is whole in one of them. */
const OVERLAP = 256;
/** Ways to match from one place that an expression may have; each is tried on a text that almost matches. */
const MAX_WAYS = 4096;

/** A repeated group multiplies its own ways by themselves, and a back-reference has as many as texts. */
const REPEATED_GROUP = /\)(?:[*+]|\{)/;
const BACK_REFERENCE = /\\(?:[1-9]|k<)/;
/** What multiplies the ways to match: a quantifier with its bounds, or an alternative. */
const CHOICE = /(?<!\()(?:[*+]|\?|\{(\d*),(\d*)\})\??|\|/g;

/**
 * A detector from expressions of the configuration (`secrets.patterns`), which name their kind `custom`.
 * Throws a UserError for one that is no expression, that matches nothing at all, or that some text could make slow.
 */
export function ownPatterns(patterns: readonly string[]): Detector {
  const compiled = patterns.map(compile);
  return (text) => compiled.flatMap((pattern) => windows(text).flatMap(([at, slice]) => found(pattern, at, slice)));
}

function compile(source: string): RegExp {
  const pattern = parsed(source);
  const bare = source.replaceAll(/\[(?:\\.|[^\]\\])*\]|\\[^1-9k]/g, 'x');
  const refused = (why: string): UserError =>
    new UserError(`The pattern ${source} in secrets.patterns ${why}.`, {
      hint: 'Write it with classes and bounds, for instance acme_[A-Za-z0-9]{32}.',
    });
  if (source.length > MAX_LENGTH) throw refused(`is longer than ${MAX_LENGTH} characters`);
  if (pattern.test('')) throw refused('matches the empty text');
  if (REPEATED_GROUP.test(bare)) throw refused('repeats a group, which some texts could make slow');
  if (BACK_REFERENCE.test(bare)) throw refused('has a back-reference, which some texts could make slow');
  if (waysOf(bare) > MAX_WAYS) throw refused('can match in too many ways, which some texts could make slow');
  return pattern;
}

/** An upper bound, from an expression without groups that repeat. */
function waysOf(bare: string): number {
  let ways = 1;
  for (const [sign, least, most] of bare.matchAll(CHOICE)) {
    if (sign.startsWith('{')) ways *= Math.min(WINDOW, most === '' ? WINDOW : Number(most) - Number(least) + 1);
    else ways *= sign.startsWith('?') || sign === '|' ? 2 : WINDOW;
  }
  return ways;
}

function parsed(source: string): RegExp {
  try {
    return new RegExp(source, 'dg');
  } catch (error) {
    throw new UserError(`The pattern ${source} in secrets.patterns is no regular expression (${reasonOf(error)}).`, {
      hint: 'Correct it, or take it out.',
      cause: error,
    });
  }
}

function windows(text: string): [at: number, slice: string][] {
  if (text.length <= WINDOW) return [[0, text]];
  const slices: [number, string][] = [];
  for (let at = 0; at + OVERLAP < text.length; at += WINDOW - OVERLAP) {
    slices.push([at, text.slice(at, at + WINDOW)]);
  }
  return slices;
}

function found(pattern: RegExp, at: number, slice: string): ReturnType<Detector> {
  return findAll(pattern, 'custom', slice)
    .filter(({ start, end }) => end > start)
    .map(({ start, end, kind }) => ({ start: start + at, end: end + at, kind }));
}
