/** Moments as people name them on a command line: a span back from now, or an ISO 8601 date. */
import { UserError } from '../errors.ts';

const UNIT_MS: { readonly [unit: string]: number } = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A date, with or without a time; a time may have seconds, a fraction and an offset. */
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d(?:\.\d{1,9})?))?(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * The moment that a text names, in milliseconds since 1970. `90m`, `12h`, `30d` and `2w` count back from `now`; a date
 * is its first moment, and what has no offset is UTC, as the timestamps of records are.
 *
 * @param flag what the text was given for, for the message
 * @throws a UserError with exit code 2 where the text names no moment
 */
export function momentOf(text: string, now: number, flag: string): number {
  const moment = spanAgo(text, now) ?? isoMoment(text);
  if (moment !== undefined) return moment;
  throw new UserError(`${flag} ${text} names no moment.`, {
    hint: 'Give a span back from now (90m, 12h, 30d, 2w), or a date (2026-05-01, 2026-05-01T08:30, 2026-05-01T08:30:00Z).',
    exitCode: 2,
  });
}

function spanAgo(text: string, now: number): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const length = UNIT_MS[unit];
  return length === undefined ? undefined : now - Number(count) * length;
}

function isoMoment(text: string): number | undefined {
  const [, date, time = '00:00', seconds = '00', offset = 'Z'] = ISO.exec(text.trim()) ?? [];
  if (date === undefined || !isInCalendar(date)) return undefined;
  const moment = Date.parse(`${date}T${time}:${seconds}${offset.toUpperCase()}`);
  return Number.isNaN(moment) ? undefined : moment;
}

/** The engine takes February 30 for March 2. */
function isInCalendar(date: string): boolean {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
}
