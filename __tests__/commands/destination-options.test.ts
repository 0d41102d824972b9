import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { optionsFrom, problemOf, type GivenOptions } from '../../src/commands/destination-options.ts';
import { UserError } from '../../src/errors.ts';
import { declareOptions } from '../../src/lib/options.ts';

const CANARY = 'sk-canary-5b1e';

const declared = declareOptions({
  endpoint: { kind: 'url', about: 'Where to send.', required: true },
  apiKey: { kind: 'string', about: 'The key.', secret: true },
  headers: { kind: 'list', about: 'More headers.', secret: true },
  label: { kind: 'string', about: 'A word.' },
  tags: { kind: 'list', about: 'Words.' },
  folder: { kind: 'path', about: 'A folder.' },
  maxRecords: { kind: 'integer', about: 'How many.', default: 100, min: 1, max: 1_000 },
  verbose: { kind: 'boolean', about: 'Say more.', default: false },
});

const endpoint = 'https://collector.test/in?a=b';
const needed = `endpoint=${endpoint}`;

function given(set: readonly string[], secrets: [string, string][] = []): GivenOptions {
  return { kind: 'http', declared, set, secrets: new Map(secrets) };
}

function refusal(options: GivenOptions): UserError {
  try {
    optionsFrom(options);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('options from a command line', () => {
  test.each<[string, string[], object]>([
    ['a value may hold an equals sign', [], {}],
    ['a text', ['label=a=b c'], { label: 'a=b c' }],
    ['an integer', ['maxRecords=7'], { maxRecords: 7 }],
    ['true', ['verbose=true'], { verbose: true }],
    ['false', ['verbose=false'], { verbose: false }],
    ['a path, which becomes absolute', ['folder=here/x'], { folder: resolve('here/x') }],
    ['a list, by repetition', ['tags=a', 'tags=b'], { tags: ['a', 'b'] }],
  ])('%s', (_title, set, expected) => {
    expect(optionsFrom(given([needed, ...set]))).toEqual({ endpoint, ...expected });
  });

  test('what is not given is left out, so that a later default counts', () => {
    expect(Object.keys(optionsFrom(given([needed])))).toEqual(['endpoint']);
  });

  test('a secret comes from elsewhere; a list of them has one on each line', () => {
    const secrets: [string, string][] = [
      ['apiKey', CANARY],
      ['headers', 'X-A: 1\nX-B: 2\n'],
    ];
    expect(optionsFrom(given([needed], secrets))).toEqual({
      endpoint,
      apiKey: CANARY,
      headers: ['X-A: 1', 'X-B: 2'],
    });
  });

  test.each<[string, string[], string, string]>([
    ['an unknown one', [`apiKeey=${CANARY}`], 'has no option "apiKeey"', 'Did you mean apiKey?'],
    ['one that is like no other', [`zzzzzzzz=${CANARY}`], 'has no option "zzzzzzzz"', 'There are endpoint, apiKey'],
    ['a name of Object itself', [`constructor=${CANARY}`], 'has no option "constructor"', 'There are'],
    ['a secret', [`apiKey=${CANARY}`], 'apiKey is a secret, and is not taken as an argument', '--api-key -'],
    ['another secret', [`headers=${CANARY}`], 'headers is a secret', '--secret headers=-'],
    ['no equals sign', [CANARY], 'without its value', '--set option=value'],
    ['no name', [`=${CANARY}`], 'without its value', '--set option=value'],
    ['a number that is none', [`maxRecords=${CANARY}`], '"maxRecords" must be a whole number from 1 to 1000', '--set'],
    ['a number with an exponent', ['maxRecords=1e2'], '"maxRecords" must be a whole number', '--set'],
    ['a number out of range', ['maxRecords=0'], '"maxRecords" must be a whole number from 1 to 1000', '--set'],
    ['a switch that is none', [`verbose=${CANARY}`], '"verbose" must be true or false', '--set'],
    ['an empty text', ['label='], '"label" must be a text that is not empty', '--set'],
    ['standard output', ['folder=-'], 'A hook has no standard output', 'Give the path'],
    ['one given twice', [`label=${CANARY}`, 'label=b'], '--set label was given twice', ''],
  ])('%s is refused as wrong usage, without the value', (_title, set, message, hint) => {
    const error = refusal(given([needed, ...set]));
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain(message);
    expect(error.hint ?? '').toContain(hint);
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
  });

  test('one that is needed is named, with what it is for', () => {
    expect(refusal(given([])).message).toBe('The options of http are wrong: "endpoint" is needed: Where to send.');
  });

  test('an address that is none is refused without it', () => {
    expect(refusal(given([`endpoint=ftp://${CANARY}@x`])).message).toBe(
      'The options of http are wrong: "endpoint" must be an http or https address.',
    );
  });
});

describe('a secret that is looked up later', () => {
  const key = declareOptions({ apiKey: { kind: 'string', about: 'The key.', required: true, secret: true } });

  test('counts as given where it is needed', () => {
    const references = { apiKey: { env: 'KEY' } };
    expect(optionsFrom({ ...given([]), declared: key, references })).toEqual(references);
    expect(refusal({ ...given([]), declared: key }).message).toContain('"apiKey" is needed');
  });
});

test.each([
  ['endpoint', 'collector', '"endpoint" must be an http or https address'],
  ['maxRecords', '0', '"maxRecords" must be a whole number from 1 to 1000'],
  ['folder', '-', 'A hook has no standard output to write records to.'],
  ['folder', 'records', undefined],
  ['apiKey', '', '"apiKey" must be a text that is not empty'],
] as const)('what is wrong with %s=%s on its own', (name, answer, problem) => {
  expect(problemOf(name, declared[name], answer)).toBe(problem);
});
