/** Short lists of things by name. Not objects by name: names come from hostile input, and V8 is slow with them. */

interface Named {
  readonly id: string;
}

export function named<T extends Named>(list: readonly T[], id: string | undefined): T | undefined {
  return list.find((item) => item.id === id);
}

/** The list with the item in the place of the one of its name, else behind the others; the oldest make room. */
export function withNamed<T extends Named>(list: readonly T[], item: T, max: number): readonly T[] {
  const at = list.findIndex(({ id }) => id === item.id);
  if (at !== -1) return list.with(at, item);
  return list.length < max ? [...list, item] : [...list.slice(1), item];
}
