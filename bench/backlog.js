/** A backlog of history into a file, against a bare loop that reads, splits and parses the same bytes. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeCorpus } from './corpus.js';
import { BIN, median, usageOf } from './measure.js';

const BACKLOG_BYTES = 200_000_000;
const ROUNDS = 3;

export async function benchBacklog() {
  const home = mkdtempSync(join(tmpdir(), 'stopwire-bench-'));
  try {
    const projects = join(home, '.claude', 'projects');
    const megabytes = writeCorpus(join(projects, 'backlog')) / 1e6;
    const rounds = Array.from({ length: ROUNDS }, () => ({ plain: plainLoop(projects), run: drain(home) }));
    const of = (who, figure) => median(rounds.map((round) => round[who][figure]));
    const rate = (who) => `${(megabytes / (of(who, 'ms') / 1000)).toFixed(0)} MB/s`;
    return [
      {
        what: `${megabytes.toFixed(0)} MB into file`,
        value: rate('run'),
        against: `read + split + JSON.parse (${rate('plain')})`,
        ratio: of('plain', 'ms') / of('run', 'ms'),
      },
      {
        what: 'peak memory of that',
        value: `${of('run', 'peakMb').toFixed(0)} MB`,
        against: `the same loop (${of('plain', 'peakMb').toFixed(0)} MB)`,
        ratio: of('run', 'peakMb') / of('plain', 'peakMb'),
      },
    ];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function drain(home) {
  const output = join(home, 'records.ndjson');
  const env = { HOME: home, PATH: process.env.PATH };
  for (const own of ['.config', '.local', 'records.ndjson']) rmSync(join(home, own), { recursive: true, force: true });
  usageOf([BIN, 'install', '--no-auto-update', '--file', output], env);
  const usage = usageOf([BIN, 'run'], env);
  if (statSync(output).size < BACKLOG_BYTES / 2) throw new Error('the backlog did not arrive');
  return usage;
}

function plainLoop(projects) {
  return usageOf([fileURLToPath(new URL('plain-loop.js', import.meta.url)), join(projects, 'backlog')], {
    PATH: process.env.PATH,
  });
}
