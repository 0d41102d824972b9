import { describe, expect, test } from '@jest/globals';
import { byGroup, catalogue } from '../../src/fields/catalogue.ts';
import { fieldGroups } from '../../src/fields/index.ts';

const UNITS = new Set(['tokens', 'ms', 'bytes', 'characters', 'USD', '10⁻¹² USD']);
const CLASSES = new Set(['metric', 'enum', 'id', 'path', 'content']);
const TYPES = new Set(['string', 'integer', 'number', 'boolean', 'timestamp', 'strings']);

const rows = catalogue();
const named = (wrong: typeof rows): string[] => wrong.map(({ group, name }) => `${group}.${name}`);

describe('the catalogue', () => {
  test('has at least 170 fields, in the order of the groups', () => {
    expect(rows.length).toBeGreaterThanOrEqual(170);
    expect(byGroup(rows).map(([group]) => group)).toEqual(Object.keys(fieldGroups));
  });

  test('names each field once over all groups', () => {
    const names = rows.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('writes names in snake_case', () => {
    expect(named(rows.filter(({ name }) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)))).toEqual([]);
  });

  test('knows a type, a class and a unit of the closed sets', () => {
    const isOdd = ({ type, privacy, unit }: (typeof rows)[number]): boolean =>
      !TYPES.has(type) || !CLASSES.has(privacy) || (unit !== undefined && !UNITS.has(unit));
    expect(named(rows.filter(isOdd))).toEqual([]);
  });

  test('says where each comes from', () => {
    expect(named(rows.filter(({ source }) => source.trim().length < 3))).toEqual([]);
  });

  test('closes every backtick', () => {
    const isOpen = (text: string): boolean => text.split('`').length % 2 === 0;
    expect(named(rows.filter(({ source, about }) => isOpen(source) || isOpen(about)))).toEqual([]);
  });

  test('says what each is, in one sentence', () => {
    const isSentence = (about: string): boolean => /^[A-Z0-9`].*\.$/.test(about) && !/\.\s+[A-Z]/.test(about);
    expect(rows.filter(({ about }) => !isSentence(about)).map(({ name, about }) => `${name}: ${about}`)).toEqual([]);
  });

  test('lets no text of people into the classes that redaction keeps', () => {
    const open = rows.filter(({ privacy, type }) => privacy === 'metric' && (type === 'string' || type === 'strings'));
    expect(open.filter(({ name }) => !name.endsWith('_pico_usd'))).toEqual([]);
  });
});
