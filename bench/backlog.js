/** A backlog of history into a file and to a collector, against a bare loop that reads, splits and parses its bytes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { corpora, writeCorpus } from './corpus.js';
import { BIN, median, usageOf } from './measure.js';

const BACKLOG_BYTES = 200_000_000;
const ROUNDS = 3;
const COLLECTOR = fileURLToPath(new URL('../__tests__/helpers/collector.js', import.meta.url));

const DESTINATIONS = [
  { name: 'a file', drain: (home) => drain(home, ['--file', join(home, 'records.ndjson')]) },
  { name: 'a collector that syncs each batch', drain: drainToCollector },
];

export async function benchBacklog() {
  const rows = [];
  for (const { shape, lines } of corpora()) {
    const home = mkdtempSync(join(tmpdir(), 'stopwire-bench-'));
    try {
      const bytes = writeCorpus(join(home, '.claude', 'projects', 'backlog'), BACKLOG_BYTES, lines);
      const about = `${Math.round(bytes / 1e6)} MB: ${shape}`;
      for (const destination of DESTINATIONS) rows.push(...(await rowsOf(home, destination, { about, bytes })));
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }
  return rows;
}

async function rowsOf(home, { name, drain: run }, { about, bytes }) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({ plain: plainLoop(home), run: await run(home), records: await recordsIn(home, bytes) });
  }
  const of = (who, figure) => median(rounds.map((round) => round[who][figure]));
  const rate = (who) => `${(bytes / 1e6 / (of(who, 'ms') / 1000)).toFixed(0)} MB/s`;
  const recordRate = Math.round(median(rounds.map((round) => round.records / (round.run.ms / 1000))));
  return [
    {
      what: `${about}, into ${name}`,
      value: `${rate('run')}, ${recordRate.toLocaleString('en')} records/s`,
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
}

function drain(home, destination) {
  const env = { HOME: home, PATH: process.env.PATH };
  for (const own of ['.config', '.local']) rmSync(join(home, own), { recursive: true, force: true });
  usageOf([BIN, 'install', '--no-auto-update', ...destination], env);
  return usageOf([BIN, 'run'], env);
}

/** With all content, as the file gets it; what the collector itself takes is spent on the same machine. */
async function drainToCollector(home) {
  const collector = spawn(process.execPath, [COLLECTOR, join(home, 'records.ndjson')]);
  try {
    const [port] = await once(collector.stdout, 'data');
    return drain(home, ['--endpoint', `http://127.0.0.1:${String(port).trim()}`, '--redaction', 'none']);
  } finally {
    collector.kill();
  }
}

/** Counts what has arrived, and makes room for the next round. */
async function recordsIn(home, bytes) {
  const path = join(home, 'records.ndjson');
  let size = 0;
  let records = 0;
  for await (const chunk of createReadStream(path)) {
    size += chunk.length;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) records += 1;
  }
  rmSync(path);
  if (size < bytes / 2) throw new Error('the backlog did not arrive');
  return records;
}

function plainLoop(home) {
  const loop = fileURLToPath(new URL('plain-loop.js', import.meta.url));
  return usageOf([loop, join(home, '.claude', 'projects', 'backlog')], { PATH: process.env.PATH });
}
