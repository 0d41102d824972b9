/** Asks a destination whether it would take records, without giving it any, or with one that counts for nothing. */
import { randomUUID } from 'node:crypto';
import type { ConfiguredDestination } from '../config.ts';
import type { Batch, Delivery, Destination, Surroundings } from '../destinations/destination.ts';
import { isRemoteKind, lazyDestination } from '../destinations/index.ts';
import { reasonOf, UserError } from '../errors.ts';
import type { MessageRecord } from '../fields/index.ts';

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
  /** The id of the record that it took. */
  canary?: string;
  /** How long it took. */
  ms: number;
}

const TIMEOUT_MS = 60_000;

/** Never throws: what stands in the way is the answer. */
export async function checkOf(
  configured: ConfiguredDestination,
  surroundings: Surroundings,
  { canary = false }: { canary?: boolean } = {},
): Promise<Check> {
  const startedAt = performance.now();
  const destination = lazyDestination(configured, surroundings);
  const answer = async (): Promise<Omit<Check, 'ms'>> => {
    try {
      const opened = await destination.open();
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const check = meaningOf(await (opened.check?.(signal) ?? opened.deliver(batchOf([]), signal)));
      if (!canary || check.state === 'failed' || !(await isRemoteKind(configured.kind))) return check;
      return await withCanary(opened, signal);
    } catch (error) {
      return { state: 'failed', ...explained(error) };
    } finally {
      await destination.close().catch(() => undefined);
    }
  };
  return { ...(await answer()), ms: Math.round(performance.now() - startedAt) };
}

async function withCanary(opened: Destination, signal: AbortSignal): Promise<Omit<Check, 'ms'>> {
  const canary: MessageRecord = { id: `canary-${randomUUID()}`, type: 'canary', timestamp: new Date().toISOString() };
  const delivery = await opened.deliver(batchOf([canary]), signal);
  if (delivery.kind === 'delivered') return { state: 'ok', canary: canary.id };
  return { state: 'failed', reason: `it does not take a record: ${delivery.reason}` };
}

/** With an id that no batch of a run has: a server that remembers batches takes it for none of them. */
function batchOf(records: readonly MessageRecord[]): Batch {
  const json = records.map((record) => JSON.stringify(record));
  return { id: `check-${randomUUID()}`, records, json, upTo: new Map() };
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
