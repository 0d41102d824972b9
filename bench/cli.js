/** What a person waits for at the command line, against `node -e 0`. */
import { inHome } from './home.js';
import { BIN, median, wallMs } from './measure.js';

const ROUNDS = 25;
const LINES = [['--help'], ['run', '--help'], ['--version'], ['__complete', 'dest'], ['status']];

export function benchCli() {
  return inHome(['--local'], async ({ env }) => {
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
  });
}
