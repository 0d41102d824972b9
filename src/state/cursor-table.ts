/** The cursors of one destination by path, packed: there can be a hundred thousand, and most are a few numbers. */
import type { Cursor } from '../types.ts';

export interface CursorTable {
  readonly size: number;
  get(path: string): Cursor | undefined;
  set(path: string, cursor: Cursor): void;
  delete(path: string): void;
  entries(): Iterable<[path: string, cursor: Cursor]>;
}

const FIRST_SLOTS = 64;
/** Offset, size and time; the lengths of head and tail. */
const NUMBERS = 5;
/** Of an anchor's hash: sixteen hexadecimal digits. */
const HASH_BYTES = 8;
const HASH = /^[0-9a-f]{16}$/;

export function cursorTable(): CursorTable {
  const slotOf = new Map<string, number>();
  /** Those with a checkpoint or a mark, and whatever does not look as this version writes it. */
  const others = new Map<string, Cursor>();
  let slots = 0;
  let numbers = new Float64Array(FIRST_SLOTS * NUMBERS);
  let hashes = Buffer.alloc(FIRST_SLOTS * 2 * HASH_BYTES);

  const makeRoom = (slot: number): void => {
    if ((slot + 1) * NUMBERS <= numbers.length) return;
    const [more, moreHashes] = [new Float64Array(numbers.length * 2), Buffer.alloc(hashes.length * 2)];
    more.set(numbers);
    hashes.copy(moreHashes);
    [numbers, hashes] = [more, moreHashes];
  };
  const hashAt = (slot: number, which: number): string => {
    const from = (2 * slot + which) * HASH_BYTES;
    return hashes.toString('hex', from, from + HASH_BYTES);
  };
  const unpack = (slot: number): Cursor => {
    const [offset = 0, size = 0, mtimeMs = 0, head = 0, tail = 0] = numbers.subarray(slot * NUMBERS);
    return {
      offset,
      head: { length: head, hash: hashAt(slot, 0) },
      tail: { length: tail, hash: hashAt(slot, 1) },
      size,
      mtimeMs,
    };
  };
  const find = (path: string): Cursor | undefined => {
    const slot = slotOf.get(path);
    return others.get(path) ?? (slot === undefined ? undefined : unpack(slot));
  };

  return {
    get size() {
      return slotOf.size;
    },
    get: find,
    set(path, cursor) {
      const slot = slotOf.get(path) ?? slots++;
      slotOf.set(path, slot);
      makeRoom(slot);
      if (!isPlain(cursor)) {
        others.set(path, cursor);
        return;
      }
      others.delete(path);
      const { offset, size, mtimeMs, head, tail } = cursor;
      numbers.set([offset, size, mtimeMs, head.length, tail.length], slot * NUMBERS);
      hashes.write(head.hash + tail.hash, 2 * slot * HASH_BYTES, 'hex');
    },
    delete(path) {
      others.delete(path);
      slotOf.delete(path);
    },
    *entries() {
      for (const path of slotOf.keys()) {
        const cursor = find(path);
        if (cursor !== undefined) yield [path, cursor];
      }
    },
  };
}

function isPlain({ head, tail, resume, unended, open }: Cursor): boolean {
  const isMarked = resume !== undefined || unended || open;
  return !isMarked && HASH.test(head.hash) && HASH.test(tail.hash);
}
