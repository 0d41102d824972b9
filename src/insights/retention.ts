/** How long the client leaves a transcript where it is, and whether that is long enough for what is undelivered. */

/** `cleanupPeriodDays` where no settings name it (the client's own default). */
export const DEFAULT_KEEP_DAYS = 30;

const DAY_MS = 86_400_000;
const WARNING_DAYS = 7;

export interface Lag {
  /** When the transcript with the oldest undelivered byte was written last. ISO 8601. */
  oldestAt: string;
  ageMs: number;
  /** When the client may delete that transcript. ISO 8601. */
  deletedAt: string;
  /** That is within a week; where transcripts are kept for less than two, within half of their time. */
  isEndangered: boolean;
}

/**
 * The lag of a destination whose oldest transcript with undelivered bytes was written last at `oldestMs` (epoch ms).
 * The client goes by the same time: it deletes a session when its file has not been written to for `keepDays`.
 */
export function lagOf(oldestMs: number, keepDays: number, now: number): Lag {
  const deletedMs = oldestMs + keepDays * DAY_MS;
  return {
    oldestAt: isoOf(oldestMs),
    ageMs: Math.max(0, now - oldestMs),
    deletedAt: isoOf(deletedMs),
    isEndangered: deletedMs - now <= Math.min(WARNING_DAYS, keepDays / 2) * DAY_MS,
  };
}

/** No clock shows a time beyond the end of the year 9999, but settings can ask for it. */
function isoOf(epochMs: number): string {
  return new Date(Math.min(epochMs, 253_402_300_799_999)).toISOString();
}
