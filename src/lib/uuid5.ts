/** UUIDs that are made of a name: the same name always gives the same one. */
import { hash } from 'node:crypto';

/** Of URLs (RFC 9562, appendix A). */
const NAMESPACE = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

/** A UUID of version 5 (RFC 9562 §5.5) within the namespace of URLs; the parts of the name are put apart by NUL. */
export function uuid5(...name: readonly (string | undefined)[]): string {
  const bytes = hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(name.join('\0'))]), 'buffer').subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
