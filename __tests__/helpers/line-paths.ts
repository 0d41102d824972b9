/** Paths of a line's leaves, and the patterns that fields name them by. */

/** From the line's root to a leaf; an item of a list is `[]`. */
export type Path = readonly string[];

const ITEM = '[]';

export interface Leaf {
  path: Path;
  /** The value is null, an empty list or an empty object. */
  isEmpty: boolean;
}

/** Every leaf of a value. */
export function leavesOf(value: unknown, above: Path = []): Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path: above, isEmpty: value === null }];
  const children = Array.isArray(value) ? value.map((item) => [ITEM, item] as const) : Object.entries(value);
  if (children.length === 0) return [{ path: above, isEmpty: true }];
  return children.flatMap(([name, child]) => leavesOf(child, [...above, name]));
}

/** As people write it: `message.content[].name`. */
export function written(path: Path): string {
  return path.reduce((text, part) => (part === ITEM ? text + ITEM : text === '' ? part : `${text}.${part}`), '');
}

/** What stands in backticks in a field's source and has the form of a path. */
export function patternsIn(source: string): string[] {
  return Array.from(source.matchAll(/`([^`]+)`/g), ([, token]) => token ?? '').filter((token) => PATTERN.test(token));
}

const NAME = String.raw`(?:[A-Za-z_$][\w$-]*|\*)(?:\[\])*`;
const PATTERN = new RegExp(String.raw`^${NAME}(?:\.${NAME})*(?:\.\*\*)?$`);

export function parsed(pattern: string): Path {
  return pattern.split('.').flatMap((part) => part.split(/(?=\[\])/));
}

/**
 * Whether a pattern names a leaf: `*` stands for any one key and a final `**` for everything below. An empty leaf is
 * also named by a pattern that goes on below it.
 */
export function names(pattern: Path, { path, isEmpty }: Leaf): boolean {
  const isSubtree = pattern.at(-1) === '**';
  const fixed = isSubtree ? pattern.slice(0, -1) : pattern;
  if (path.length > fixed.length && !isSubtree) return false;
  if (path.length < fixed.length && !isEmpty) return false;
  return path.every((part, index) => {
    const wanted = fixed[index];
    return wanted === undefined || wanted === part || (wanted === '*' && part !== ITEM);
  });
}
