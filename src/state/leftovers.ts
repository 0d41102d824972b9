/** Files that a process left behind which was killed between making and renaming them. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** `lock.<uuid>`, and what lib/atomic-write.ts names `<file>.<16 hex>.tmp`. */
const LEFTOVER = /\.(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16}\.tmp)$/;
/** Nothing takes that long: a younger one may still be in use. */
const MIN_AGE_MS = 3_600_000;

/** Removes leftovers that are over an hour old at `now` (epoch ms). Never throws: the next worker tries again. */
export function sweepLeftovers(directory: string, now: number): void {
  try {
    for (const name of readdirSync(directory).filter((one) => LEFTOVER.test(one))) {
      const path = join(directory, name);
      if (now - statSync(path).mtimeMs > MIN_AGE_MS) rmSync(path, { force: true });
    }
  } catch {
    // Gone meanwhile, or not ours to remove.
  }
}
