/** What a person waits for at the command line, against `node -e 0`. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BIN, median, wallMs } from './measure.js';

const ROUNDS = 25;
const LINES = [['--help'], ['run', '--help'], ['--version'], ['__complete', 'dest'], ['status']];

export async function benchCli() {
  const home = mkdtempSync(join(tmpdir(), 'stopwire-bench-'));
  const env = { HOME: home, PATH: process.env.PATH };
  try {
    mkdirSync(join(home, '.claude'));
    const samples = fileURLToPath(new URL('../fixtures/transcripts', import.meta.url));
    cpSync(samples, join(home, '.claude', 'projects'), { recursive: true });
    await wallMs(process.execPath, [BIN, 'install', '--yes', '--local'], { env });
    await wallMs(process.execPath, [BIN, 'run'], { env });
    const node = [];
    const here = LINES.map(() => []);
    for (let round = 0; round < ROUNDS; round += 1) {
      node.push(await wallMs(process.execPath, ['-e', '0'], { env }));
      for (const [index, line] of LINES.entries())
        here[index].push(await wallMs(process.execPath, [BIN, ...line], { env }));
    }
    return LINES.map((line, index) => ({
      what: `stopwire ${line.join(' ')}`,
      value: `${median(here[index]).toFixed(1)} ms`,
      against: 'node -e 0',
      ratio: median(here[index]) / median(node),
    }));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
