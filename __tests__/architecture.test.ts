import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const SOURCE = join(import.meta.dirname, '..', 'src');

/** Who stands above whom: an import points to a lower floor, or stays in its own folder. */
const FLOORS: [number, RegExp][] = [
  [0, /^(types|context|errors)\.ts$/],
  [1, /^lib\//],
  [1.3, /^line\//],
  [1.6, /^fold\//],
  [2, /^((fields|pricing|privacy)\/.*|program\.ts)$/],
  [2.5, /^insights\//],
  [3, /^(config(-shape)?\.ts|state\/.*)$/],
  [4, /^(sources|destinations|anonymise)\//],
  [5, /^(pipeline\/.*|machine\.ts)$/],
  [6, /^((redaction|exclusion|window|mapped|making|batches|rests|ship|run|preview|reconcile)\.ts|install\/.*)$/],
  [6.5, /^health\//],
  [7, /^(worker|round|ui)\.ts$/],
  [7.5, /^commands\/checks\//],
  [8, /^(hook\.ts|commands\/.*)$/],
  [9, /^cli\//],
  [9.5, /^cli\.ts$/],
  [10, /^main\.ts$/],
];

/** Each package has one home, so that what a start costs can be seen from the imports. */
const HOMES: { [packageName: string]: string } = {
  yargs: 'cli.ts',
  '@inquirer/prompts': 'commands/wizard.ts',
  chalk: 'ui.ts',
  'p-limit': 'run.ts',
  'stream-json': 'lib/oversized-json.ts',
  'jsonc-parser': 'lib/json-text.ts',
  '@secretlint/secretlint-rule-preset-recommend': 'privacy/maintained-rules.ts',
  '@secretlint/types': 'privacy/maintained-rules.ts',
};

interface Import {
  from: string;
  /** A file below src, or the name of a package. */
  to: string;
  isPackage: boolean;
  isDynamic: boolean;
  isType: boolean;
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const imports = files.flatMap(importsOf);

function importsOf(from: string): Import[] {
  const text = readFileSync(join(SOURCE, from), 'utf8');
  const found = text.matchAll(/^(?:import|export)( type)?[^;'"]*?from '([^']+)'|import\('([^']+)'\)/gm);
  return Array.from(found, ([, type, fixed, dynamic]) => {
    const name = fixed ?? dynamic ?? '';
    const isPackage = !name.startsWith('.');
    const to = isPackage ? packageName(name) : normalize(join(dirname(from), name));
    return { from, to, isPackage, isDynamic: dynamic !== undefined, isType: type !== undefined };
  });
}

function packageName(specifier: string): string {
  return specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : (specifier.split('/')[0] ?? '');
}

function floorOf(file: string): number {
  const floor = FLOORS.find(([, pattern]) => pattern.test(file));
  if (floor === undefined) throw new Error(`${file} has no floor: give it a place in FLOORS, or another home`);
  return floor[0];
}

/** In one folder, or in the folder of parts that a file has beside it: `otlp.ts` and `otlp/`. */
function isSameRoom(from: string, to: string): boolean {
  const [room, other] = [dirname(from), dirname(to)];
  return room === other || room.startsWith(`${other}/`) || other.startsWith(`${room}/`);
}

/** What a file loads before it can run: its imports that are neither dynamic nor erased, and theirs. */
function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { to, isPackage } of imports.filter((one) => one.from === file && !one.isDynamic && !one.isType)) {
    if (isPackage) seen.add(to);
    else loadedBy(to, seen);
  }
  return seen;
}

/** A way by imports from a file back to one of those before it, where there is any. */
function circleFrom(file: string, way: readonly string[], known: Set<string>): readonly string[] | undefined {
  if (way.includes(file)) return [...way, file];
  if (known.has(file)) return undefined;
  known.add(file);
  const targets = imports.filter(({ from, isPackage }) => from === file && !isPackage);
  for (const { to } of targets) {
    const circle = circleFrom(to, [...way, file], known);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

describe('the floors', () => {
  test('every file has one', () => {
    expect(files.map(floorOf)).not.toHaveLength(0);
  });

  test('an import points down or stays in its folder', () => {
    const upward = imports
      .filter(({ isPackage }) => !isPackage)
      .filter(({ from, to }) => floorOf(to) >= floorOf(from) && !isSameRoom(from, to));
    expect(upward).toEqual([]);
  });

  test('two folders on one floor do not know each other', () => {
    const sideways = imports
      .filter(({ isPackage }) => !isPackage)
      .filter(({ from, to }) => floorOf(to) === floorOf(from) && !isSameRoom(from, to));
    expect(sideways).toEqual([]);
  });

  test('no file comes back to itself by imports, those of types included', () => {
    const known = new Set<string>();
    expect(files.flatMap((file) => circleFrom(file, [], known) ?? [])).toEqual([]);
  });

  test('a verb of the line never imports another verb, except for its types', () => {
    const verbs = imports.filter(
      ({ from, to, isType }) => from.startsWith('pipeline/') && to.startsWith('pipeline/') && !isType,
    );
    expect(verbs).toEqual([]);
  });

  test.each(['sources', 'destinations'])('a member of %s imports its contract, never a sibling', (folder) => {
    const contract = `${folder}/${folder.slice(0, -1)}.ts`;
    const siblings = imports
      .filter(({ from, to }) => from.startsWith(`${folder}/`) && to.startsWith(`${folder}/`))
      .filter(({ from, to }) => from !== `${folder}/index.ts` && to !== contract && !SHARED.has(to))
      .filter(({ from, to }) => memberOf(from) !== memberOf(to));
    expect(siblings).toEqual([]);
  });
});

/** `destinations/otlp` for that file and for each in the folder of its name. */
function memberOf(file: string): string {
  return file.split('/').slice(0, 2).join('/').replace(/\.ts$/, '');
}

/** What the HTTP destinations share. */
const SHARED = new Set(
  ['outcome', 'transport', 'options', 'endpoint', 'headers', 'tls', 'parts'].map(
    (part) => `destinations/http-${part}.ts`,
  ),
);

describe('the packages', () => {
  test('each is imported in its one home', () => {
    const strangers = imports
      .filter(({ to, isPackage, isType }) => isPackage && !isType && !to.startsWith('node:'))
      .filter(({ from, to }) => HOMES[to] !== from);
    expect(strangers).toEqual([]);
  });

  test('each that was asked for has its job', () => {
    expect(Object.keys(HOMES).filter((name) => !imports.some(({ to }) => to === name))).toEqual([]);
  });

  test('the hook loads p-limit and nothing else of others', () => {
    const packages = [...loadedBy('hook.ts')].filter((name) => !name.endsWith('.ts') && !name.startsWith('node:'));
    expect(packages).toEqual(['p-limit']);
  });

  test('the bin loads nothing before it knows what for', () => {
    expect([...loadedBy('main.ts')]).toEqual(['main.ts']);
  });

  test('the command line loads no command before it is called', () => {
    expect([...loadedBy('cli.ts')].filter((name) => name.startsWith('commands/'))).toEqual([]);
  });
});

describe('the registries', () => {
  test.each([
    ['sources', ['source.ts', 'index.ts', 'agent-meta.ts']],
    ['destinations', ['destination.ts', 'index.ts', ...SHARED].map((path) => basename(path))],
  ])('every file of %s is registered', (folder, others) => {
    const members = readdirSync(join(SOURCE, folder))
      .filter((name) => name.endsWith('.ts'))
      .filter((name) => !others.some((other) => other === name));
    const registered = imports
      .filter(({ from, isPackage }) => from === `${folder}/index.ts` && !isPackage)
      .map(({ to }) => to.slice(folder.length + 1));
    expect(registered).toEqual(expect.arrayContaining(members));
  });
});
