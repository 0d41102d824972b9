/** What it takes to bring 100,000 records to each destination that speaks HTTP, against the one that only joins them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { corpora, writeCorpus } from './corpus.js';
import { BIN, median, usageOf } from './measure.js';

/** Of the fixtures' lines, about 100,000. */
const BYTES = 61_000_000;
const ROUNDS = 3;
const SINK = fileURLToPath(new URL('sink.js', import.meta.url));
const EXPECTED = fileURLToPath(new URL('../fixtures/expected', import.meta.url));

export async function benchDestinations() {
  const home = mkdtempSync(join(tmpdir(), 'stopwire-bench-'));
  const sink = spawn(process.execPath, [SINK]);
  try {
    const [port] = await once(sink.stdout, 'data');
    const [{ lines }] = corpora();
    writeCorpus(join(home, '.claude', 'projects', 'backlog'), BYTES, lines);
    const server = `http://127.0.0.1:${String(port).trim()}`;
    const all = [{ name: 'http', kind: 'http', options: { endpoint: server } }, ...reviewed(server)];
    const rounds = Array.from({ length: ROUNDS }, () => all.map((destination) => drain(home, destination)));
    const of = (index, figure) => median(rounds.map((round) => round[index][figure]));
    return all.map(({ name }, index) => {
      return {
        what: `${rounds[0][index].records.toLocaleString('en')} records to ${name}, CPU`,
        value: `${(of(index, 'cpuMs') / 1000).toFixed(1)} s, ${of(index, 'peakMb').toFixed(0)} MB`,
        against: `to http (${(of(0, 'cpuMs') / 1000).toFixed(1)} s)`,
        ratio: of(index, 'cpuMs') / of(0, 'cpuMs'),
      };
    });
  } finally {
    sink.kill();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Those that the expected bodies were written with, but with batches as large as they are by default. */
function reviewed(server) {
  const names = readdirSync(EXPECTED).filter((name) => readdirSync(join(EXPECTED, name)).includes('destination.json'));
  return names.map((name) => {
    const text = readFileSync(join(EXPECTED, name, 'destination.json'), 'utf8').replaceAll('<server>', server);
    const { kind, options } = JSON.parse(text);
    return { name, kind, options: { ...options, maxRecords: undefined } };
  });
}

function drain(home, { name, kind, options }) {
  for (const own of ['.config', '.local']) rmSync(join(home, own), { recursive: true, force: true });
  const config = join(home, '.config', 'stopwire');
  mkdirSync(config, { recursive: true, mode: 0o700 });
  const destinations = [{ name, kind, redaction: 'none', options }];
  const text = JSON.stringify({ version: 1, claudeDirectories: [], destinations });
  writeFileSync(join(config, 'config.json'), text, { mode: 0o600 });
  const usage = usageOf([BIN, 'run', '--json'], { HOME: home, PATH: process.env.PATH });
  const [report] = JSON.parse(usage.stdout).destinations;
  if (report.state !== 'current') throw new Error(`${name}: ${report.reason}`);
  return { ...usage, records: report.records };
}
