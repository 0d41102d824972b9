/** A session's cost by the client, against that of the responses in its transcripts, and why the two differ. */
import { COST_SIGNS, type CostSign } from './cost-signs.ts';
import { totalOf } from './cost-breakdown.ts';
import type { CostSums } from './cost-sums.ts';
import type { ClientTotal, Evidence, Part } from './evidence.ts';
import { modelDifferences, type ModelDifference } from './model-differences.ts';
import { picoUsdOf } from './response.ts';

/**
 * Signs of requests without a line, and: `forked_total`: the total went on from that of the session it was forked from ·
 * `two_processes`: each wrote a total of its own, or one in between wrote none · `lost_total`: the process before the first
 * total ended without writing one · `price_difference`: the same tokens at another price · `unpriced`: a price is not known, here or there ·
 * `unknown`: nothing in the records tells.
 */
export type Reason =
  CostSign | 'forked_total' | 'two_processes' | 'lost_total' | 'price_difference' | 'unpriced' | 'unknown';

/** Amounts are in whole pico USD. */
export interface Reconciliation {
  sessionId: string;
  project: string | undefined;
  /** When the client wrote the total. */
  timestamp: string | undefined;
  clientCost: bigint;
  /** The session's own recorded responses, each once, up to the client's total. */
  attributedCost: bigint;
  /** Those of the session that this one was forked from: adding up clients' totals counts them again. */
  carriedCost: bigint;
  /** Those that came after the client's last total, which cannot hold them. */
  laterCost: bigint;
  /** clientCost − attributedCost − carriedCost. */
  residualCost: bigint;
  unpricedResponses: number;
  /** The classes that the residual can come from; none where the two agree. */
  reasons: readonly Reason[];
  /** The residual by model; none where the two agree. */
  models: readonly ModelDifference[];
}

/** Up to a millionth of a dollar two totals agree: the client adds up doubles. */
export const TOLERANCE_PICO_USD = 1_000_000n;

/** Undefined where the client has written no total. */
export function reconcile(evidence: Evidence): Reconciliation | undefined {
  const total = mostInclusive(evidence.totals);
  const clientCost = picoUsdOf(total?.costUsd);
  if (total === undefined || clientCost === undefined) return undefined;
  const carried = partOf(evidence, 'carried');
  const own = partOf(evidence, 'own');
  const recorded = totalOf([carried, own]);
  const residualCost = clientCost - recorded.costPicoUsd;
  const models = agrees(residualCost) ? [] : modelDifferences(total.modelUsage, evidence.costs);
  return {
    sessionId: evidence.sessionId,
    project: evidence.project,
    timestamp: total.timestamp,
    clientCost,
    attributedCost: own.costPicoUsd,
    carriedCost: carried.costPicoUsd,
    laterCost: partOf(evidence, 'later').costPicoUsd,
    residualCost,
    unpricedResponses: recorded.unpricedResponses,
    reasons: agrees(residualCost) ? [] : reasonsOf({ evidence, total, recorded, carried, models, residualCost }),
    models,
  };
}

export function agrees(residual: bigint): boolean {
  return residual <= TOLERANCE_PICO_USD && residual >= -TOLERANCE_PICO_USD;
}

/** Totals grow, but where two processes write into one transcript. */
function mostInclusive(totals: readonly ClientTotal[]): ClientTotal | undefined {
  return totals.reduce<ClientTotal | undefined>(
    (best, one) => (best === undefined || one.costUsd >= best.costUsd ? one : best),
    undefined,
  );
}

function partOf({ costs }: Evidence, part: Part): CostSums {
  return totalOf(costs.filter((one) => one.part === part));
}

interface Case {
  evidence: Evidence;
  total: ClientTotal;
  recorded: CostSums;
  carried: CostSums;
  models: readonly ModelDifference[];
  residualCost: bigint;
}

function reasonsOf(given: Case): Reason[] {
  const { recorded, total, models, residualCost } = given;
  const hasUnpriced = recorded.unpricedResponses > 0 || total.hasUnknownModel;
  const sameTokens = models.length > 0 && models.every(({ hasSameTokens }) => hasSameTokens);
  if (sameTokens) return [hasUnpriced ? 'unpriced' : 'price_difference'];
  const reasons = residualCost < 0n ? reasonsForLess(given) : reasonsForMore(given);
  if (hasUnpriced) reasons.push('unpriced');
  return reasons.length === 0 ? ['unknown'] : reasons;
}

/** The client shows less than the responses cost. */
function reasonsForLess({ evidence: { totals, firstResponseAt }, total }: Case): Reason[] {
  if (totals.length > 1) return ['two_processes'];
  const isLate = firstResponseAt !== undefined && total.startedAt !== undefined && firstResponseAt < total.startedAt;
  return isLate ? ['lost_total'] : [];
}

function reasonsForMore({ evidence, recorded, carried, models }: Case): Reason[] {
  const reasons = new Set<Reason>(COST_SIGNS.filter((sign) => evidence.signs.has(sign)));
  if (recorded.responses > 0 && models.some(({ isUnseen }) => isUnseen)) reasons.add('background_calls');
  if (carried.responses > 0) reasons.add('forked_total');
  return [...reasons];
}
