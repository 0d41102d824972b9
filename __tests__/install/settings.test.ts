import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { SettingsRefusedError } from '../../src/errors.ts';
import type { HookCommand } from '../../src/install/settings-parse.ts';
import { addHook, findHooks, removeHook } from '../../src/install/settings.ts';
import { settingsText } from '../helpers/settings-texts.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'settings');
const CASES = readdirSync(FIXTURES).filter((name) => name !== 'refused');
/** Those that are not UTF-8 never become text. */
const REFUSED = readdirSync(join(FIXTURES, 'refused')).filter((name) =>
  isUtf8(readFileSync(join(FIXTURES, 'refused', name))),
);

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 500);
const HOOK: HookCommand = { type: 'command', command: '/opt/stopwire/hook', timeout: 10 };
const isOurs = (command: string): boolean => command.endsWith('stopwire/hook');
const add = (text: string): string => addHook(text, HOOK, isOurs).text;

const OURS = JSON.stringify(HOOK);
const STALE = '{"type":"command","command":"/old/stopwire/hook","timeout":10}';
const FOREIGN = '{"type":"command","command":"say done"}';
const stop = (...groups: string[]): string => `{"hooks":{"Stop":[${groups.join(',')}]}}`;
const group = (...handlers: string[]): string => `{"hooks":[${handlers.join(',')}]}`;

describe('the cases of fixtures/settings', () => {
  test.each(CASES)('%s: the hook is added in the style of the file', (name) => {
    expect(add(fixture(name, 'before.json'))).toBe(fixture(name, 'after.json'));
  });

  test.each(CASES)('%s: adding it again changes nothing', (name) => {
    expect(addHook(fixture(name, 'after.json'), HOOK, isOurs)).toEqual({
      text: fixture(name, 'after.json'),
      created: [],
    });
  });

  test.each(CASES)('%s: removing it gives back every byte', (name) => {
    const { text, created } = addHook(fixture(name, 'before.json'), HOOK, isOurs);
    expect(removeHook(text, isOurs, created).text).toBe(fixture(name, 'before.json'));
  });

  test.each(CASES)('%s: a strict parser finds the hook last in hooks.Stop', (name) => {
    const { hooks } = JSON.parse(fixture(name, 'after.json').replace(/^\uFEFF/, ''));
    expect(hooks.Stop.at(-1)).toEqual({ hooks: [HOOK] });
  });
});

describe('adding', () => {
  test.each(CASES)('%s: a stale hook that stands last is replaced in its place', (name) => {
    const stale = { ...HOOK, command: '/old/stopwire/hook' };
    const { text } = addHook(fixture(name, 'before.json'), stale, isOurs);
    expect(addHook(text, HOOK, isOurs)).toEqual({ text: fixture(name, 'after.json'), created: [] });
  });

  test.each([
    ['a missing file', ''],
    ['a file of blanks', ' \r\n\t\n'],
  ])('makes of %s one that holds the hook alone', (_, text) => {
    const after = `${JSON.stringify({ hooks: { Stop: [{ hooks: [HOOK] }] } }, undefined, 2)}\n`;
    expect(addHook(text, HOOK, isOurs)).toEqual({ text: after, created: ['hooks', 'Stop'] });
    expect(removeHook(after, isOurs, ['hooks', 'Stop']).text).toBe('{}\n');
  });

  test.each([
    ['another path', stop(group(STALE)), stop(group(OURS))],
    ['another timeout', stop(group(OURS.replace('10', '60'))), stop(group(OURS))],
    ['a key that is not ours', stop(group(OURS.replace('}', ',"async":true}'))), stop(group(OURS))],
    ['no type', stop(group('{"command":"stopwire/hook"}')), stop(group(OURS))],
    ['a double in one group', stop(group(OURS, OURS)), stop(group(OURS))],
    ['a double in two groups', stop(group(OURS), group(FOREIGN), group(OURS)), stop(group(FOREIGN), group(OURS))],
    ['a stale one among others', stop(group(FOREIGN, STALE, FOREIGN)), stop(group(FOREIGN, FOREIGN), group(OURS))],
    [
      'stale ones everywhere',
      stop(group(STALE, FOREIGN), group(), group(STALE)),
      stop(group(FOREIGN), group(), group(OURS)),
    ],
  ])('puts one hook in the place of ours with %s', (_, before, after) => {
    expect(addHook(before, HOOK, isOurs)).toEqual({ text: after, created: [] });
  });

  test.each([
    ['that has the group to itself', stop(group(OURS))],
    ['that shares a group', stop(group(FOREIGN, OURS), group(FOREIGN))],
    [
      'that the client has reordered',
      stop('{"matcher":"","hooks":[{"timeout":10,"type":"command","command":"/opt/stopwire/hook"}]}'),
    ],
  ])('leaves alone a hook of ours %s', (_, text) => {
    expect(addHook(text, HOOK, isOurs)).toEqual({ text, created: [] });
  });

  test('escapes a path as JSON needs it', () => {
    const command = '"C:\\Users\\J. "Ö"\n\u2028\\stopwire/hook';
    const { text } = addHook('{}', { ...HOOK, command }, isOurs);
    expect(findHooks(text, isOurs)).toEqual([{ ...HOOK, command }]);
  });

  test('takes a file with 20,000 rules in less than two seconds', () => {
    const allow = Array.from({ length: 20_000 }, (_, index) => `Bash(command-${index}:*)`);
    const text = JSON.stringify({ permissions: { allow } }, undefined, 2);
    const start = performance.now();
    const { text: after, created } = addHook(text, HOOK, isOurs);
    expect(removeHook(after, isOurs, created).text).toBe(text);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('refusing', () => {
  test.each(REFUSED)('%s is refused, by adding, removing and finding alike', (name) => {
    const text = fixture('refused', name);
    expect(() => addHook(text, HOOK, isOurs)).toThrow(SettingsRefusedError);
    expect(() => removeHook(text, isOurs, ['hooks', 'Stop'])).toThrow(SettingsRefusedError);
    expect(() => findHooks(text, isOurs)).toThrow(SettingsRefusedError);
  });

  test.each([
    ['comment.json', 'The settings are not strict JSON (line 2, column 3: a comment, which JSON does not have).'],
    ['trailing-comma.json', /^The settings are not strict JSON \(line 3, column 1: a name in double quotes is missing/],
    ['truncated.json', 'The settings are not strict JSON (line 5, column 1: the closing bracket is missing).'],
    ['root-array.json', 'The root of the settings is not an object (line 1, column 1).'],
    ['hooks-array.json', '"hooks" of the settings is not an object (line 2, column 12).'],
    ['stop-object.json', '"hooks.Stop" of the settings is not an array (line 3, column 13).'],
    ['group-string.json', '"hooks.Stop[0]" of the settings is not an object (line 1, column 23).'],
    ['group-hooks-object.json', '"hooks.Stop[1].hooks" of the settings is not an array (line 1, column 51).'],
  ])('%s: the message says what is wrong and where', (name, message) => {
    expect(() => add(fixture('refused', name))).toThrow(message);
  });

  test.each(['\u00a0', '\u2028', '\v', '\uFEFF\uFEFF'])('%j is no blank file', (text) => {
    expect(() => add(text)).toThrow(SettingsRefusedError);
  });

  test('what is nested too deeply for the engine is refused', () => {
    for (const depth of [5000, 50_000]) {
      const text = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
      expect(() => add(text)).toThrow('The settings are not strict JSON (it is nested too deeply).');
    }
  });

  test('neither message nor hint quotes the file', () => {
    const { message, hint } = refusal(() => add('{"env": {"API_KEY": "sk-secret" "oops"}}'));
    expect(message + hint).not.toContain('sk-secret');
  });
});

describe('removing', () => {
  test.each([
    ['alone, in containers of ours', stop(group(OURS)), '{}'],
    ['in a group that others share', stop(group(FOREIGN, OURS, STALE)), stop(group(FOREIGN))],
    ['before a group that was added later', stop(group(OURS), group(FOREIGN)), stop(group(FOREIGN))],
    ['between groups', stop(group(FOREIGN), group(OURS), group(FOREIGN)), stop(group(FOREIGN), group(FOREIGN))],
    ['several times', stop(group(OURS), group(STALE, OURS), group(FOREIGN, OURS)), stop(group(FOREIGN))],
    ['beside an empty group', stop(group(), group(OURS)), stop(group())],
    [
      'beside another event',
      '{"hooks":{"Stop":[{"hooks":[STALE]}],"Other":[]}}'.replace('STALE', STALE),
      '{"hooks":{"Other":[]}}',
    ],
    ['nowhere, but its containers are there', stop(), '{}'],
    ['nowhere', '{ "model": "opus" }', '{ "model": "opus" }'],
  ])('takes out the hook that stands %s', (_, before, after) => {
    expect(removeHook(before, isOurs, ['hooks', 'Stop'])).toEqual({ text: after, created: [] });
  });

  test.each([
    [[], stop()],
    [['Stop'], '{"hooks":{}}'],
    [['hooks', 'Stop'], '{}'],
  ] as const)('leaves no container that was created: %j', (created, after) => {
    expect(removeHook(stop(group(OURS)), isOurs, created).text).toBe(after);
  });

  test.each([group(FOREIGN), ''])('keeps an empty container whose name occurs twice: %j', (hidden) => {
    const before = `{"hooks":{"Stop":[${hidden}]},"hooks":{"Stop":[${group(OURS)}]}}`;
    expect(removeHook(before, isOurs, ['hooks', 'Stop']).text).toBe(`{"hooks":{"Stop":[${hidden}]},"hooks":{}}`);
    expect(removeHook(`{"hooks":{},${before.slice(1)}`, isOurs, ['hooks', 'Stop']).text).toMatch(
      /^\{"hooks":\{\},"hooks"/,
    );
  });

  test('leaves blank text as it is', () => {
    expect(removeHook('\n', isOurs, ['hooks', 'Stop']).text).toBe('\n');
  });
});

describe('finding', () => {
  test('lists ours with command and timeout; without one, the client has 600 seconds', () => {
    const text = stop(group(FOREIGN, OURS), group('{"command":"stopwire/hook","type":"command","async":true}'));
    expect(findHooks(text, isOurs)).toEqual([HOOK, { type: 'command', command: 'stopwire/hook', timeout: 600 }]);
  });

  test.each([
    ['in a blank file', ' \n'],
    ['in another event', `{"hooks":{"SubagentStop":[${group(OURS)}]}}`],
    ['in a Stop that a later one hides', `{"hooks":{"Stop":[${group(OURS)}],"Stop":[]}}`],
    ['of a type that the client does not run', stop(group(OURS.replace('"command"', '"comand"')))],
  ])('finds none %s', (_, text) => {
    expect(findHooks(text, isOurs)).toEqual([]);
  });
});

describe('any settings, however they are spelled', () => {
  test('get the hook as one run of text, which a second time adds nothing and removing takes out to the byte', () => {
    fc.assert(
      fc.property(settingsText([FOREIGN]), (text) => {
        const { text: after, created } = addHook(text, HOOK, isOurs);
        expect(isInsertion(text, after)).toBe(true);
        expect(findHooks(after, isOurs)).toEqual([HOOK]);
        expect(add(after)).toBe(after);
        expect(removeHook(after, isOurs, created).text).toBe(text);
      }),
      { numRuns: RUNS },
    );
  });

  test('lose our handlers and nothing else, wherever they stand', () => {
    fc.assert(
      fc.property(settingsText([FOREIGN, OURS, STALE]), (text) => {
        const bare = removeHook(text, isOurs, []).text;
        expect(findHooks(bare, isOurs)).toEqual([]);
        expect(foreign(bare)).toBe(foreign(text));
        const { text: after, created } = addHook(text, HOOK, isOurs);
        expect(findHooks(after, isOurs)).toEqual([HOOK]);
        expect(foreign(removeHook(after, isOurs, created).text)).toBe(foreign(text));
      }),
      { numRuns: RUNS },
    );
  });
});

function fixture(folder: string, name: string): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(join(FIXTURES, folder, name)));
}

function refusal(act: () => unknown): SettingsRefusedError {
  try {
    act();
  } catch (error) {
    if (error instanceof SettingsRefusedError) return error;
  }
  throw new Error('it was not refused');
}

/** Whether the text is what is left when one run is taken out of the longer one. */
function isInsertion(text: string, longer: string): boolean {
  let shared = 0;
  while (shared < text.length && text[shared] === longer[shared]) shared += 1;
  return longer.length > text.length && longer.endsWith(text.slice(shared));
}

/** All but our handlers, as JSON; a group that loses its last one goes. */
function foreign(text: string): string {
  const root = JSON.parse(text.replace(/^\uFEFF/, ''));
  const groups = root.hooks?.Stop;
  if (!Array.isArray(groups)) return JSON.stringify(root);
  root.hooks.Stop = groups.filter((each) => {
    const before = each.hooks.length;
    each.hooks = each.hooks.filter((one: { command?: unknown } | null) => !isOurs(String(one?.command)));
    return before === 0 || each.hooks.length > 0;
  });
  return JSON.stringify(root);
}
