/** JSON inside of a string: its escapes hide where words begin, `\nAKIA…` and `\"token\": \"…\"`. */

/** Stands for a backslash: no part of a secret, so that no mask takes one away and leaves its quote. */
export const PLACE = '\u0001';

/**
 * The text with its escapes opened, each character at its old place: positions found in it hold in the text itself.
 * Escaped as often as it may be: `\\\"` is a quote in JSON in JSON.
 */
export function withoutEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/(\\{1,64})(?:([nrtbf"'/])|(u00[0-9a-f]{2}))?/gi, (whole, slashes: string, sign?: string) => {
    if (sign === undefined) return PLACE.repeat(whole.length);
    return PLACE.repeat(slashes.length) + (/["'/]/.test(sign) ? sign : '\n');
  });
}
