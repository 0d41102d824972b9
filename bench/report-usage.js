/** Loaded into a measured process: notes at its exit what it used. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMb: peakKib() / 1024 };
  writeFileSync(process.env.BENCH_USAGE, JSON.stringify(usage));
});

/** On Linux maxRSS also counts the process that this one was forked from; VmHWM does not. */
function peakKib() {
  const status = '/proc/self/status';
  const own = existsSync(status) ? /VmHWM:\s*(\d+)/.exec(readFileSync(status, 'utf8')) : null;
  return own === null ? process.resourceUsage().maxRSS : Number(own[1]);
}
