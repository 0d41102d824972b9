/** Hashes of bytes. */
import { createHash, hash } from 'node:crypto';

/** SHA-256 in lower-case hex. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** SHA-256 of the lines, each with a newline behind it, without joining them. */
export function sha256OfLines(lines: readonly string[]): string {
  const sum = createHash('sha256');
  for (const line of lines) sum.update(line).update('\n');
  return sum.digest('hex');
}
