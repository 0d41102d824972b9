/** A command that prints a secret, such as one that asks a keychain. */
import { spawn } from 'node:child_process';
import { reasonOf } from '../errors.ts';
import type { SecretText } from './secret-text.ts';

const MAX_BYTES = 65_536;
const TIMEOUT_MS = 5_000;
const HINT = 'Run it by hand: it must print the secret and end with 0, within five seconds.';

/**
 * What the command prints, run by sh in the home folder with PATH and HOME alone: it belongs to the user, and not to
 * the project that the session is in. What it says on standard error is passed over, since that may be the secret.
 */
export async function textFromCommand(command: string, { PATH, HOME }: NodeJS.ProcessEnv): Promise<SecretText> {
  const chunks: Buffer[] = [];
  const why = await new Promise<string | undefined>((resolve) => {
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: HOME ?? '/',
      env: { PATH, HOME },
      stdio: ['ignore', 'pipe', 'ignore'],
      // A group of its own, so that all that it has started can be ended.
      detached: true,
    });
    const give = (reason: string | undefined): void => {
      clearTimeout(timer);
      if (reason !== undefined) endGroup(child.pid);
      child.stdout.destroy();
      resolve(reason);
    };
    const timer = setTimeout(() => give('its command did not end in time'), TIMEOUT_MS);
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BYTES) give('its command printed too much');
    });
    child.once('error', (error) => give(`its command could not be started (${reasonOf(error)})`));
    child.once('close', (code) => give(code === 0 ? undefined : `its command ended with ${code ?? 'a signal'}`));
  });
  return why === undefined ? { text: Buffer.concat(chunks).toString('utf8') } : { why, hint: HINT };
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has gone.
  }
}
