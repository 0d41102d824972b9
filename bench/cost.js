/** `stopwire cost` on a store of about 500 MB, against reading that file once. */
import { execFileSync } from 'node:child_process';
import { closeSync, cpSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { BIN, median, usageOf, wallMs } from './measure.js';

const STORE_BYTES = 500_000_000;
const ROUNDS = 5;
const GROUPINGS = ['session', 'project', 'day'];

export async function benchCost() {
  const home = mkdtempSync(join(tmpdir(), 'stopwire-bench-'));
  try {
    const env = { HOME: home, PATH: process.env.PATH, TZ: 'Europe/Berlin' };
    const path = join(home, '.local', 'share', 'stopwire', 'records.db');
    await fill(path, recordsOf(home, env));
    const megabytes = statSync(path).size / 1e6;
    const reading = median(Array.from({ length: ROUNDS }, () => readMs(path)));
    const rows = [];
    for (const by of GROUPINGS) {
      const asking = await askMs(by, env);
      rows.push({
        what: `cost by ${by}, ${megabytes.toFixed(0)} MB of records`,
        value: `${asking.toFixed(0)} ms`,
        against: `reading the file (${reading.toFixed(0)} ms)`,
        ratio: asking / reading,
      });
    }
    return rows;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function askMs(by, env) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(await wallMs(process.execPath, [BIN, 'cost', '--by', by], { env }));
  }
  return median(rounds);
}

/** Every transcript of the fixtures as records. */
function recordsOf(home, env) {
  const samples = fileURLToPath(new URL('../fixtures/transcripts', import.meta.url));
  cpSync(samples, join(home, '.claude', 'projects'), { recursive: true });
  usageOf([BIN, 'install', '--no-auto-update', '--local', '--yes'], env);
  usageOf([BIN, 'run'], env);
  const exported = execFileSync(process.execPath, [BIN, 'export'], { env, maxBuffer: 1e9, encoding: 'utf8' });
  return exported.split('\n').filter((line) => line !== '');
}

/** The same sessions over and over, each time under other ids and on another day. */
async function fill(path, lines) {
  rmSync(path, { force: true });
  const { openStore } = await storeModule();
  const store = openStore(path);
  for (let round = 0; statSync(path).size < STORE_BYTES; round += 1) {
    const records = lines.map((line) => renamed(JSON.parse(line), round));
    store.upsert(
      records,
      records.map((record) => JSON.stringify(record)),
    );
  }
  store.close();
}

const IDS = ['id', 'session_id', 'message_id', 'request_session_id', 'row_id', 'request_ref'];

function renamed(record, round) {
  for (const name of IDS) if (record[name] !== undefined) record[name] = `${record[name]}-${round}`;
  if (record.timestamp) record.timestamp = new Date(Date.parse(record.timestamp) - round * 86_400_000).toISOString();
  return record;
}

/** Below node_modules, where it finds the driver. */
async function storeModule() {
  const folder = mkdtempSync(fileURLToPath(new URL('../node_modules/.bench-', import.meta.url)));
  try {
    const outfile = join(folder, 'store.mjs');
    const entry = fileURLToPath(new URL('../src/state/store.ts', import.meta.url));
    await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node', external: ['libsql'] });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readMs(path) {
  const buffer = Buffer.alloc(1_048_576);
  const startedAt = performance.now();
  const file = openSync(path, 'r');
  while (readSync(file, buffer) > 0);
  closeSync(file);
  return performance.now() - startedAt;
}
