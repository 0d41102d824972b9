import { describe, expect, test } from '@jest/globals';
import { checkOptions, declareOptions } from '../../src/lib/options.ts';

const declared = declareOptions({
  endpoint: { kind: 'url', about: 'Where to send.', required: true },
  apiKey: { kind: 'string', about: 'The key.', secret: true },
  folder: { kind: 'path', about: 'A folder.' },
  maxRecords: { kind: 'integer', about: 'How many.', default: 100, min: 1, max: 1_000 },
  verbose: { kind: 'boolean', about: 'Say more.', default: false },
  headers: { kind: 'list', about: 'More headers.' },
  protocol: { kind: 'choice', about: 'How it is written.', choices: ['json', 'protobuf'] },
});

const endpoint = 'https://collector.test/in';

describe('checkOptions', () => {
  test('fills in defaults, and leaves out what has none', () => {
    expect(checkOptions(declared, { endpoint })).toEqual({
      values: { endpoint, maxRecords: 100, verbose: false },
      problems: [],
    });
  });

  test('keeps what is given', () => {
    const texts = { endpoint, apiKey: 'k', folder: '/f', protocol: 'json' };
    const given = { ...texts, maxRecords: 1_000, verbose: true, headers: ['a', 'b'] };
    expect(checkOptions(declared, given)).toEqual({ values: given, problems: [] });
  });

  test('takes null for not given', () => {
    expect(checkOptions(declared, { endpoint, apiKey: null, maxRecords: null }).values).toEqual({
      endpoint,
      maxRecords: 100,
      verbose: false,
    });
  });

  test.each<[string, object, string]>([
    ['a required one is missing', {}, '"endpoint" is needed: Where to send'],
    [
      'an unknown name',
      { endpoint, maxRecord: 1 },
      'there is no option "maxRecord"; there are endpoint, apiKey, folder',
    ],
    ['a name of Object itself', { endpoint, constructor: 1 }, 'there is no option "constructor"'],
    ['not an address', { endpoint: 'collector' }, '"endpoint" must be an http or https address'],
    ['another scheme', { endpoint: 'ftp://collector.test' }, '"endpoint" must be an http or https address'],
    ['an address that is a number', { endpoint: 1 }, '"endpoint" must be an http or https address'],
    ['an empty text', { endpoint, apiKey: '' }, '"apiKey" must be a text that is not empty'],
    ['a path that is no text', { endpoint, folder: [] }, '"folder" must be a text that is not empty'],
    ['below the least', { endpoint, maxRecords: 0 }, '"maxRecords" must be a whole number from 1 to 1000'],
    ['above the most', { endpoint, maxRecords: 1_001 }, '"maxRecords" must be a whole number from 1 to 1000'],
    ['a fraction', { endpoint, maxRecords: 1.5 }, '"maxRecords" must be a whole number from 1 to 1000'],
    ['a number as text', { endpoint, maxRecords: '10' }, '"maxRecords" must be a whole number from 1 to 1000'],
    ['a list that is a text', { endpoint, headers: 'a' }, '"headers" must be a list of texts that are not empty'],
    ['a list of other things', { endpoint, headers: ['a', 1] }, '"headers" must be a list of texts'],
    ['a list with an empty text', { endpoint, headers: [''] }, '"headers" must be a list of texts'],
    ['none of the words', { endpoint, protocol: 'xml' }, '"protocol" must be json or protobuf'],
    ['a yes/no as text', { endpoint, verbose: 'true' }, '"verbose" must be true or false'],
  ])('names what is wrong: %s', (_title, given, problem) => {
    const { values, problems } = checkOptions(declared, given);
    expect(values).toBeUndefined();
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  test('names every problem at once', () => {
    expect(checkOptions(declared, { extra: 1, maxRecords: -1, verbose: 0 }).problems).toHaveLength(4);
  });

  test.each([[undefined], [null], ['text'], [[]], [1]])('refuses options that are no object: %j', (given) => {
    expect(checkOptions(declared, given).problems).toEqual(['the options are not an object']);
  });

  test('does not repeat the value of a secret', () => {
    const { problems } = checkOptions(declared, { endpoint, apiKey: ['sk-secret-value'] });
    expect(problems).toHaveLength(1);
    expect(problems.join(' ')).not.toContain('sk-secret-value');
  });
});
