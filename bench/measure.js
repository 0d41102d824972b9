/** Runs commands in child processes and measures them from outside; ratios are taken between medians of one run. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const BIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const REPORTER = new URL('report-usage.js', import.meta.url).href;

/** Runs a command to its end; answers wall ms. Throws where it fails, so that no failure is timed as a success. */
export async function wallMs(command, args, options = {}) {
  const startedAt = performance.now();
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'], env: options.env });
  child.stdin.on('error', () => {}).end(options.stdin ?? '');
  const [code] = await new Promise((resolve) => child.once('exit', (...ended) => resolve(ended)));
  const ms = performance.now() - startedAt;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  return ms;
}

/** Starts a Node script with this on its standard input; its promise answers what it used, when it has ended. */
export async function startUsage(args, env, stdin) {
  const folder = mkdtempSync(join(tmpdir(), 'stopwire-bench-usage-'));
  const report = join(folder, 'usage.json');
  try {
    await wallMs(process.execPath, ['--import', REPORTER, ...args], { env: { ...env, BENCH_USAGE: report }, stdin });
    return JSON.parse(readFileSync(report, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a Node script to its end; answers its wall ms, CPU ms, peak memory in MB and what it printed. */
export function usageOf(args, env) {
  const folder = mkdtempSync(join(tmpdir(), 'stopwire-bench-usage-'));
  const report = join(folder, 'usage.json');
  try {
    const startedAt = performance.now();
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', REPORTER, ...args], {
      env: { ...env, BENCH_USAGE: report },
      encoding: 'utf8',
    });
    const ms = performance.now() - startedAt;
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
    return { ms, stdout, ...JSON.parse(readFileSync(report, 'utf8')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
