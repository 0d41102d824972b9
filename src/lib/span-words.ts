/** Spans of time, sizes and counts in the words that people use for them. */

const STEPS: readonly (readonly [ms: number, unit: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** `3 d`, `5 h`, `12 min` or `40 s`: the largest unit of which there are two, rounded down; never below 0 s. */
export function spanWords(ms: number): string {
  const [length, unit] = STEPS.find(([step]) => ms >= 2 * step) ?? [1_000, 's'];
  return `${Math.max(0, Math.floor(ms / length))} ${unit}`;
}

/** `just now`, or `3 d ago`. */
export function agoWords(moment: string, now: number): string {
  const ms = now - Date.parse(moment);
  return ms < 2_000 ? 'just now' : `${spanWords(ms)} ago`;
}

/** `312 bytes`, `4.1 kB`, `2.0 MB`, `1.3 GB`: decimal units, as disks are sold. */
export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1_000 ** power).toFixed(1)} ${units[power - 1]}`;
}

/** `1 turn`, `1,200 turns`. */
export function countWords(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `1,200`. Not by the locale's own means, which take a program that has just started 10 ms. */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
