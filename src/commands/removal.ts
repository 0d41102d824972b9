/** Asking before something goes that cannot be brought back. */
import { UserError } from '../errors.ts';
import type { Terminal } from '../ui.ts';

/**
 * Whether the answer is yes: given by the flag, or by whoever sits at the terminal.
 *
 * @throws a UserError with exit code 2 where there is neither
 */
export async function mayRemove({ yes }: { yes: boolean }, question: string, terminal: Terminal): Promise<boolean> {
  if (yes) return true;
  if (!terminal.isInteractive) {
    throw new UserError('Nothing was removed: nobody is there to be asked.', {
      hint: 'Say it with --yes.',
      exitCode: 2,
    });
  }
  const isAgreed = await (await import('./wizard.ts')).askWhetherTo(question);
  if (!isAgreed) terminal.say('Nothing was removed.');
  return isAgreed;
}
