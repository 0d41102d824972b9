/** What `stopwire cost --json` prints. Money as a number, and exact as whole pico USD (10⁻¹² USD) in a text. */
import type { CostSums } from '../insights/cost-sums.ts';
import { summarise } from '../insights/reconciliation-summary.ts';
import type { Reconciliation } from '../insights/reconciliation.ts';
import { toUsd } from '../pricing/amount.ts';
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

function reconciliationJson(one: Reconciliation): object {
  const { clientCost, attributedCost, carriedCost, laterCost, residualCost, models, ...rest } = one;
  return {
    ...rest,
    ...amounts({ clientCost, attributedCost, carriedCost, laterCost, residualCost }),
    models: models.map(({ cost, ...counts }) => ({ ...counts, ...amounts({ cost }) })),
  };
}

/** `{ cost }` becomes `{ costUsd, costPicoUsd }`. */
function amounts(picoUsd: { [name: string]: bigint }): object {
  return Object.fromEntries(
    Object.entries(picoUsd).flatMap(([name, amount]): [string, number | string][] => [
      [`${name}Usd`, toUsd(amount)],
      [`${name}PicoUsd`, String(amount)],
    ]),
  );
}
