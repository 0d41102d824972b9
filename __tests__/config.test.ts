import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  changeConfig,
  emptyConfig,
  readConfig,
  withDestination,
  writeConfig,
  type Config,
  type ConfiguredDestination,
} from '../src/config.ts';
import { UserError } from '../src/errors.ts';
import { bundle } from './helpers/bundle.ts';
import { startChild } from './helpers/child.ts';
import { makeTempDirectory } from './helpers/temp-directory.ts';

const SECRET = 'sk-canary-5b1e';

let path: string;
beforeEach(() => {
  path = join(makeTempDirectory(), 'config', 'stopwire', 'config.json');
});

function destination(name: string, more: Partial<ConfiguredDestination> = {}): ConfiguredDestination {
  return { name, kind: 'http', redaction: 'content', options: { url: 'https://example.com', key: SECRET }, ...more };
}

function write(text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** What reading it throws. */
function refusal(): UserError {
  try {
    readConfig(path);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a configuration that is written', () => {
  const config: Config = {
    version: 1,
    claudeDirectories: ['/home/dev/.claude', '/mnt/ü'],
    destinations: [destination('local', { kind: 'local', redaction: 'none', options: {} }), destination('http')],
  };

  test('is read as it was, with its destinations in order', () => {
    writeConfig(path, config);
    expect(readConfig(path)).toEqual(config);
    writeConfig(path, emptyConfig());
    expect(readConfig(path)).toEqual(emptyConfig());
  });

  test('is for its owner alone, whoever could look before, and leaves nothing beside it', () => {
    write('{}');
    chmodSync(path, 0o644);
    chmodSync(dirname(path), 0o755);
    writeConfig(path, config);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(readdirSync(dirname(path))).toEqual(['config.json']);
  });

  test('can be mended by hand: it is indented and ends with a newline', () => {
    writeConfig(path, config);
    expect(readFileSync(path, 'utf8')).toMatch(/^\{\n {2}"version": 1,\n[^]*\n\}\n$/);
  });

  test('is not written into a folder that is a symbolic link', () => {
    mkdirSync(dirname(dirname(path)), { recursive: true });
    symlinkSync(makeTempDirectory(), dirname(path));
    expect(() => writeConfig(path, config)).toThrow(/symbolic link/);
    expect(readdirSync(dirname(path))).toEqual([]);
  });
});

describe('reading', () => {
  test('no configuration is none, and makes none', () => {
    expect(readConfig(path)).toBeUndefined();
    expect(readdirSync(dirname(dirname(dirname(path))))).toEqual([]);
  });

  test('what a hand left out gets its default: the strict redaction, no options, no folders', () => {
    write('{"version":1,"destinations":[{"name":"a","kind":"local"}]}');
    expect(readConfig(path)).toEqual({
      version: 1,
      claudeDirectories: [],
      destinations: [{ name: 'a', kind: 'local', redaction: 'content', options: {} }],
    });
    write('{"version":1}');
    expect(readConfig(path)).toEqual(emptyConfig());
  });

  test.each([
    ['is not JSON', `{"version":1,"key":"${SECRET}",}`],
    ['has a key without quotes', `{"version":1,"key":${SECRET}}`],
    ['was cut off', `{"version":1,"destinations":[{"name":"a","kind":"http","options":{"key":"${SECRET}`],
    ['is empty', ''],
    ['is a list', `["${SECRET}"]`],
    ['is a text', `"${SECRET}"`],
    ['is null', 'null'],
    ['has no version', `{"destinations":[],"key":"${SECRET}"}`],
    ['has destinations that are not a list', `{"version":1,"destinations":{"a":"${SECRET}"}}`],
    ['has a destination that is not an object', `{"version":1,"destinations":["${SECRET}"]}`],
    [
      'has a destination without a name',
      `{"version":1,"destinations":[{"kind":"http","options":{"key":"${SECRET}"}}]}`,
    ],
    ['has a destination with an empty name', `{"version":1,"destinations":[{"name":"","kind":"${SECRET}"}]}`],
    ['has patterns that are not a list', `{"version":1,"exclude":"${SECRET}"}`],
    ['has a pattern that is no text', `{"version":1,"excludeBranches":["a",{"b":"${SECRET}"}]}`],
    ['has an empty pattern', `{"version":1,"include":["","${SECRET}"]}`],
    ['has secrets that are a list', `{"version":1,"secrets":["${SECRET}"]}`],
    ['has a pattern for secrets that is no text', `{"version":1,"secrets":{"patterns":[1,"${SECRET}"]}}`],
    ['has a switch that is a text', `{"version":1,"secrets":{"entropy":"${SECRET}"}}`],
    ['has a destination without a kind', `{"version":1,"destinations":[{"name":"a","key":"${SECRET}"}]}`],
  ])('one that %s is refused, in words for people that quote nothing of it', (_title, text) => {
    write(text);
    const error = refusal();
    expect(error.message).toMatch(/^The configuration .*config\.json cannot be used: [^\n]+\.$/);
    expect(error.hint).toMatch(/npx stopwire install/);
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test.each([0, 2, 999, '"1"', 'null', '{}'])('one of version %s is refused', (version) => {
    write(`{"version":${version},"destinations":[]}`);
    expect(refusal().message).toContain(`its version is ${version}, and this stopwire knows 1.`);
  });

  test('two destinations of one name are refused: they would share a cursor', () => {
    write(JSON.stringify({ ...emptyConfig(), destinations: [destination('a'), destination('b'), destination('a')] }));
    expect(refusal().message).toContain('two destinations have the name "a"');
  });

  test('one that cannot be read is refused, with the reason', () => {
    mkdirSync(path, { recursive: true });
    expect(refusal().message).toContain('it cannot be read (EISDIR)');
  });
});

describe('what is kept back', () => {
  test('is read as it was written, and unknown members of it stay', () => {
    const more = {
      secrets: { patterns: ['acme_[0-9]{6}'], entropy: true, later: 1 },
      include: ['~/work'],
      exclude: ['**/keys'],
      excludeBranches: ['wip/*'],
      excludeEntrypoints: [],
    };
    const destinations = [
      destination('a', { redaction: 'none', maskSecrets: false }),
      destination('b', { hash: true }),
    ];
    const config: Config = { ...emptyConfig(), ...more, destinations };
    writeConfig(path, config);
    expect(readConfig(path)).toEqual(config);
  });

  test.each([
    ['maskSecrets', 'no'],
    ['maskSecrets', 0],
    ['hash', 'true'],
  ])('%s: %j does not switch anything', (name, value) => {
    write(JSON.stringify({ ...emptyConfig(), destinations: [{ ...destination('a'), [name]: value }] }));
    expect(readConfig(path)?.destinations).toEqual([destination('a')]);
  });
});

describe('adding a destination', () => {
  test('to no configuration makes one', () => {
    expect(withDestination(undefined, destination('a'))).toEqual({
      ...emptyConfig(),
      destinations: [destination('a')],
    });
  });

  test('puts it behind the others, and keeps everything else', () => {
    const before: Config = { version: 1, claudeDirectories: ['/x'], destinations: [destination('a')] };
    const after = withDestination(before, destination('b'));
    expect(after).toEqual({ ...before, destinations: [destination('a'), destination('b')] });
    expect(before.destinations).toHaveLength(1);
  });

  test('of a name that is taken puts it in that one’s place', () => {
    const before: Config = { ...emptyConfig(), destinations: ['a', 'b', 'c'].map((name) => destination(name)) };
    const mended = destination('b', { kind: 'file', options: {} });
    expect(withDestination(before, mended).destinations).toEqual([destination('a'), mended, destination('c')]);
  });
});

describe('changing', () => {
  const KNOWN = ['version', 'claudeDirectories', 'destinations', 'account', 'paused'];
  const KNOWN_OF_ONE = ['name', 'kind', 'redaction', 'since', 'paused', 'options'];

  /** An object of which this version knows nothing, as another one may have written it. */
  const unknownTo = (known: readonly string[]): fc.Arbitrary<object> =>
    fc.dictionary(
      fc.string({ maxLength: 12 }).filter((key) => !known.includes(key)),
      fc.jsonValue(),
      { maxKeys: 6 },
    );

  test('keeps every key that this version does not know, of the file and of each destination', () => {
    fc.assert(
      fc.property(unknownTo(KNOWN), unknownTo(KNOWN_OF_ONE), fc.jsonValue(), (ofAll, ofOne, option) => {
        const one = { ...destination('a'), options: { option }, ...ofOne };
        write(JSON.stringify({ ...ofAll, version: 1, claudeDirectories: ['/c'], destinations: [one] }));
        const before = JSON.parse(readFileSync(path, 'utf8'));
        changeConfig(path, (config) => withDestination({ ...config, paused: true }, destination('b')));
        const after = JSON.parse(readFileSync(path, 'utf8'));
        expect(after).toEqual({ ...before, paused: true, destinations: [...before.destinations, destination('b')] });
      }),
    );
  });

  test('makes a configuration where there is none, for its owner alone', () => {
    changeConfig(path, (config) => withDestination(config, destination('a')));
    expect(readConfig(path)?.destinations).toEqual([destination('a')]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(path))).toEqual(['config.json']);
  });

  test('writes nothing where nothing changes, however the file is written', () => {
    const text = '{"destinations":[],\n\n"version":1}';
    write(text);
    expect(changeConfig(path, (config) => config)).toEqual(emptyConfig());
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('sees what somebody wrote while it was being worked out', () => {
    writeConfig(path, emptyConfig());
    const seen: number[] = [];
    changeConfig(path, (config) => {
      seen.push(config.destinations.length);
      // An editor, which asks for no guard.
      if (seen.length === 1) writeConfig(path, withDestination(config, destination('theirs')));
      return withDestination(config, destination('ours'));
    });
    expect(seen).toEqual([0, 1]);
    expect(readConfig(path)?.destinations.map(({ name }) => name)).toEqual(['theirs', 'ours']);
  });

  test('leaves the file as it was where the change throws, or the file cannot be understood', () => {
    const text = '{"version":1,"destinations":[]}';
    write(text);
    const refuse = (): never => {
      throw new UserError('no');
    };
    expect(() => changeConfig(path, refuse)).toThrow('no');
    expect(readFileSync(path, 'utf8')).toBe(text);
    write('{"version":2}');
    expect(() => changeConfig(path, () => emptyConfig())).toThrow(/its version is 2/);
    expect(readdirSync(dirname(path))).toEqual(['config.json']);
  });

  test('says in words where it cannot be written', () => {
    mkdirSync(`${path}.lock`, { recursive: true });
    const then = new Date(Date.now() - 60_000);
    utimesSync(`${path}.lock`, then, then);
    expect(() => changeConfig(path, () => emptyConfig())).toThrow(/was not changed: it cannot be written \(\w+\)/);
  });

  test('by several processes at once loses nothing of any of them', async () => {
    const module = await bundle('config.ts', makeTempDirectory());
    const add = (who: number): string => `
      import { changeConfig, withDestination } from ${JSON.stringify(module)};
      for (let i = 0; i < 10; i += 1) changeConfig(${JSON.stringify(path)}, (config) =>
        withDestination(config, { name: '${who}-' + i, kind: 'local', redaction: 'none', options: {} }));`;
    const codes = await Promise.all([0, 1, 2, 3].map((who) => startChild(add(who)).ended));
    expect(codes).toEqual([0, 0, 0, 0]);
    const names = [0, 1, 2, 3].flatMap((who) => Array.from({ length: 10 }, (_, index) => `${who}-${index}`));
    expect(
      readConfig(path)
        ?.destinations.map(({ name }) => name)
        .toSorted(),
    ).toEqual(names.toSorted());
    expect(readdirSync(dirname(path))).toEqual(['config.json']);
  });
});
