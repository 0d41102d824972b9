/** Fires the registered hook for real: it must end with 0 at once, print nothing, leave its mark, and a worker must come. */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { existsSync } from 'node:fs';
import { shellWord } from '../../lib/shell-word.ts';
import { readRunLog } from '../../state/run-log.ts';
import { hasWakeMark } from '../../state/wake.ts';
import { error, INSTALL, ok, skipped, warning, type Check, type Subject } from './check.ts';
import { canStart } from './program.ts';

/** The client's own limit for the hook is 10 s. */
const TIMEOUT_MS = 10_000;
/** A turn's end must not be felt. */
const SLOW_MS = 1_000;
const WORKER_PATIENCE_MS = 5_000;
const POLL_MS = 20;

const PAYLOAD = JSON.stringify({ hook_event_name: 'Stop', stop_hook_active: false });

/** The worker that it starts is one like any other: it delivers what there is to deliver. */
export async function checkCanary(subject: Subject): Promise<Check> {
  const { offline, config, paths, env, project } = subject;
  const [hook] = subject.registrations;
  if (offline) return skipped('hook-runs', 'the worker that the hook starts would connect');
  if (process.platform === 'win32') return skipped('hook-runs', 'there is no sh on this system to run it with');
  if (hook === undefined) return skipped('hook-runs', 'there is no hook to run');
  if (!canStart(subject) || env['STOPWIRE_DISABLED'] === '1')
    return skipped('hook-runs', 'it could not start a worker');
  const startedAt = performance.now();
  const fired = spawnSync('sh', ['-c', hook.command], {
    cwd: project,
    // What the client sets for hooks of plugins.
    env: { ...env, ...(hook.plugin && { CLAUDE_PLUGIN_ROOT: hook.plugin.root }) },
    input: PAYLOAD,
    timeout: TIMEOUT_MS,
  });
  const ms = Math.round(performance.now() - startedAt);
  const hasMark = hasWakeMark(paths.wake) || existsSync(paths.lock);
  const fault = faultOf(fired, ms);
  if (fault !== undefined) return error('hook-runs', `the registered command ${fault}`, INSTALL);
  if (!hasMark) return error('hook-runs', `the registered command left no mark at ${paths.wake}`, INSTALL);
  if (config === undefined) return skipped('hook-runs', 'no worker works without a configuration');
  if (config.paused) {
    return ok('hook-runs', `exit code 0 after ${ms} ms, nothing printed; no worker is at work while all is paused`);
  }
  if (!(await hasCome(paths))) {
    return error(
      'hook-runs',
      `it ended with 0 after ${ms} ms, but no worker came`,
      `tail -n 1 ${shellWord(paths.log)}`,
    );
  }
  const detail = `fired for real: exit code 0 after ${ms} ms, nothing printed, and a worker came`;
  return ms > SLOW_MS
    ? warning('hook-runs', `${detail}; that is slow`, {
        advice: 'Look at what keeps this machine busy.',
        remedy: 'uptime',
      })
    : ok('hook-runs', detail);
}

function faultOf({ status, signal, stdout, stderr }: ReturnType<typeof spawnSync>, ms: number): string | undefined {
  if (signal !== null) return `did not end within ${ms} ms`;
  if (status !== 0) return `ended with ${status}, which Claude Code shows as a failure`;
  return stdout.length + stderr.length > 0 ? 'printed something, which ends up in the transcript' : undefined;
}

/** Whoever leads takes the mark away before it looks at a transcript. */
async function hasCome({ wake, log }: Subject['paths']): Promise<boolean> {
  const before = readRunLog(log).last?.['at'];
  for (const deadline = Date.now() + WORKER_PATIENCE_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    if (!hasWakeMark(wake)) return true;
    // A worker that could not begin leaves the mark, and says why.
    if (readRunLog(log).last?.['at'] !== before) return false;
  }
  return false;
}
