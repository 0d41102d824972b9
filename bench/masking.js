/** map, price and JSON with redaction, against the same without: what the privacy of a record costs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { median, usageOf } from './measure.js';

const ROUNDS = 3;
const LEVELS = ['none', 'content', 'metadata'];
const PRICING = fileURLToPath(new URL('../pricing', import.meta.url));
const SAMPLES = fileURLToPath(new URL('../fixtures/transcripts', import.meta.url));

export async function benchMasking() {
  const folder = mkdtempSync(join(tmpdir(), 'stopwire-bench-'));
  try {
    const program = await bundleLoop(folder);
    const rounds = Array.from({ length: ROUNDS }, () =>
      Object.fromEntries(['unmasked', ...LEVELS].map((level) => [level, recordsPerSecond(program, level)])),
    );
    const of = (level) => median(rounds.map((round) => round[level]));
    const rate = (level) => `${Math.round(of(level)).toLocaleString('en')} records/s`;
    return LEVELS.map((level) => ({
      what: `map + price + redaction at ${level}, all rules`,
      value: rate(level),
      against: `without redaction (${rate('unmasked')})`,
      ratio: of(level) / of('unmasked'),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function recordsPerSecond(program, level) {
  return Number(usageOf([program, SAMPLES, PRICING, level], { PATH: process.env.PATH }).stdout);
}

async function bundleLoop(folder) {
  const outfile = join(folder, 'masking-loop.mjs');
  const entry = fileURLToPath(new URL('masking-loop.js', import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20.19' });
  return outfile;
}
