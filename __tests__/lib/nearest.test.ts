import { expect, test } from '@jest/globals';
import { nearest } from '../../src/lib/nearest.ts';

const WORDS = ['session_id', 'message_id', 'timestamp', 'cost_usd', 'id'];

test.each([
  ['sesion_id', 'session_id'],
  ['sessionId', 'session_id'],
  ['Timestamp', 'timestamp'],
  ['cost', undefined],
  ['cost_us', 'cost_usd'],
  ['ix', 'id'],
  ['weather', undefined],
  ['', undefined],
])('the word meant by "%s" is %s', (word, meant) => {
  expect(nearest(word, WORDS)).toBe(meant);
});
