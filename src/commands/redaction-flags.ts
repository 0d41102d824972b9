/** From `--no-mask-secrets` and `--hash` to what a destination is configured with, by its level. */
import type { ConfiguredDestination } from '../config.ts';
import { UserError } from '../errors.ts';
import type { RedactionLevel } from '../privacy/levels.ts';

export interface RedactionFlags {
  /** False for --no-mask-secrets. */
  maskSecrets?: boolean | undefined;
  hash?: boolean | undefined;
}

type RedactionChoice = Pick<ConfiguredDestination, 'redaction' | 'maskSecrets' | 'hash'>;

/** What of the flags has a meaning at the level. */
export function redactionChoice(redaction: RedactionLevel, { maskSecrets, hash }: RedactionFlags): RedactionChoice {
  return {
    redaction,
    ...(maskSecrets === false && redaction === 'none' && { maskSecrets }),
    ...(hash === true && hides(redaction) && { hash }),
  };
}

/** Throws a UserError with exit code 2 where a flag was given that has a meaning at none of the levels. */
export function refuseVoid({ maskSecrets, hash }: RedactionFlags, levels: readonly string[]): void {
  const shown = levels.join(' and ');
  if (maskSecrets === false && !levels.includes('none')) {
    throw new UserError(`Secrets are always masked at the level ${shown}.`, {
      hint: 'To send them as they are: --redaction none --no-mask-secrets',
      exitCode: 2,
    });
  }
  if (hash === true && !levels.some(hides)) {
    throw new UserError(`--hash stands for hidden text, and the level ${shown} hides none.`, {
      hint: 'Give --redaction content or --redaction metadata with it.',
      exitCode: 2,
    });
  }
}

function hides(level: string): boolean {
  return level === 'content' || level === 'metadata';
}
