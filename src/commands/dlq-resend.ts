/** Sending dead letters again, through the destination that refused them. */
import type { Batch, Destination, Limits } from '../destinations/destination.ts';
import type { MessageRecord } from '../fields/index.ts';
import { sha256OfLines } from '../lib/hash.ts';
import { deliver } from '../pipeline/deliver.ts';
import { REDACTED } from '../pipeline/redact.ts';
import type { DeadLetter } from '../state/dead-letter.ts';

export interface Resending {
  destination: string;
  /** The redaction that the destination is configured with now. */
  redact: (record: MessageRecord) => MessageRecord;
  open: () => Promise<Destination>;
  signal: AbortSignal;
}

export interface Resent {
  delivered: DeadLetter[];
  /** Refused again, with the new reason. */
  refused: { letter: DeadLetter; reason: string }[];
  /** Why the rest was not sent, where it was not. */
  reason?: string;
}

interface Sendable {
  letter: DeadLetter;
  record: MessageRecord;
  json: string;
  bytes: number;
}

/** Sends letters in batches until all are settled or the destination has to be left alone. */
export async function resend(letters: Iterable<DeadLetter>, resending: Resending): Promise<Resent> {
  const { destination, redact, open, signal } = resending;
  const result: Resent = { delivered: [], refused: [] };
  const source = Array.from(letters, (letter) => sendable(letter, redact));
  for (let waiting = source; waiting.length > 0;) {
    const target = await open();
    const sent = upTo(waiting, target.limits);
    // The records were refused before: if they are again, that is no sign of a wrong address.
    const outcome = await deliver(batchOf(destination, sent), target, { signal, hasTakenBefore: true });
    const settled = sent.slice(0, outcome.settled);
    const reasons = new Map(outcome.refused.map(({ record, reason }) => [record, reason]));
    for (const { letter, record } of settled) {
      const reason = reasons.get(record);
      if (reason === undefined) result.delivered.push(letter);
      else result.refused.push({ letter, reason });
    }
    waiting = waiting.slice(settled.length);
    if (outcome.pause !== undefined) return { ...result, reason: outcome.pause.reason };
    if (settled.length === 0) return { ...result, reason: 'too many requests were needed' };
  }
  return result;
}

/** The level may have been raised since; what was hidden already stays as it is, and is not hashed once more. */
function sendable(letter: DeadLetter, redact: Resending['redact']): Sendable {
  const hidden = Object.entries(letter.record).filter(([, value]) => isHidden(value));
  const record = Object.assign(redact(letter.record), Object.fromEntries(hidden));
  const json = JSON.stringify(record);
  return { letter, record, json, bytes: Buffer.byteLength(json) };
}

const KEYED_HASH = /^hmac:[0-9a-f]{16}(?::\d+)?$/;

function isHidden(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isHidden);
  return typeof value === 'string' && (value === REDACTED || KEYED_HASH.test(value));
}

/** As many as one batch may hold, and at least one. */
function upTo(waiting: readonly Sendable[], { maxRecords, maxBytes }: Limits): readonly Sendable[] {
  let sum = 0;
  const tooMany = waiting.findIndex(({ bytes }, index) => index === maxRecords || (sum += bytes) > maxBytes);
  return tooMany === -1 ? waiting : waiting.slice(0, Math.max(1, tooMany));
}

/** Under an id of its own: a server may answer a batch that it knows as it did the first time. */
function batchOf(destination: string, sent: readonly Sendable[]): Batch {
  const names = sent.map(({ letter, json }) => `${letter.at} ${json}`);
  return {
    id: sha256OfLines(['dead letters', destination, ...names]).slice(0, 32),
    records: sent.map(({ record }) => record),
    json: sent.map(({ json }) => json),
    upTo: new Map(),
  };
}
