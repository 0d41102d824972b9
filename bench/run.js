/** Runs the benchmarks and prints a table of ratios: `npm run bench [cli|hook|mapping|masking|backlog|destinations|worker|cost]`. Needs a built dist/. */
import { cpus } from 'node:os';
import { benchBacklog } from './backlog.js';
import { benchCli } from './cli.js';
import { benchCost } from './cost.js';
import { benchDestinations } from './destinations.js';
import { benchHook } from './hook.js';
import { benchMapping } from './mapping.js';
import { benchMasking } from './masking.js';
import { benchWorker } from './worker.js';

const benches = {
  cli: benchCli,
  hook: benchHook,
  mapping: benchMapping,
  masking: benchMasking,
  backlog: benchBacklog,
  destinations: benchDestinations,
  worker: benchWorker,
  cost: benchCost,
};
const [only] = process.argv.slice(2);
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`);
console.log('| what | here | against | ratio |\n| --- | --- | --- | --- |');
for (const [name, bench] of Object.entries(benches)) {
  if (only !== undefined && only !== name) continue;
  for (const { what, value, against, ratio } of await bench()) {
    console.log(`| ${what} | ${value} | ${against} | ${ratio.toFixed(2)} |`);
  }
}
