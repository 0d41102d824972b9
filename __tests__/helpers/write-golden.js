/** Writes fixtures/expected/records anew. The difference is to be read before it is committed. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

// Two folders below the root, as the helpers are: they find the fixtures from there.
const folder = mkdtempSync(join(ROOT, 'node_modules', '.golden-'));
try {
  const outfile = join(folder, 'golden.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('golden.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['libsql'],
    logLevel: 'warning',
  });
  const { goldenCases, goldenPath, goldenText } = await import(pathToFileURL(outfile).href);
  const expected = dirname(goldenPath('x'));
  mkdirSync(expected, { recursive: true });
  for (const name of readdirSync(expected)) {
    if (!goldenCases.includes(basename(name, '.json'))) rmSync(join(expected, name));
  }
  for (const name of goldenCases) writeFileSync(goldenPath(name), goldenText(name));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
