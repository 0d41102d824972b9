/** read, map and price, against a bare loop that reads, splits and parses the same bytes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { corpora, writeCorpus } from './corpus.js';
import { median, usageOf } from './measure.js';

const CORPUS_BYTES = 200_000_000;
const ROUNDS = 3;
const PRICING = fileURLToPath(new URL('../pricing', import.meta.url));
const PLAIN_LOOP = fileURLToPath(new URL('plain-loop.js', import.meta.url));

export async function benchMapping() {
  const folder = mkdtempSync(join(tmpdir(), 'stopwire-bench-'));
  try {
    const program = await bundleLoop(folder);
    return corpora().flatMap(({ shape, lines }, index) => {
      const corpus = join(folder, `corpus-${index}`);
      const bytes = writeCorpus(corpus, CORPUS_BYTES, lines);
      return rowsOf(program, corpus, { bytes, about: shape });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowsOf(program, corpus, { bytes, about }) {
  const env = { PATH: process.env.PATH };
  const rounds = Array.from({ length: ROUNDS }, () => ({
    plain: usageOf([PLAIN_LOOP, corpus], env),
    mapping: usageOf([program, corpus, PRICING], env),
  }));
  const of = (who, figure) => median(rounds.map((round) => round[who][figure]));
  const rate = (who) => `${(bytes / 1e6 / (of(who, 'ms') / 1000)).toFixed(0)} MB/s`;
  return [
    {
      what: `read + map + price, ${Math.round(bytes / 1e6)} MB: ${about}`,
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
