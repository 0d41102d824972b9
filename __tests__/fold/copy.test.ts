import { expect, test } from '@jest/globals';
import { copyOfSession, copyOfTurn } from '../../src/fold/copy.ts';
import { emptySession, emptyTurn } from '../../src/fold/empty.ts';

/** Each property with a value of its own, so that none can stand for another. */
function numbered<Values extends object>(values: Values): Values {
  return Object.assign({}, values, ...Object.keys(values).map((name, index) => ({ [name]: index })));
}

test.each([
  ['turn', numbered(emptyTurn), copyOfTurn(numbered(emptyTurn))],
  ['session', numbered(emptySession), copyOfSession(numbered(emptySession))],
])('a copy of a %s has each property, with its own value', (_, original, copy) => {
  expect(copy).toEqual(original);
  expect(copy).not.toBe(original);
});
