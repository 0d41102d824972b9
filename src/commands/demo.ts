/** `stopwire demo`: the main job once, for real, in a sandbox of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { UserError } from '../errors.ts';
import { hookCommand } from '../install/launcher.ts';
import { shellWord } from '../lib/shell-word.ts';
import { discover } from '../pipeline/discover.ts';
import { programRoot } from '../program.ts';
import { pathsFrom, type Paths } from '../state/paths.ts';
import { openStore, type Totals } from '../state/store.ts';
import type { Transcript } from '../types.ts';
import { paintFor, type Terminal } from '../ui.ts';
import { samples } from './samples.ts';
import { totalsTable } from './totals.ts';

const WORKER_PATIENCE_MS = 60_000;
const POLL_MS = 50;

interface Sandbox {
  home: string;
  env: NodeJS.ProcessEnv;
  paths: Paths;
  claudeDirectory: string;
}

export async function demo({ keep, json }: { keep: boolean; json: boolean }, terminal: Terminal): Promise<number> {
  const sandbox = makeSandbox(terminal.env);
  const paint = paintFor('stderr', terminal.env);
  try {
    terminal.say(`A sandbox with a HOME of its own: ${paint.place(sandbox.home)}`);
    runSelf(['install', '--yes'], sandbox);
    const { command } = hookCommand(sandbox.paths.launcher);
    const [newest] = discover([sandbox.claudeDirectory]);
    if (newest === undefined) throw new UserError('The sandbox could not be set up.');
    terminal.say(`Firing the Stop hook as Claude Code does:\n  ${paint.dim(command)}`);
    const ms = await fire(command, newest, sandbox);
    terminal.say(`The session was held for ${ms} ms; a worker goes on in the background …`);
    await workerEnd(sandbox.paths);
    const totals = totalsOf(sandbox.paths);
    if (json) terminal.out(JSON.stringify(totals));
    else terminal.out(`\n${totalsTable(totals)}\n`);
    sayWhereNext(keep ? sandbox.home : undefined, terminal);
    return 0;
  } finally {
    if (!keep) rmSync(sandbox.home, { recursive: true, force: true });
  }
}

/** A home with the sample transcripts, and an environment in which nothing points anywhere else. */
function makeSandbox(env: NodeJS.ProcessEnv): Sandbox {
  const home = mkdtempSync(join(tmpdir(), 'stopwire-demo-'));
  const claudeDirectory = join(home, '.claude');
  const projects = join(claudeDirectory, 'projects');
  mkdirSync(projects, { recursive: true });
  for (const name of samples) {
    cpSync(join(programRoot, 'fixtures', 'transcripts', name), join(projects, name), { recursive: true });
  }
  const { PATH, LANG, TMPDIR } = env;
  const own = Object.fromEntries(Object.entries({ HOME: home, PATH, LANG, TMPDIR, CI: 'true' }));
  return { home, env: own, paths: pathsFrom(own), claudeDirectory };
}

function runSelf(args: readonly string[], { env }: Sandbox): void {
  const bin = fileURLToPath(new URL('main.js', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [bin, ...args], { env, encoding: 'utf8' });
  if (status !== 0) throw new UserError(`stopwire ${args.join(' ')} failed in the sandbox: ${stderr}`);
}

/** Runs the registered command as the client does: by `sh -c`, with the payload on standard input. Answers ms. */
async function fire(command: string, transcript: Transcript, { home, env }: Sandbox): Promise<number> {
  const startedAt = performance.now();
  const hook = spawn('sh', ['-c', command], { cwd: home, env, stdio: ['pipe', 'ignore', 'ignore'] });
  const payload = {
    session_id: transcript.sessionId,
    transcript_path: transcript.path,
    cwd: home,
    permission_mode: 'default',
    hook_event_name: 'Stop',
    stop_hook_active: false,
  };
  hook.stdin.on('error', () => {}).end(JSON.stringify(payload));
  await new Promise((resolve) => hook.once('exit', resolve));
  return Math.round(performance.now() - startedAt);
}

/** A worker that is done has left a line in the log and no lock. */
async function workerEnd({ log, lock }: Paths): Promise<void> {
  for (const deadline = Date.now() + WORKER_PATIENCE_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    if (existsSync(log) && !existsSync(lock)) return;
  }
  throw new UserError('The worker did not end within a minute.');
}

function totalsOf({ store: path, log }: Paths): Totals {
  if (!existsSync(path)) throw new UserError(`Nothing was stored: ${readFileSync(log, 'utf8')}`);
  const store = openStore(path);
  try {
    return store.totals();
  } finally {
    store.close();
  }
}

function sayWhereNext(kept: string | undefined, terminal: Terminal): void {
  const paint = paintFor('stderr', terminal.env);
  const command = (text: string): string => paint.place(`npx stopwire ${text}`);
  terminal.say('Next');
  terminal.say(`  ${command('install')}     register the hook for your own sessions`);
  terminal.say(`  ${command('status')}      what was delivered where, and what waits`);
  terminal.say(`  ${command('export')}      every record, one JSON object a line`);
  terminal.say(`  ${command('uninstall')}   take everything back`);
  if (kept === undefined) return;
  terminal.say(`The sandbox is still there. To look around in it, and to remove it:`);
  terminal.say(`  ${paint.place(`HOME=${shellWord(kept)} npx stopwire cost --by session`)}`);
  terminal.say(`  ${paint.place(`rm -r ${shellWord(kept)}`)}`);
}
