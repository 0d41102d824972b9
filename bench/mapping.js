/** read, map and price, against a bare loop that reads, splits and parses the same bytes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeCorpus } from './corpus.js';
import { median, usageOf } from './measure.js';

const ROUNDS = 3;
const PRICING = fileURLToPath(new URL('../pricing', import.meta.url));
const PLAIN_LOOP = fileURLToPath(new URL('plain-loop.js', import.meta.url));

export async function benchMapping() {
  const folder = mkdtempSync(join(tmpdir(), 'stopwire-bench-'));
  try {
    const corpus = join(folder, 'corpus');
    const megabytes = writeCorpus(corpus) / 1e6;
    const program = await bundleLoop(folder);
    const env = { PATH: process.env.PATH };
    const rounds = Array.from({ length: ROUNDS }, () => ({
      plain: usageOf([PLAIN_LOOP, corpus], env),
      mapping: usageOf([program, corpus, PRICING], env),
    }));
    const of = (who, figure) => median(rounds.map((round) => round[who][figure]));
    const rate = (who) => `${(megabytes / (of(who, 'ms') / 1000)).toFixed(0)} MB/s`;
    return [
      {
        what: `read + map + price, ${megabytes.toFixed(0)} MB`,
        value: `${rate('mapping')}, ${recordsPerSecond(rounds)} records/s`,
        against: `read + split + JSON.parse (${rate('plain')})`,
        ratio: of('plain', 'ms') / of('mapping', 'ms'),
      },
      {
        what: 'peak memory of that',
        value: `${of('mapping', 'peakMb').toFixed(0)} MB`,
        against: `the same loop (${of('plain', 'peakMb').toFixed(0)} MB)`,
        ratio: of('mapping', 'peakMb') / of('plain', 'peakMb'),
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The loop prints how many records it made. */
function recordsPerSecond(rounds) {
  return Math.round(median(rounds.map(({ mapping }) => Number(mapping.stdout) / (mapping.ms / 1000)))).toLocaleString(
    'en',
  );
}

async function bundleLoop(folder) {
  const outfile = join(folder, 'map-loop.mjs');
  const entry = fileURLToPath(new URL('map-loop.js', import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20.19' });
  return outfile;
}
