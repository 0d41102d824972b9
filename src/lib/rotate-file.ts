/** Rotation: a full file makes room for a new one and stays beside it, as `<path>.1`, until it is the oldest of too many. */
import { existsSync, renameSync } from 'node:fs';

/**
 * Renames `path` to `<path>.1`, that to `<path>.2`, and so on, up to `keep`; the oldest one goes. The oldest moves first:
 * ended in the middle, it has overwritten none but that one.
 */
export function rotateFile(path: string, keep: number): void {
  const nameOf = (number: number): string => (number === 0 ? path : `${path}.${number}`);
  for (let number = keep - 1; number >= 0; number -= 1) {
    if (existsSync(nameOf(number))) renameSync(nameOf(number), nameOf(number + 1));
  }
}
