/** The secrets of one record, from the first of its texts to the last. */
import type { Masked } from './mask-secrets.ts';

/** The secrets of one record. */
export interface Seen {
  counts: Map<string, number>;
  /** Parts of them with their kinds, long enough to be told elsewhere: a path's last part is a field of its own. */
  pieces: Map<string, string>;
}

export function noneSeen(): Seen {
  return { counts: new Map(), pieces: new Map() };
}

/** Shorter ones are words that other fields may hold by right. */
const PIECE_LENGTH = 12;
/** Each is looked for in the whole record: a text full of secrets must not take the square of its length. */
const MAX_PIECES = 100;

export function add({ counts, pieces }: Seen, found: Masked['found'], secrets: Masked['secrets']): void {
  for (const [kind, count] of Object.entries(found)) counts.set(kind, (counts.get(kind) ?? 0) + count);
  for (const [secret, kind] of secrets) {
    if (pieces.size >= MAX_PIECES) return;
    for (const piece of secret.split(/[/\\\s]/, MAX_PIECES)) if (piece.length >= PIECE_LENGTH) pieces.set(piece, kind);
  }
}

/** Masks what a field before or behind had of the same secrets, sets the fields of fields/secrets.ts, and forgets. */
export function tell(record: { [name: string]: unknown }, { counts, pieces }: Seen): void {
  for (const [name, value] of Object.entries(record)) if (name !== 'id') record[name] = without(value, pieces);
  record['secrets_masked'] = Array.from(counts.values()).reduce((sum, count) => sum + count, 0);
  record['secret_kinds'] = Array.from(counts, ([kind, count]) => `${kind}=${count}`);
  counts.clear();
  pieces.clear();
}

function without(value: unknown, pieces: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, pieces));
  if (typeof value !== 'string') return value;
  let text = value;
  for (const [piece, kind] of pieces) text = text.replaceAll(piece, `[secret:${kind}]`);
  return text;
}
