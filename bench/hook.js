/** What a turn waits for: the registered command as the client runs it, against `node -e 0`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inHome } from './home.js';
import { median, percentile, wallMs } from './measure.js';

const ROUNDS = 15;
const AT_ONCE = 20;

export function benchHook() {
  return inHome([], async ({ home, env }) => {
    const { hooks } = JSON.parse(readFileSync(join(home, '.claude', 'settings.json'), 'utf8'));
    const { command } = hooks.Stop[0].hooks[0];
    const stdin = JSON.stringify({
      hook_event_name: 'Stop',
      session_id: 's',
      last_assistant_message: 'x'.repeat(2000),
    });
    const timings = { hook: [], node: [], sh: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      timings.node.push(await wallMs(process.execPath, ['-e', '0'], { env }));
      timings.sh.push(await wallMs('sh', ['-c', ':'], { env }));
      timings.hook.push(await wallMs('sh', ['-c', command], { env, stdin }));
      await workerEnd(join(home, '.local', 'state', 'stopwire'));
    }
    const atOnce = await Promise.all(
      Array.from({ length: AT_ONCE }, () => wallMs('sh', ['-c', command], { env, stdin })),
    );
    await workerEnd(join(home, '.local', 'state', 'stopwire'));
    const nodesAtOnce = await Promise.all(
      Array.from({ length: AT_ONCE }, () => wallMs(process.execPath, ['-e', '0'], { env })),
    );
    return [
      {
        what: 'foreground of the hook',
        value: `${median(timings.hook).toFixed(1)} ms`,
        against: 'node -e 0',
        ratio: median(timings.hook) / median(timings.node),
      },
      {
        what: 'foreground of the hook, p95',
        value: `${percentile(timings.hook, 0.95).toFixed(1)} ms`,
        against: 'node -e 0',
        ratio: percentile(timings.hook, 0.95) / median(timings.node),
      },
      {
        what: `foreground of the hook, p95 of ${AT_ONCE} at once`,
        value: `${percentile(atOnce, 0.95).toFixed(0)} ms`,
        against: `node -e 0, ${AT_ONCE} at once`,
        ratio: percentile(atOnce, 0.95) / percentile(nodesAtOnce, 0.95),
      },
      {
        what: 'foreground of the hook',
        value: `${median(timings.hook).toFixed(1)} ms`,
        against: 'sh -c :',
        ratio: median(timings.hook) / median(timings.sh),
      },
    ];
  });
}

/** The next round must not share the processor with the last one's worker. */
async function workerEnd(state) {
  while (existsSync(join(state, 'wake')) || existsSync(join(state, 'lock'))) await sleep(20);
  await sleep(100);
}
