/** The hash key: what the hashes of this installation are made with, so that nobody else can guess what they stand for. */
import { randomBytes } from 'node:crypto';
import { madeOnce } from './made-once.ts';

/** As long as what HMAC-SHA-256 makes of it (RFC 2104, section 3). */
const BYTES = 32;
const KEY = /^[0-9a-f]{64}$/;

/** The key in the file, made where there is none; undefined where it cannot be kept. Never throws. */
export function hashKey(path: string): Uint8Array | undefined {
  const hex = madeOnce(path, { make: () => randomBytes(BYTES).toString('hex'), isValid: (key) => KEY.test(key) });
  return hex === undefined ? undefined : Buffer.from(hex, 'hex');
}
