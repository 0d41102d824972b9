/** Random-looking words: what a token of an unknown kind looks like. */
import { findAll, type Detector } from './finding.ts';

/** In one run; longer ones are files in base64 rather than secrets, and stay. */
const WORD = /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{20,200}={0,2}(?![A-Za-z0-9+/_=-])/dg;

/** Hashes, UUIDs and the API's own ids are as random, and no secrets. */
const NAMES = /^(?:[0-9a-f-]+|(?:msg|toolu|srvtoolu|req|wf)_[A-Za-z0-9-]+)$/i;

/** Bits a character: words and paths have below 3.9, random base64 of 20 characters about 4.1. */
const BITS = 4;

export const entropyDetector: Detector = (text) =>
  findAll(WORD, 'high-entropy', text).filter(({ start, end }) => isRandom(text.slice(start, end)));

function isRandom(word: string): boolean {
  // Names that people give end in a number, if they have one.
  const isMixed = /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d\D+\d/.test(word);
  return isMixed && !NAMES.test(word) && bitsPerCharacter(word) >= BITS;
}

/** Shannon's entropy of the word's characters. */
function bitsPerCharacter(word: string): number {
  const counts = new Map<string, number>();
  for (const character of word) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / word.length) * Math.log2(count / word.length);
  return bits;
}
