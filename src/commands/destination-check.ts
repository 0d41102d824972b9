/** Asks a destination whether it would take records, without giving it any. */
import { randomUUID } from 'node:crypto';
import type { ConfiguredDestination } from '../config.ts';
import type { Batch, Delivery, Surroundings } from '../destinations/destination.ts';
import { lazyDestination } from '../destinations/index.ts';
import { reasonOf, UserError } from '../errors.ts';

/**
 * `ok`: it takes records · `unsure`: it was reached and took the key, but refuses a batch without records, as some
 * collectors do · `failed`: as things are, nothing would arrive.
 */
export interface Check {
  state: 'ok' | 'unsure' | 'failed';
  /** Why, where it is not `ok`; a sentence without its full stop. */
  reason?: string;
  /** What to do about it, where the destination's kind knows. */
  hint?: string;
  /** How long it took. */
  ms: number;
}

const TIMEOUT_MS = 60_000;

/** Never throws: what stands in the way is the answer. */
export async function checkOf(configured: ConfiguredDestination, surroundings: Surroundings): Promise<Check> {
  const startedAt = performance.now();
  const destination = lazyDestination(configured, surroundings);
  const answer = async (): Promise<Omit<Check, 'ms'>> => {
    try {
      const opened = await destination.open();
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      return meaningOf(await (opened.check?.(signal) ?? opened.deliver(emptyBatch(), signal)));
    } catch (error) {
      return { state: 'failed', ...explained(error) };
    } finally {
      await destination.close().catch(() => undefined);
    }
  };
  return { ...(await answer()), ms: Math.round(performance.now() - startedAt) };
}

/** An id that no batch of records has, so that a server which remembers batches takes it for none of them. */
function emptyBatch(): Batch {
  return { id: `check-${randomUUID()}`, records: [], json: [], upTo: new Map() };
}

function meaningOf(delivery: Delivery): Omit<Check, 'ms'> {
  if (delivery.kind === 'delivered') return { state: 'ok' };
  if (delivery.kind !== 'rejected') return { state: 'failed', reason: delivery.reason };
  return { state: 'unsure', reason: `it answers, but takes no batch without records (${delivery.reason})` };
}

function explained(error: unknown): { reason: string; hint?: string } {
  if (!(error instanceof UserError)) return { reason: `stopwire could not go on: ${reasonOf(error)}` };
  const reason = error.message.replace(/\.$/, '');
  return error.hint === undefined ? { reason } : { reason, hint: error.hint };
}
