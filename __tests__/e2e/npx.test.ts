/** An installation by npx: what the hook needs is copied, and neither the cache nor an older copy is needed any more. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { hasNodeSqlite } from '../../src/state/sqlite.ts';
import { expectedIds, idsOf } from '../helpers/expected.ts';
import { pack } from '../helpers/packed.ts';
import { makeSandbox, runToEnd, type Sandbox } from '../helpers/sandbox.ts';

const MODULES = join(import.meta.dirname, '..', '..', 'node_modules');
/** Where Node has no SQLite of its own: the package and what it needs. */
const SQLITE = ['libsql', '@libsql', '@neon-rs', 'detect-libc'];

let packed: string;
beforeAll(async () => {
  packed = mkdtempSync(join(tmpdir(), 'stopwire-npx-'));
  const { filename } = await pack(packed);
  await runToEnd('tar', ['-xzf', filename], { cwd: packed, env: process.env });
});
afterAll(() => rmSync(packed, { recursive: true, force: true }));

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox(['2.1.329-simple']);
});
afterEach(() => sandbox.remove());

/** The package of that version in a cache as npx has it; answers its bin. */
function cached(version: string): string {
  const modules = join(sandbox.home, '.npm', '_npx', version, 'node_modules');
  const own = join(modules, 'stopwire');
  cpSync(join(packed, 'package'), own, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8'));
  writeFileSync(join(own, 'package.json'), JSON.stringify({ ...manifest, version }));
  if (!hasNodeSqlite()) {
    for (const name of SQLITE) cpSync(join(MODULES, name), join(modules, name), { recursive: true });
  }
  return join(own, 'dist', 'main.js');
}

async function install(version: string): Promise<void> {
  const { env, home } = sandbox;
  const args = [cached(version), 'install', '--yes', '--local'];
  expect(await runToEnd(process.execPath, args, { env, cwd: home })).toMatchObject({ code: 0 });
  rmSync(join(home, '.npm'), { recursive: true });
}

const copies = (): string[] => readdirSync(sandbox.data).filter((name) => /^\d|^new/.test(name));
const projects = (): string => join(sandbox.claude, 'projects');

describe('installed from a cache that is gone', () => {
  test('the hook delivers to the embedded store', async () => {
    await install('1.0.0');
    await sandbox.fireAndSettle();
    expect(idsOf(await sandbox.exported())).toEqual(expectedIds(projects()));
    expect(readFileSync(join(sandbox.data, 'hook'), 'utf8')).not.toContain('_npx');
  });
});

describe('another version, or the same once more', () => {
  test('takes the place of the one before', async () => {
    await install('1.0.0');
    await install('1.0.1');
    expect(copies()).toEqual(['1.0.1']);
    await install('1.0.1');
    expect(copies()).toEqual(['1.0.1']);
    await install('1.0.0');
    expect(copies()).toEqual(['1.0.0']);
    await sandbox.fireAndSettle();
    expect(idsOf(await sandbox.exported())).toEqual(expectedIds(projects()));
  });

  test('leaves the copy that a worker runs from until the next time, and the worker delivers', async () => {
    await install('1.0.0');
    const old = join(sandbox.data, '1.0.0', 'dist', 'main.js');
    // It has loaded nothing yet that it needs to deliver: its standard input stays open for a moment.
    mkdirSync(sandbox.state, { recursive: true });
    writeFileSync(join(sandbox.state, 'wake'), '');
    const worker = spawn(process.execPath, [old, 'hook'], { env: sandbox.env, stdio: ['pipe', 'ignore', 'ignore'] });
    const ended = once(worker, 'exit');
    await install('1.0.1');
    expect(copies()).toEqual(['1.0.0', '1.0.1']);
    worker.stdin.end();
    expect(await ended).toEqual([0, null]);
    await sandbox.settle();
    expect(idsOf(await sandbox.exported())).toEqual(expectedIds(projects()));
    await install('1.0.1');
    expect(copies()).toEqual(['1.0.1']);
    expect(existsSync(old)).toBe(false);
  });
});
