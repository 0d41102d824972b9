/** After a sweep: what the client says that its sessions cost, against what the embedded store has of them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, ConfiguredDestination } from './config.ts';
import { reasonOf } from './errors.ts';
import type { Evidence } from './insights/evidence.ts';
import { asString } from './lib/json.ts';
import type { DestinationReport } from './run.ts';
import type { Paths } from './state/paths.ts';
import { keepReconciliations, RECONCILIATIONS_FILE, type SessionLine } from './state/reconciliations.ts';

export interface Reconciled {
  /** Lines that were written: with any, one more sweep delivers them. */
  lines: number;
  /** Why it could not be done; then the next time does it. */
  reason?: string;
}

export interface ReconcileOptions {
  config: Config;
  paths: Paths;
  /** What the sweep has done. */
  destinations: readonly DestinationReport[];
}

/**
 * Reconciles the sessions of which records have come into the embedded store since the last time, and writes down each
 * reconciliation that is not as it was: as a line of the state directory's `reconciliations.jsonl`, which the next
 * sweep delivers. Nothing is done where no such store is configured, or while it lacks lines: half a session would
 * seem to have a residual. Whoever calls it holds the lock. Never throws.
 */
export async function reconcile({ config, paths, destinations }: ReconcileOptions): Promise<Reconciled> {
  const local = config.destinations.find(({ kind }) => kind === 'local');
  const report = destinations.find(({ destination }) => destination === local?.name);
  if (local === undefined || report?.state !== 'current') return { lines: 0 };
  try {
    return { lines: await reconcileFrom(local, paths) };
  } catch (error) {
    return { lines: 0, reason: reasonOf(error) };
  }
}

/** SQLite and all that asks it is loaded when there is a store, not before. */
async function reconcileFrom({ options, since }: ConfiguredDestination, paths: Paths): Promise<number> {
  const { hasStore, openStore } = await import('./state/store.ts');
  const path = asString(options['path']) ?? paths.store;
  if (!hasStore(path)) return 0;
  const file = join(paths.stateDirectory, RECONCILIATIONS_FILE);
  const store = openStore(path);
  try {
    // A state that was lost is made again from the store, as the cursors are from the transcripts.
    const { sessionIds, settle } = store.unreconciled(existsSync(file) ? 'new' : 'all');
    const evidence = store.evidenceOf(sessionIds).filter((one) => isWhole(one, since));
    const lines = keepReconciliations(file, await linesOf(evidence));
    settle();
    return lines;
  } finally {
    store.close();
  }
}

/** Without the lines from before `since`, the responses of an older session are not all there. */
function isWhole({ totals }: Evidence, since: string | undefined): boolean {
  if (since === undefined) return true;
  return totals.every(({ startedAt = '' }) => Date.parse(startedAt) >= Date.parse(since));
}

async function linesOf(evidence: readonly Evidence[]): Promise<SessionLine[]> {
  if (evidence.length === 0) return [];
  const { reconcile: reconciliationOf } = await import('./insights/reconciliation.ts');
  const { reconciliationLine } = await import('./insights/reconciliation-line.ts');
  return evidence
    .flatMap((one) => reconciliationOf(one) ?? [])
    .map((one) => ({ sessionId: one.sessionId, line: reconciliationLine(one) }));
}
