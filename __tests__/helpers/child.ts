/** Child processes that run a few lines of code, most often against a bundle of our own (`bundle.ts`). */
import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach } from '@jest/globals';
import { runToEnd } from './sandbox.ts';

/** The SQLite driver of Node 20 is found from a bundle in a temp folder, too. */
const env = { ...process.env, NODE_PATH: join(import.meta.dirname, '..', '..', 'node_modules') };

export interface Child {
  pid: number;
  send(message: string): void;
  /** What the child says next by `process.send`. Rejects where it ends before. */
  next(): Promise<string>;
  /** Ends it with SIGKILL; resolves when it has gone. */
  kill(): Promise<void>;
  /** Resolves with its exit code. */
  ended: Promise<number | null>;
}

const started: Child[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.kill()));
});

/** Starts an ES module given as text, with a channel for messages both ways; it is ended with the test. */
export function startChild(code: string): Child {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const messages = on(child, 'message', { close: ['disconnect'] });
  const complaint = child.stderr === null ? '' : text(child.stderr);
  const ended = once(child, 'exit').then(([status]) => status);
  const running = {
    pid: child.pid ?? 0,
    send: (message: string) => void child.send(message),
    async next() {
      const { value, done } = await messages.next();
      if (done) throw new Error(`the child has ended: ${await complaint}`);
      return String(value[0]);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
  };
  started.push(running);
  return running;
}

/**
 * Runs an ES module given as text, with no file allowed to grow beyond `blocks` of 512 bytes: what a full disk does,
 * for one process (`ulimit -f`). Answers what it printed.
 */
export async function runWithFileLimit(blocks: number, code: string): Promise<string> {
  const command = [
    '-c',
    'ulimit -f "$0" && exec "$@"',
    String(blocks),
    process.execPath,
    '--input-type=module',
    '-e',
    code,
  ];
  const { stdout, stderr } = await runToEnd('sh', command, { env });
  if (stderr !== '') throw new Error(stderr);
  return stdout.trim();
}
