/** The Retry-After header (RFC 9110 §10.2.3): how long a server asks to be left alone. */

const MAX_WAIT_MS = 3_600_000;
const SECONDS = /^\d+$/;
/** Begins with a weekday, as all three date forms of RFC 9110 §5.6.7 do; `Date.parse` alone takes `-5` for a year. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /;

/**
 * Milliseconds to wait from `now` (epoch ms), within [0, 1 h]; undefined where the value is neither whole seconds nor
 * an HTTP date. A date in the past is a wait of 0.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  const wait = SECONDS.test(text) ? Number(text) * 1_000 : parseHttpDate(text) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), MAX_WAIT_MS);
}

/** Epoch ms, or NaN. The asctime form names no zone and means UTC. */
function parseHttpDate(text: string): number {
  if (!HTTP_DATE.test(text)) return NaN;
  return Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`);
}
