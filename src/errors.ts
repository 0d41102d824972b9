/** The errors that people can meet: a sentence each, never a stack. */

/** Something the user can mend. `hint` says how, on a line of its own. */
export class UserError extends Error {
  override name = 'UserError';
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(message: string, options: { hint?: string; exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** A settings file that stopwire will not touch; `snippet` is what to add by hand. */
export class SettingsRefusedError extends UserError {
  override name = 'SettingsRefusedError';

  constructor(message: string, hint: string) {
    super(message, { hint, exitCode: 3 });
  }
}

/** What a system call said, in one word where it has one (`ENOSPC`), without the path it was about. */
export function reasonOf(error: unknown): string {
  // By shape and not by class: an error may come from another realm, as some of node:fs do under a test runner.
  if (typeof error !== 'object' || error === null) return 'unknown error';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'name' in error && typeof error.name === 'string' ? error.name : 'unknown error';
}
