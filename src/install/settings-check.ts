/** The last look at an edit, by a way of its own: the values before and after, as `JSON.parse` reads them. */
import { isDeepStrictEqual } from 'node:util';
import { asArray, asObject, type JsonObject } from '../lib/json.ts';
import { isOurHandler, type Created, type HookCommand, type IsOurs } from './settings-parse.ts';

export interface Edited {
  before: string;
  after: string;
  isOurs: IsOurs;
  /** The containers that may have come or gone with our handlers, where nothing else is in them. */
  created: readonly Created[];
  /** Our handlers as they must be now. */
  expected: readonly HookCommand[];
}

/**
 * Checks that an edit left everything but our own handlers as it was, the order of keys included.
 *
 * @throws Error where it did not: a bug, after which nothing may be written
 */
export function checkEdit({ before, after, isOurs, created, expected }: Edited): void {
  const was = divide(before, isOurs, created);
  const is = divide(after, isOurs, created);
  if (was.foreign !== is.foreign || !isDeepStrictEqual(is.ours, expected)) {
    throw new Error('The edit of the settings would change more than the hook, so nothing was written; this is a bug.');
  }
}

/** Our handlers, and the JSON of all the rest. */
function divide(text: string, isOurs: IsOurs, created: readonly Created[]): { foreign: string; ours: unknown[] } {
  const root = asObject(JSON.parse(text)) ?? {};
  const hooks = asObject(root['hooks']) ?? {};
  const groups = (asArray(hooks['Stop']) ?? []).map((group) => divideGroup(group, isOurs));
  const stop = groups.flatMap(({ foreign }) => foreign);
  const hooksLeft = withContainer(hooks, 'Stop', stop, created);
  const rootLeft = withContainer(root, 'hooks', hooksLeft, created);
  return { foreign: JSON.stringify(rootLeft), ours: groups.flatMap(({ ours }) => ours) };
}

/** A group that was ours alone leaves nothing; one that was empty stays. */
function divideGroup(group: unknown, isOurs: IsOurs): { foreign: unknown[]; ours: unknown[] } {
  const handlers = asArray(asObject(group)?.['hooks']) ?? [];
  const ours = handlers.filter((handler) => isOurHandler(handler, isOurs));
  if (ours.length === 0) return { foreign: [group], ours };
  if (ours.length === handlers.length) return { foreign: [], ours };
  const hooks = handlers.filter((handler) => !isOurHandler(handler, isOurs));
  return { foreign: [{ ...asObject(group), hooks }], ours };
}

/** The parent with the container put back in its place; without it where it is missing, or empty and ours to remove. */
function withContainer(parent: JsonObject, name: Created, value: object, created: readonly Created[]): JsonObject {
  if (!Object.hasOwn(parent, name)) return parent;
  if (Object.keys(value).length > 0 || !created.includes(name)) return { ...parent, [name]: value };
  const { [name]: _, ...rest } = parent;
  return rest;
}
