import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { samples } from '../../src/commands/samples.ts';
import { hasNodeSqlite } from '../../src/state/sqlite.ts';
import { BIN, runToEnd } from '../helpers/sandbox.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const COUNTS = { sessions: expect.any(Number), records: expect.any(Number), costUsd: expect.any(Number) };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stopwire-package-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A bare environment with a HOME of its own, and the registry settings of the machine. */
function environment(): NodeJS.ProcessEnv {
  const npm = Object.entries(process.env).filter(([name]) => /^npm_config_(?!ignore|prefix|local)/i.test(name));
  return { ...Object.fromEntries(npm), HOME: process.env['HOME'], PATH: process.env['PATH'], NO_COLOR: '1' };
}

describe('the packed tarball', () => {
  test('installed in an empty folder, it runs the demo by npx and needs nothing of the checkout', async () => {
    const packed = await runToEnd('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: ROOT,
      env: environment(),
    });
    expect(packed.code).toBe(0);
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'missing';
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    // Where Node has SQLite itself, nothing is left to fetch.
    const without = hasNodeSqlite() ? ['--omit=optional', '--offline'] : [];
    const installed = await runToEnd('npm', ['install', '--no-audit', '--no-fund', ...without, join(folder, tarball)], {
      cwd: folder,
      env: environment(),
    });
    expect(installed.code).toBe(0);
    const demo = await runToEnd('npx', ['--no-install', 'stopwire', 'demo', '--json'], {
      cwd: folder,
      env: environment(),
    });
    expect(demo).toMatchObject({ code: 0 });
    expect(JSON.parse(demo.stdout)).toMatchObject(COUNTS);
    expect(JSON.parse(demo.stdout).sessions).toBeGreaterThan(20);
  });

  test('holds the program, prices, schema and samples, and no source, test or secret', async () => {
    const { stdout } = await runToEnd('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
      env: environment(),
    });
    const [{ files }] = JSON.parse(stdout);
    const paths: string[] = files.map(({ path }: { path: string }) => path);
    const roots = new Set(paths.map((path) => path.split('/')[0]));
    expect(roots).toEqual(new Set(['LICENSE', 'README.md', 'dist', 'fixtures', 'package.json', 'pricing', 'schema']));
    const packed = new Set(paths.flatMap((path) => /^fixtures\/transcripts\/([^/]+)/.exec(path)?.[1] ?? []));
    expect(packed).toEqual(new Set(samples));
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
