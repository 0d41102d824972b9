/** A map from marks to marks (eight bytes each) in one typed array: a fifth of what a Map of strings takes. */

const FIRST_SLOTS = 1_024;
/** Two 32-bit words for the key, two for the value; a value of zero is an empty slot. */
const WORDS = 4;

export interface MarkTable {
  get(key: string): string | undefined;
  /** Sets the value of a key that is not there yet. */
  add(key: string, value: string): void;
}

/** Keys and values are eight bytes as a latin1 text, evenly spread, as the start of a hash is. */
export function markTable(): MarkTable {
  let slots = new Uint32Array(FIRST_SLOTS * WORDS);
  let count = 0;

  const place = (into: Uint32Array, words: readonly [number, number, number, number]): void => {
    into.set(words, slotOf(into, words[0], words[1]));
  };
  const grow = (): void => {
    const larger = new Uint32Array(slots.length * 2);
    for (let at = 0; at < slots.length; at += WORDS) {
      const [low = 0, high = 0, valueLow = 0, valueHigh = 0] = slots.subarray(at, at + WORDS);
      if (valueLow !== 0 || valueHigh !== 0) place(larger, [low, high, valueLow, valueHigh]);
    }
    slots = larger;
  };

  return {
    get(key) {
      const at = slotOf(slots, wordAt(key, 0), wordAt(key, 4));
      const [low = 0, high = 0] = slots.subarray(at + 2, at + WORDS);
      return low === 0 && high === 0 ? undefined : textOf(low) + textOf(high);
    },
    add(key, value) {
      count += 1;
      // Half full at most, so that a search ends after a step or two.
      if (count * 2 * WORDS > slots.length) grow();
      place(slots, [wordAt(key, 0), wordAt(key, 4), wordAt(value, 0), wordAt(value, 4)]);
    },
  };
}

/** Where the key stands, or the empty slot where it would. */
function slotOf(slots: Uint32Array, low: number, high: number): number {
  const mask = slots.length / WORDS - 1;
  for (let slot = low & mask; ; slot = (slot + 1) & mask) {
    const at = slot * WORDS;
    const isEmpty = slots[at + 2] === 0 && slots[at + 3] === 0;
    if (isEmpty || (slots[at] === low && slots[at + 1] === high)) return at;
  }
}

function wordAt(text: string, at: number): number {
  const code = (index: number): number => text.charCodeAt(at + index) & 0xff;
  return (code(0) | (code(1) << 8) | (code(2) << 16) | (code(3) << 24)) >>> 0;
}

function textOf(word: number): string {
  return String.fromCharCode(word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24);
}
