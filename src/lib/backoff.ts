/** How long to wait after failures in a row: capped exponential back-off with full jitter. */

const BASE_MS = 1_000;
const CAP_MS = 900_000;
/** How long to stay away where waiting alone does not help, and somebody has to mend something. */
export const HOLD_MS = 900_000;
/** No wait may be longer than this, whatever a server or a clock says. */
export const MAX_WAIT_MS = 3_600_000;

export interface BackoffOptions {
  /** Failures in a row, 1 for the first. */
  failures: number;
  /** What the server asked for, in ms, where it did. */
  afterMs?: number | undefined;
  /** In [0, 1): `Math.random()` outside of tests. */
  random: number;
  /** Multiplies the jittered wait; 0 makes tests retry at once. What a server asks for is not scaled. */
  scale: number;
}

/**
 * Milliseconds to wait. A server's own wish counts before the jitter, up to an hour; one that asks for no wait at all
 * (a `Retry-After` of 0, or a date that has passed) has failed all the same, and is not tried again at once.
 */
export function backoffMs({ failures, afterMs, random, scale }: BackoffOptions): number {
  if (afterMs !== undefined && afterMs > 0) return Math.min(afterMs, MAX_WAIT_MS);
  return random * Math.min(CAP_MS, BASE_MS * 2 ** failures) * scale;
}
