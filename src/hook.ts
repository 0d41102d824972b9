/**
 * The worker's process: never on standard output or error, never another exit code than 0, whatever happens. Nobody
 * waits for it, so what goes wrong is said in the log.
 */
import { reasonOf, UserError } from './errors.ts';
import { collectEarly } from './lib/frugal.ts';
import { appendLog } from './state/log.ts';
import { pathsFrom, type Paths } from './state/paths.ts';
import { work } from './worker.ts';

export async function hook(): Promise<never> {
  collectEarly();
  const { env, stdin } = process;
  const paths = pathsOrEnd(env);
  const end = (error?: unknown): never => {
    if (error !== undefined) appendLog(paths.log, { at: new Date().toISOString(), error: messageOf(error) });
    process.exit(0);
  };
  const ended = new AbortController();
  process.on('uncaughtException', end).on('unhandledRejection', end);
  process.on('SIGTERM', () => ended.abort()).on('SIGINT', () => ended.abort());
  // The terminal that the session ran in may close before the late lines are there.
  process.on('SIGHUP', () => {});
  if (env['STOPWIRE_DISABLED'] === '1') end();
  try {
    await work({ paths, env, stdin, signal: ended.signal });
  } catch (error) {
    end(error);
  }
  return end();
}

/** Without a home directory there is no log to say so in, either. */
function pathsOrEnd(env: NodeJS.ProcessEnv): Paths {
  try {
    return pathsFrom(env);
  } catch {
    return process.exit(0);
  }
}

/** Only what was written for people; another error's message may quote what it stumbled over. */
function messageOf(error: unknown): string {
  return error instanceof UserError ? error.message : `unexpected: ${reasonOf(error)}`;
}
