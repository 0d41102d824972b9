/** Patterns for paths and names: `*` and `?` within a part, `**` for any parts, and whatever lies below what matches. */

/** Cuts paths of Windows too, and passes over a slash at the end. */
function partsOf(path: string): string[] {
  return path.replaceAll('\\', '/').replace(/\/+$/, '').split('/');
}

/**
 * Compiles a pattern; the answer says whether it matches a path, or a folder above it. Steps are bounded by the product
 * of both lengths, whatever the pattern and the path are.
 */
export function compileGlob(pattern: string): (path: string) => boolean {
  const parts = partsOf(pattern);
  return (path) => matchesFrom(parts, partsOf(path));
}

/** One star at a time is widened: where a later one is met, an earlier one need not be looked at again. */
function matchesFrom(pattern: readonly string[], path: readonly string[]): boolean {
  let [at, place] = [0, 0];
  let star: { at: number; place: number } | undefined;
  while (at < pattern.length) {
    const part = pattern[at];
    const name = path[place];
    if (part === '**') {
      star = { at, place };
      at += 1;
    } else if (part !== undefined && name !== undefined && matchesPart(part, name)) {
      at += 1;
      place += 1;
    } else {
      if (star === undefined || star.place >= path.length) return false;
      star.place += 1;
      at = star.at + 1;
      ({ place } = star);
    }
  }
  return true;
}

/** Whether a pattern with `*` and `?` matches the whole of a name. */
export function matchesPart(pattern: string, name: string): boolean {
  let [at, place] = [0, 0];
  let star: { at: number; place: number } | undefined;
  while (place < name.length || at < pattern.length) {
    if (pattern[at] === '*') {
      star = { at, place };
      at += 1;
    } else if (place < name.length && (pattern[at] === '?' || pattern[at] === name[place])) {
      at += 1;
      place += 1;
    } else {
      if (star === undefined || star.place >= name.length) return false;
      star.place += 1;
      at = star.at + 1;
      ({ place } = star);
    }
  }
  return true;
}
