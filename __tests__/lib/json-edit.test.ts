import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { appendItem, removeItem } from '../../src/lib/json-edit.ts';
import { itemsOf, parseJson, type JsonNode } from '../../src/lib/json-text.ts';
import { jsonText } from '../helpers/settings-texts.ts';

describe('appending to the root', () => {
  test.each([
    ['{}', '{\n  "n": [\n    1\n  ]\n}'],
    ['{}\r\n', '{\r\n  "n": [\r\n    1\r\n  ]\r\n}\r\n'],
    ['{ }', '{"n":[1] }'],
    ['{\n}', '{"n":[1]\n}'],
    ['{"a":1}', '{"a":1,"n":[1]}'],
    ['{ "a": 1 }', '{ "a": 1, "n":[1] }'],
    ['{"a":1, "b":2}', '{"a":1, "b":2, "n":[1]}'],
    ['{\n\t"a": 1\n}', '{\n\t"a": 1,\n\t"n": [\n\t\t1\n\t]\n}'],
    ['{\r\n    "a": 1\r\n}', '{\r\n    "a": 1,\r\n    "n": [\r\n        1\r\n    ]\r\n}'],
    ['{\n"a": 1\n}', '{\n"a": 1,\n"n": [\n  1\n]\n}'],
    ['{\n  "a": 1,\n\n  "b": 2\n\n}', '{\n  "a": 1,\n\n  "b": 2,\n  "n": [\n    1\n  ]\n\n}'],
    ['{\n  "a": 1, "b": 2\n}', '{\n  "a": 1, "b": 2, "n":[1]\n}'],
    ['{ "a": 1\n, "b": 2\n}', '{ "a": 1\n, "b": 2, "n":[1]\n}'],
  ])('%j becomes %j', (before, after) => {
    const root = rootOf(before);
    expect(appendItem({ text: before, root, container: root, name: 'n', value: [1] })).toBe(after);
  });
});

describe('appending to a list', () => {
  test.each([
    ['{"l":[]}', '{"l":[{"a":1}]}'],
    ['{\n  "l": []\n}', '{\n  "l": [\n    {\n      "a": 1\n    }\n  ]\n}'],
    ['{\n  "l": [\n  ]\n}', '{\n  "l": [{"a":1}\n  ]\n}'],
    ['{\n  "k": 1, "l": []\n}', '{\n  "k": 1, "l": [{"a":1}]\n}'],
    ['{\n  "l": [1]\n}', '{\n  "l": [1,{"a":1}]\n}'],
    ['{\n  "l": [1, 2]\n}', '{\n  "l": [1, 2, {"a":1}]\n}'],
    ['{\n  "l": [\n    1\n  ]\n}', '{\n  "l": [\n    1,\n    {\n      "a": 1\n    }\n  ]\n}'],
  ])('%j becomes %j', (before, after) => {
    const root = rootOf(before);
    const container = itemsOf(root).at(-1)?.value ?? root;
    expect(appendItem({ text: before, root, container, value: { a: 1 } })).toBe(after);
  });
});

describe('removing', () => {
  test.each([
    ['[1]', 0, '[]'],
    ['[ 1 ]', 0, '[]'],
    ['[\n  1\n]', 0, '[]'],
    ['[1 ]', 0, '[ ]'],
    ['[ 1 , 2 ]', 0, '[ 2 ]'],
    ['[ 1 , 2 ]', 1, '[ 1 ]'],
    ['[1,\n 2,\n 3]', 1, '[1,\n 3]'],
    ['{"a":1,"a":2}', 1, '{"a":1}'],
  ])('from %s item %i leaves %s', (before, index, after) => {
    expect(removeItem(before, rootOf(before), index)).toBe(after);
  });

  test('an item that is not there is a bug', () => {
    expect(() => removeItem('[1]', rootOf('[1]'), 1)).toThrow('no item 1');
  });
});

test('what is appended to any container and removed again leaves no trace', () => {
  fc.assert(
    fc.property(jsonText, fc.nat(), jsonText, (text, seed, added) => {
      const containers = containersIn(rootOf(text));
      const which = seed % Math.max(containers.length, 1);
      const container = containers[which];
      if (container === undefined) return;
      const value: unknown = JSON.parse(added);
      const name = container.type === 'object' ? { name: 'n' } : {};
      const longer = appendItem({ text, root: rootOf(text), container, ...name, value });
      const grown = containersIn(rootOf(longer))[which] ?? container;
      expect(itemsOf(grown)).toHaveLength(itemsOf(container).length + 1);
      expect(removeItem(longer, grown, itemsOf(container).length)).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

/** Objects and arrays in the order in which they begin; an item appended to one comes behind it. */
function containersIn(node: JsonNode): JsonNode[] {
  const inside = itemsOf(node).flatMap(({ value }) => containersIn(value));
  return node.type === 'object' || node.type === 'array' ? [node, ...inside] : [];
}

function rootOf(text: string): JsonNode {
  const { root } = parseJson(text);
  if (root === undefined) throw new Error(`${text} is not JSON`);
  return root;
}
