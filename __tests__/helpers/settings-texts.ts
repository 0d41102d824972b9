/** Random settings files, spelled as oddly as JSON allows. */
import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';

const blank = fc.constantFrom('', '', '', ' ', '\n', '\n  ', '\t', '\r\n\t', ' \n\n ');

const NUMBERS = ['0', '-0.0', '1.0', '1E+2', '1e400', '12345678901234567890', '0.10000000000000000555'];
const STRINGS = ['""', '"}],{["', '"\\"\\\\"', '"\\u2028\u2028\uFEFF"', '"\\ud800"', '"日本 😀"', '"a // b"'];
const scalar = fc.constantFrom('null', 'true', ...NUMBERS, ...STRINGS);

const otherNames = fc.constantFrom('"a"', '"a"', '"b"', '"__proto__"', '"constructor"', '"10"', '"2"', '""', '"hook"');

type Entry = [name: string, value: string];

/** Any JSON value as text, with blanks anywhere; names may occur twice. */
export const jsonText: Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }).chain(arrayText),
    fc.array(fc.tuple(otherNames, tie('value')), { maxLength: 4 }).chain(objectText),
  ),
})).value;

/** Settings that the client takes; each of the given handlers may stand in any group. */
export function settingsText(handlers: readonly string[]): Arbitrary<string> {
  const handler = fc.oneof(
    fc.constantFrom(...handlers),
    fc.constant('{"type":"http","url":"http://[::1]/"}'),
    jsonText,
  );
  const group = fc
    .array(handler, { maxLength: 3 })
    .chain(arrayText)
    .chain((list) => holding('hooks', list));
  const stop = fc.array(group, { maxLength: 3 }).chain(arrayText);
  const hooks = fc.oneof(
    otherEntries.chain(objectText),
    stop.chain((list) => holding('Stop', list)),
  );
  const root = fc.oneof(
    otherEntries.chain(objectText),
    hooks.chain((value) => holding('hooks', value)),
  );
  const spaced = fc.tuple(fc.constantFrom('', '\uFEFF'), blank, root, blank).map((parts) => parts.join(''));
  return fc.oneof(
    spaced,
    fc.tuple(root, fc.constantFrom('', '  ', '\t', '    '), fc.constantFrom('\n', '\r\n')).map(tidy),
  );
}

const otherEntries: Arbitrary<Entry[]> = fc.array(fc.tuple(otherNames, jsonText), { maxLength: 3 });

/** An object with the value under a name; before it, the name may stand with another value, which does not count. */
function holding(name: string, value: string): Arbitrary<string> {
  const spelled = fc.constantFrom(
    `"${name}"`,
    `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}"`,
  );
  const shadowed = fc.array(fc.tuple(spelled, jsonText), { maxLength: 1 });
  return fc
    .tuple(otherEntries, shadowed, spelled, otherEntries)
    .chain(([before, twin, key, after]) => objectText([...before, ...twin, [key, value], ...after]));
}

function objectText(entries: readonly Entry[]): Arbitrary<string> {
  const items = entries.map(([name, value]) =>
    fc
      .tuple(blank, fc.constant(name), blank, fc.constant(':'), blank, fc.constant(value), blank)
      .map((parts) => parts.join('')),
  );
  return itemsText('{', items, '}');
}

function arrayText(values: readonly string[]): Arbitrary<string> {
  const items = values.map((value) => fc.tuple(blank, fc.constant(value), blank).map((parts) => parts.join('')));
  return itemsText('[', items, ']');
}

function itemsText(open: string, items: readonly Arbitrary<string>[], close: string): Arbitrary<string> {
  if (items.length === 0) return blank.map((inside) => open + inside + close);
  return fc.tuple(...items).map((texts) => open + texts.join(',') + close);
}

/** The same value as an editor would have saved it. */
function tidy([text, indent, eol]: [string, string, string]): string {
  return JSON.stringify(JSON.parse(text), undefined, indent).replaceAll('\n', eol) + eol;
}
