/** Transcripts in which some lines are not what the client wrote. */
import type { Line } from '../../src/types.ts';
import type { FixtureFile } from './fixtures.ts';

/** An object somewhere in a value, and the keys by which things can be put into it. */
export type Container = { [key: string]: unknown };

export function containersIn(value: unknown): Container[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(containersIn);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed JSON
  return Array.isArray(value) ? below : [value as Container, ...below];
}

export function put(container: Container, key: string, value: unknown): void {
  // As JSON.parse does: `__proto__` becomes a key like any other.
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
}

/** A copy of a file in which some lines are changed; bytes and hashes stay, as ids are made from them. */
export function changed(
  file: FixtureFile,
  changes: readonly { line: number; change: (line: Line) => void }[],
): FixtureFile {
  const lines = [...file.lines];
  for (const { line: at, change } of changes) {
    const index = at % lines.length;
    const line = lines[index];
    if (line === undefined) continue;
    const value = structuredClone(line.value);
    change(value);
    lines[index] = { ...line, value };
  }
  return { ...file, lines };
}
