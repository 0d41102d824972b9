/** Many sessions' reconciliations together. */
import type { Reason, Reconciliation } from './reconciliation.ts';

/** Amounts are in pico USD; clientCost = attributedCost + carriedCost + residualCost. */
export interface ReconciliationSummary {
  sessions: number;
  clientCost: bigint;
  /** The recorded responses behind it, each once. */
  attributedCost: bigint;
  /** What the totals of forks repeat of the sessions that they were forked from. */
  carriedCost: bigint;
  residualCost: bigint;
  /** How many sessions each class was found in, most first. */
  reasons: { reason: Reason; sessions: number }[];
}

export function summarise(reconciliations: readonly Reconciliation[]): ReconciliationSummary {
  const counts = new Map<Reason, number>();
  let [clientCost, carriedCost, residualCost] = [0n, 0n, 0n];
  for (const one of reconciliations) {
    clientCost += one.clientCost;
    carriedCost += one.carriedCost;
    if (isOnlyForked(one)) carriedCost += one.residualCost;
    else residualCost += one.residualCost;
    for (const reason of one.reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const reasons = Array.from(counts, ([reason, sessions]) => ({ reason, sessions }));
  return {
    sessions: reconciliations.length,
    clientCost,
    attributedCost: clientCost - carriedCost - residualCost,
    carriedCost,
    residualCost,
    reasons: reasons.toSorted((a, b) => b.sessions - a.sessions),
  };
}

/** The residual of the session that it was forked from, which shows it already. */
function isOnlyForked({ reasons }: Reconciliation): boolean {
  return reasons.length === 1 && reasons[0] === 'forked_total';
}
