/** A backlog of history into a file, against a bare loop that reads, splits and parses the same bytes. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BIN, median, usageOf } from './measure.js';

const BACKLOG_BYTES = 200_000_000;
const FILE_BYTES = 5_000_000;
const ROUNDS = 3;

export async function benchBacklog() {
  const home = mkdtempSync(join(tmpdir(), 'stopwire-bench-'));
  try {
    const projects = join(home, '.claude', 'projects');
    const megabytes = writeBacklog(projects) / 1e6;
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

/** Real lines, over and over, in files of a few megabytes. Answers the bytes written. */
function writeBacklog(projects) {
  const samples = fileURLToPath(new URL('../fixtures/transcripts', import.meta.url));
  const text = readdirSync(samples, { recursive: true })
    .filter((name) => name.endsWith('.jsonl') && !name.endsWith('journal.jsonl'))
    .flatMap((name) => readFileSync(join(samples, name), 'utf8').split('\n'))
    .filter((line) => line.trim() !== '')
    .map((line) => `${line}\n`)
    .join('');
  const file = text.repeat(Math.ceil(FILE_BYTES / text.length));
  mkdirSync(join(projects, 'backlog'), { recursive: true });
  let bytes = 0;
  for (let index = 0; bytes < BACKLOG_BYTES; index += 1) {
    const path = join(projects, 'backlog', `${index}.jsonl`);
    writeFileSync(path, file);
    bytes += statSync(path).size;
  }
  return bytes;
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
