/** The difference of two texts, line by line, with as few lines as can be. */

export interface ChangedLine {
  change: 'removed' | 'added';
  line: string;
}

/** The lines that were removed and added, in the order of the texts; those that stay are left out. */
export function changedLines(before: string, after: string): ChangedLine[] {
  const [old, fresh] = withoutCommonEnds(before.split('\n'), after.split('\n'));
  const common = commonLengths(old, fresh);
  const changed: ChangedLine[] = [];
  let [from, to] = [0, 0];
  while (from < old.length || to < fresh.length) {
    const [was, is] = [old[from], fresh[to]];
    if (was !== undefined && was === is) {
      from += 1;
      to += 1;
    } else if (
      was !== undefined &&
      (is === undefined || lengthAt(common, from + 1, to) >= lengthAt(common, from, to + 1))
    ) {
      changed.push({ change: 'removed', line: was });
      from += 1;
    } else {
      changed.push({ change: 'added', line: is ?? '' });
      to += 1;
    }
  }
  return changed;
}

/** The table below grows with the product of both; most changes are in one place of a long text. */
function withoutCommonEnds(old: readonly string[], fresh: readonly string[]): [readonly string[], readonly string[]] {
  const shorter = Math.min(old.length, fresh.length);
  let start = 0;
  while (start < shorter && old[start] === fresh[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === fresh.at(-1 - end)) end += 1;
  return [old.slice(start, old.length - end), fresh.slice(start, fresh.length - end)];
}

/** How many lines the longest common subsequence has, of what follows each pair of places. */
function commonLengths(old: readonly string[], fresh: readonly string[]): Uint32Array[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint32Array(fresh.length + 1));
  for (let from = old.length - 1; from >= 0; from -= 1) {
    const row = lengths[from] ?? new Uint32Array();
    for (let to = fresh.length - 1; to >= 0; to -= 1) {
      const isCommon = old[from] === fresh[to];
      row[to] = isCommon
        ? lengthAt(lengths, from + 1, to + 1) + 1
        : Math.max(lengthAt(lengths, from + 1, to), lengthAt(lengths, from, to + 1));
    }
  }
  return lengths;
}

function lengthAt(lengths: readonly Uint32Array[], from: number, to: number): number {
  return lengths[from]?.[to] ?? 0;
}
