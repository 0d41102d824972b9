/** Keyed hashes: the same value gives the same name, and nobody without the key can tell or guess the value. */
import { createHmac } from 'node:crypto';

/** Hex digits, 64 bits: that any two of a million values meet has a chance of 1 in 37 million. */
const DIGITS = 16;
/** Values that are remembered; a session's directories, branches and hosts are few. */
const MAX_REMEMBERED = 10_000;

export type KeyedHash = (value: string) => string;

/** HMAC-SHA-256 (RFC 2104) of a value's UTF-8, shortened, as `hmac:0123456789abcdef`. */
export function keyedHash(key: Uint8Array): KeyedHash {
  const known = new Map<string, string>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const name = `hmac:${createHmac('sha256', key).update(value).digest('hex').slice(0, DIGITS)}`;
    if (known.size >= MAX_REMEMBERED) known.clear();
    // A long text does not come again, and would be held by the map.
    if (value.length <= 1024) known.set(value, name);
    return name;
  };
}
