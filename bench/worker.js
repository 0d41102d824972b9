/** What a worker costs the machine: its memory whatever waits, and how soon the live session is current. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeCorpus } from './corpus.js';
import { BIN, startUsage, usageOf } from './measure.js';

const LIVE = JSON.stringify({
  type: 'user',
  uuid: '11111111-1111-4111-8111-111111111111',
  sessionId: 'live',
  message: { role: 'user', content: 'The line that the hook was fired for.' },
});
const FILES = 100_000;

/** What waits when the hook fires for a session of one line. */
const BACKLOGS = [
  { what: '10 MB', fill: (projects) => writeCorpus(join(projects, 'old'), 10_000_000) },
  { what: '1 GB', fill: (projects) => writeCorpus(join(projects, 'old'), 1_000_000_000) },
  { what: '100,000 files', fill: writeManyFiles },
];

export async function benchWorker() {
  const alone = await worker(() => undefined);
  const rows = [];
  for (const { what, fill } of BACKLOGS) {
    const { peakMb, liveMs } = await worker(fill);
    rows.push(
      {
        what: `peak memory of a worker, ${what} waiting`,
        value: `${peakMb.toFixed(0)} MB`,
        against: `nothing waiting (${alone.peakMb.toFixed(0)} MB)`,
        ratio: peakMb / alone.peakMb,
      },
      {
        what: `until the live session is delivered, ${what} waiting`,
        value: `${liveMs.toFixed(0)} ms`,
        against: `nothing waiting (${alone.liveMs.toFixed(0)} ms)`,
        ratio: liveMs / alone.liveMs,
      },
    );
  }
  return rows;
}

async function worker(fill) {
  const home = mkdtempSync(join(tmpdir(), 'stopwire-bench-'));
  try {
    const projects = join(home, '.claude', 'projects');
    const output = join(home, 'records.ndjson');
    const env = { HOME: home, PATH: process.env.PATH };
    mkdirSync(join(projects, 'live'), { recursive: true });
    fill(projects);
    usageOf([BIN, 'install', '--no-auto-update', '--file', output], env);
    const live = join(projects, 'live', 'live.jsonl');
    appendFileSync(live, `${LIVE}\n`);
    // As the launcher starts it.
    const args = ['--max-semi-space-size=4', BIN, 'hook'];
    const ended = startUsage(args, env, JSON.stringify({ transcript_path: live }));
    const startedAt = performance.now();
    while (!existsSync(output) || statSync(output).size === 0) await sleep(5);
    const liveMs = performance.now() - startedAt;
    const [first] = readFileSync(output).subarray(0, 65_536).toString().split('\n');
    if (!first.includes('11111111')) throw new Error('the live session did not come first');
    return { liveMs, ...(await ended) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function writeManyFiles(projects) {
  for (let index = 0; index < FILES; index += 1) {
    const folder = join(projects, `old-${index % 100}`);
    if (index < 100) mkdirSync(folder);
    writeFileSync(join(folder, `${index}.jsonl`), `${LIVE.replaceAll('1111', String(index).padStart(8, '0'))}\n`);
  }
}
