/** What `stopwire cost --json` prints. Money as a number, and exact as whole pico USD (10⁻¹² USD) in a text. */
import { amounts } from '../insights/amounts.ts';
import type { CostSums } from '../insights/cost-sums.ts';
import { summarise } from '../insights/reconciliation-summary.ts';
import type { Reconciliation } from '../insights/reconciliation.ts';
import type { CostReport } from './cost-table.ts';

export function costJson({ by, filter, timeZone, groups, total, reconciliations }: CostReport): object {
  const { clientCost, attributedCost, carriedCost, residualCost, ...counts } = summarise(reconciliations);
  return {
    by,
    timeZone,
    since: filter.since ?? null,
    until: filter.until ?? null,
    groups: groups.map(({ key = null, project, ...sums }) => ({ key, ...(project && { project }), ...sumsJson(sums) })),
    total: sumsJson(total),
    reconciliation: { ...counts, ...amounts({ clientCost, attributedCost, carriedCost, residualCost }) },
    sessions: reconciliations.map(reconciliationJson),
  };
}

/** A cost is null where no response of the group has a price; never 0 and never a guess. */
function sumsJson({ costPicoUsd, ...counts }: CostSums): object {
  const isKnown = counts.responses === 0 || counts.unpricedResponses < counts.responses;
  return { ...counts, ...(isKnown ? amounts({ cost: costPicoUsd }) : { costUsd: null, costPicoUsd: null }) };
}

/** Not with the rest of a spread: there can be thousands, and V8 takes four times as long for those. */
function reconciliationJson(one: Reconciliation): object {
  const { clientCost, attributedCost, carriedCost, laterCost, residualCost } = one;
  const { sessionId, project, timestamp, unpricedResponses, reasons, models } = one;
  const costs = amounts({ clientCost, attributedCost, carriedCost, laterCost, residualCost });
  const differences = models.map(({ cost, ...counts }) => ({ ...counts, ...amounts({ cost }) }));
  return Object.assign({ sessionId, project, timestamp, unpricedResponses, reasons }, costs, { models: differences });
}
