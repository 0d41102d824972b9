/** A HOME of its own with real transcripts, and the built program in child processes, as a user has it. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TRANSCRIPTS } from './fixtures.ts';

export const BIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');

export interface Ended {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

export interface Sandbox {
  home: string;
  /** `~/.claude`. */
  claude: string;
  settings: string;
  state: string;
  config: string;
  data: string;
  env: NodeJS.ProcessEnv;
  /** Runs the built program. */
  stopwire(args: readonly string[], options?: RunOptions): Promise<Ended>;
  /** The command in settings.json, exactly as it is written there. */
  hookCommand(): string;
  /** Runs that command by `sh -c`, with a Stop payload on standard input. */
  fire(options?: RunOptions): Promise<Ended>;
  /** Fires, and waits until the worker has gone. */
  fireAndSettle(options?: RunOptions): Promise<Ended>;
  /** Waits until no worker is under way and no fire waits for one. */
  settle(): Promise<void>;
  /** What `stopwire export` prints. */
  exported(): Promise<{ [field: string]: unknown }[]>;
  remove(): void;
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  stdin?: string;
  cwd?: string;
  /** The user to run as, and the group of that number; root alone may name one. */
  uid?: number;
}

/** Makes a sandbox; `cases` are folders of fixtures/transcripts, which become its projects. */
export function makeSandbox(cases: readonly string[] = []): Sandbox {
  const home = mkdtempSync(join(tmpdir(), 'stopwire-test-'));
  const claude = join(home, '.claude');
  mkdirSync(join(claude, 'projects'), { recursive: true });
  for (const name of cases) cpSync(join(TRANSCRIPTS, name), join(claude, 'projects', name), { recursive: true });
  const settings = join(claude, 'settings.json');
  const state = join(home, '.local', 'state', 'stopwire');
  // NO_COLOR and a bare environment: nothing of the machine that runs the tests.
  const env = { HOME: home, PATH: process.env['PATH'], NO_COLOR: '1', STOPWIRE_BACKOFF_SCALE: '0' };

  const stopwire: Sandbox['stopwire'] = (args, options = {}) =>
    runToEnd(process.execPath, [BIN, ...args], { cwd: home, ...options, env: { ...env, ...options.env } });
  const hookCommand = (): string => {
    const { hooks } = JSON.parse(readFileSync(settings, 'utf8').replace('\uFEFF', ''));
    return hooks.Stop.at(-1).hooks[0].command;
  };
  const fire: Sandbox['fire'] = (options = {}) =>
    runToEnd('sh', ['-c', hookCommand()], {
      cwd: home,
      stdin: stopPayload(home),
      ...options,
      env: { ...env, ...options.env },
    });
  const settle = (): Promise<void> => untilIdle(state);

  return {
    home,
    claude,
    settings,
    state,
    env,
    stopwire,
    hookCommand,
    fire,
    settle,
    config: join(home, '.config', 'stopwire'),
    data: join(home, '.local', 'share', 'stopwire'),
    async fireAndSettle(options) {
      const ended = await fire(options);
      await settle();
      return ended;
    },
    async exported() {
      const { stdout } = await stopwire(['export']);
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Waits until no worker is under way in a state directory, and no fire waits for one. */
export async function untilIdle(state: string): Promise<void> {
  for (const deadline = Date.now() + 50_000; Date.now() < deadline; await sleep(20)) {
    if (!existsSync(join(state, 'wake')) && !existsSync(join(state, 'lock'))) return;
  }
  throw new Error('the worker did not end');
}

/** The payload of the real client, 2.1.329. */
export function stopPayload(home: string, more: object = {}): string {
  return JSON.stringify({
    session_id: 'e14e262c-788e-48bf-9d40-ef24fe69de5a',
    transcript_path: join(home, '.claude/projects/2.1.329-thinktool/e14e262c-788e-48bf-9d40-ef24fe69de5a.jsonl'),
    cwd: home,
    prompt_id: '24a6c670-6bf4-450c-a407-3cb8908b0dc1',
    permission_mode: 'default',
    effort: { level: 'medium' },
    hook_event_name: 'Stop',
    stop_hook_active: false,
    last_assistant_message: 'There are a few files here.',
    background_tasks: [],
    session_crons: [],
    ...more,
  });
}

/** Runs a program to its end; its output is kept apart. */
export function runToEnd(command: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  const { cwd, env, uid } = options;
  const child = spawn(command, args, { cwd, env, stdio: 'pipe', ...(uid !== undefined && { uid, gid: uid }) });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A hook that does not read its input closes it early.
  child.stdin.on('error', () => {}).end(options.stdin ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
