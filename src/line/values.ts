/** Narrowing of a line's values to those that a record holds. */
import { asArray } from '../lib/json.ts';

/** The strings of a list; what else it holds is passed over. */
export function asStrings(value: unknown): readonly string[] | undefined {
  return asArray(value)
    ?.filter((item) => typeof item === 'string')
    .map((text) => text.toWellFormed());
}

/** ISO 8601 of milliseconds since 1970; undefined for what no clock shows. */
export function asTime(epochMs: unknown): string | undefined {
  const isTime = typeof epochMs === 'number' && epochMs >= 0 && epochMs <= LAST_MS;
  return isTime ? new Date(epochMs).toISOString() : undefined;
}

/** The end of the year 9999: later ones have no four digits. */
const LAST_MS = 253_402_300_799_999;

/** UTF-8 bytes of texts together. */
export function bytesOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
