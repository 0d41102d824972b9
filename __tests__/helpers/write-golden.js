/**
 * Writes fixtures/expected anew: the records of whole sessions, and what destinations send for some. The difference is
 * to be read before it is committed. Names on the command line are those of destinations, and write theirs alone.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));
const destinations = process.argv.slice(2);

// Two folders below the root, as the helpers are: they find the fixtures from there.
const folder = mkdtempSync(join(ROOT, 'node_modules', '.golden-'));
try {
  await build({
    entryPoints: ['golden.ts', 'expected-bodies.ts'].map((name) => join(HERE, name)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['libsql'],
    logLevel: 'warning',
  });
  const load = (name) => import(pathToFileURL(join(folder, name)).href);
  if (destinations.length === 0) writeRecords(await load('golden.mjs'));
  await writeBodies(await load('expected-bodies.mjs'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function writeRecords({ goldenCases, goldenPath, goldenText }) {
  const expected = dirname(goldenPath('x'));
  mkdirSync(expected, { recursive: true });
  for (const name of readdirSync(expected)) {
    if (!goldenCases.includes(basename(name, '.json'))) rmSync(join(expected, name));
  }
  for (const name of goldenCases) writeFileSync(goldenPath(name), goldenText(name));
}

async function writeBodies({ expectedCases, expectedText }) {
  for (const one of expectedCases()) {
    const isAsked = destinations.length === 0 || destinations.includes(one.destination);
    if (isAsked) writeFileSync(one.path, await expectedText(one));
  }
}
