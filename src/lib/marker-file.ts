/** A file whose name says something about the folder that it lies in and all below it. Nothing in it is read. */
import { lstatSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

const MAX_LEVELS = 256;

/**
 * Whether something of that name lies in the folder or in one above it, up to `top` where that is above it, else up to
 * the root. False for a relative path, and where it cannot be told. Never throws.
 */
export function hasMarker(folder: string, { name, top }: { name: string; top: string }): boolean {
  if (!isAbsolute(folder)) return false;
  let at = resolve(folder);
  for (let level = 0; level < MAX_LEVELS; level += 1) {
    if (isThere(join(at, name))) return true;
    const above = dirname(at);
    if (at === top || above === at) return false;
    at = above;
  }
  return false;
}

/** A link counts wherever it points to. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
