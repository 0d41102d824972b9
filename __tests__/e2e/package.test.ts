import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { samples } from '../../src/commands/samples.ts';
import { hasNodeSqlite } from '../../src/state/sqlite.ts';
import { npmEnvironment, pack, type Packed } from '../helpers/packed.ts';
import { BIN, runToEnd } from '../helpers/sandbox.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const COUNTS = { sessions: expect.any(Number), records: expect.any(Number), costUsd: expect.any(Number) };
/** Of the name, what npm calls the package. */
const IMPORT = /^import (?!type).*? from '(?!node:|\.)((?:@[^/']+\/)?[^/']+)/gms;
/** Bytes. `npx` fetches the first of them, and an installation keeps the program's part of the second. */
const MAX_TARBALL = 1_000_000;
const MAX_UNPACKED = 4_000_000;

let folder: string;
let packed: Packed;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stopwire-package-'));
  packed = await pack(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const manifest = (): { [key: string]: { [name: string]: string } } => JSON.parse(read('package.json'));

describe('the packed tarball', () => {
  test('installed in an empty folder, it runs the demo by npx, and no script of it runs before', async () => {
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    // Where Node has SQLite itself, nothing is left to fetch.
    const without = hasNodeSqlite() ? ['--omit=optional', '--offline'] : [];
    const args = ['install', '--no-audit', '--no-fund', '--foreground-scripts', ...without, packed.filename];
    const installed = await runToEnd('npm', args, { cwd: folder, env: npmEnvironment() });
    expect(installed.code).toBe(0);
    // npm names each script that it runs in the foreground, or that it waits to be allowed: `> stopwire@0.1.0 prepare`.
    expect(installed.stdout + installed.stderr).not.toContain('stopwire@');
    const demo = await runToEnd('npx', ['--no-install', 'stopwire', 'demo', '--json'], {
      cwd: folder,
      env: npmEnvironment(),
    });
    expect(demo).toMatchObject({ code: 0 });
    expect(JSON.parse(demo.stdout)).toMatchObject(COUNTS);
    expect(JSON.parse(demo.stdout).sessions).toBeGreaterThan(20);
  });

  test('holds the program, the plugin, prices, schema, documents and samples, and no source, test or secret', () => {
    const paths = packed.files.map(({ path }) => path);
    const roots = new Set(paths.map((path) => path.split('/')[0]));
    expect(roots).toEqual(
      new Set([
        '.claude-plugin',
        'ARCHITECTURE.md',
        'CHANGELOG.md',
        'CONTRIBUTING.md',
        'LICENSE',
        'README.md',
        'dist',
        'docs',
        'fixtures',
        'hooks',
        'package.json',
        'pricing',
        'schema',
      ]),
    );
    const transcripts = new Set(paths.flatMap((path) => /^fixtures\/transcripts\/([^/]+)/.exec(path)?.[1] ?? []));
    expect(transcripts).toEqual(new Set(samples));
    const kinds = new Set(paths.filter((path) => path.startsWith('dist/')).map((path) => path.replace(/^.*\./, '')));
    expect(kinds).toEqual(new Set(['js', 'txt']));
  });

  test('holds every file that its README names', () => {
    const links = Array.from(read('README.md').matchAll(/\]\(([^):#]+)(?:#[^)]*)?\)/g), ([, path]) => path);
    expect(links).toContain('docs/deploy.md');
    expect(packed.files.map(({ path }) => path)).toEqual(expect.arrayContaining(links));
  });

  test('is small, and its bin alone can be executed', () => {
    expect(packed.size).toBeLessThan(MAX_TARBALL);
    expect(packed.unpackedSize).toBeLessThan(MAX_UNPACKED);
    const executable = packed.files.filter(({ mode }) => (mode & 0o111) !== 0).map(({ path }) => path);
    expect(executable).toEqual(['dist/main.js']);
    expect(read('dist/main.js')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test('brings nothing along that a user’s npm would run, and one optional package', () => {
    const { scripts = {}, optionalDependencies, dependencies } = manifest();
    // npm runs `prepare` in a checkout only: at its own `npm install`, and before it packs.
    const atInstall = /^(?:(?:pre|post)?install|(?:pre|post)prepare|prepublish)$/;
    expect(Object.keys(scripts).filter((name) => atInstall.test(name))).toEqual([]);
    expect(packed.files.some(({ path }) => path.endsWith('.gyp'))).toBe(false);
    expect({ dependencies, optional: Object.keys(optionalDependencies ?? {}) }).toEqual({ optional: ['libsql'] });
  });

  test('asks for the Node that the program is built for', async () => {
    const target = /target: 'node([\d.]+)'/.exec(read('build.js'))?.[1];
    expect(manifest()['engines']).toEqual({ node: `>=${target}.0` });
  });
});

describe('the licences of what is bundled', () => {
  const sections = (): string[] =>
    read('dist/licenses.txt')
      .split(`\n\n${'-'.repeat(80)}\n\n`)
      .slice(1);

  test('stand in dist/licenses.txt: of each package that a source imports, and of those that these import', () => {
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ts'),
    );
    const imported = sources
      .flatMap((path) => Array.from(read(join('src', path)).matchAll(IMPORT), ([, name = '']) => name))
      // It hands other packages on, and has no code of its own.
      .filter((name) => name !== '@inquirer/prompts');
    const named = sections().map((section) => section.replace(/ .*$/s, ''));
    expect(imported).toEqual(expect.arrayContaining(['chalk', 'jsonc-parser']));
    expect(named).toEqual(expect.arrayContaining([...imported, 'yargs-parser', 'y18n', '@inquirer/core']));
    expect(named).not.toContain('esbuild');
  });

  test('come with the copyright, and with those of code inside of a package', () => {
    for (const section of sections()) expect(section).toMatch(/^\S+ [\d.]+ \(.+\)\n\n.*copyright/is);
    expect(sections().filter((section) => section.includes('jQuery Foundation'))).toHaveLength(1);
  });

  test('allow it', () => {
    const licences = sections().map((section) => /\((.+)\)/.exec(section)?.[1]);
    expect(new Set(licences)).toEqual(new Set(['BSD-3-Clause', 'ISC', 'MIT']));
  });
});

describe('the workflows', () => {
  const workflows = readdirSync(join(ROOT, '.github', 'workflows')).map((name) => join('.github', 'workflows', name));

  test.each(workflows)('%s runs no action but one pinned by its commit, and may write nothing', (path) => {
    const uses = Array.from(read(path).matchAll(/uses: (.*)/g), ([, action]) => action);
    expect(uses.length).toBeGreaterThan(0);
    for (const action of uses) expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    expect(read(path)).toMatch(/^permissions:\n {2}contents: read$/m);
    expect(read(path)).not.toMatch(/secrets\.|(?:contents|packages|actions): write/);
  });

  test('a release is tested first, and published with a provenance statement and without a token', () => {
    const release = read('.github/workflows/release.yml');
    const [tested = '', publish = ''] = release.split(/^ {2}publish:$/m);
    expect(tested).toContain('run: .ci/run');
    expect(tested).not.toContain('id-token');
    expect(publish).toMatch(/needs: test\n/);
    expect(publish).toMatch(/permissions:\n {6}contents: read\n {6}id-token: write\n/);
    expect(publish).toContain('npm publish --provenance');
  });
});

describe('the demo', () => {
  test('leaves nothing behind, and ends with the table and where to look next', async () => {
    const home = mkdtempSync(join(folder, 'home-'));
    const temp = mkdtempSync(join(folder, 'tmp-'));
    const env = { HOME: home, TMPDIR: temp, PATH: process.env['PATH'], NO_COLOR: '1' };
    const { code, stdout, stderr } = await runToEnd(process.execPath, [BIN, 'demo'], { cwd: home, env });
    expect(code).toBe(0);
    for (const row of ['sessions', 'output tokens', 'cost (list price)', 'tools']) expect(stdout).toContain(row);
    expect(stderr).toContain('npx stopwire install');
    expect([...readdirSync(home), ...readdirSync(temp)]).toEqual([]);
  });
});
