/** How long failures in a row are waited for, where waiting alone may never end them. */

/**
 * What such a failure may be. `conflict`: the server takes the batch for one that is under way already. `server-error`:
 * it fails over what it is sent.
 */
export type Doubt = 'conflict' | 'server-error';

/** Failures in a row with one doubt; others in between neither count nor end it. */
export interface Streak {
  of: Doubt;
  failures: number;
  /** When it began. Epoch ms. */
  since: number;
}

interface Patience {
  failures: number;
  ms: number;
}

const DAY_MS = 86_400_000;

const PATIENCE: { readonly [doubt in Doubt]: Patience } = {
  conflict: { failures: 3, ms: 0 },
  'server-error': { failures: 8, ms: DAY_MS },
};

export function isDoubt(value: unknown): value is Doubt {
  return typeof value === 'string' && Object.hasOwn(PATIENCE, value);
}

/** The streak with one more failure at `now` (epoch ms); one that began later than that was timed by a wrong clock. */
export function streakAfter(before: Streak | undefined, of: Doubt, now: number): Streak {
  if (before?.of !== of) return { of, failures: 1, since: now };
  return { of, failures: before.failures + 1, since: Math.min(before.since, now) };
}

/** Whether it has been both often and long enough: then the failures are no longer taken for ones that pass. */
export function isOverdue({ of, failures, since }: Streak, now: number): boolean {
  return failures >= PATIENCE[of].failures && now - since >= PATIENCE[of].ms;
}
