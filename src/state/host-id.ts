/** The host id: a random name for this installation, made once, so that machines of one name can be told apart. */
import { randomUUID } from 'node:crypto';
import { madeOnce } from './made-once.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The UUID (RFC 9562) in the file, made where there is none; undefined where it cannot be kept. Never throws. */
export function hostId(path: string): string | undefined {
  return madeOnce(path, { make: randomUUID, isValid: (id) => UUID.test(id) });
}
