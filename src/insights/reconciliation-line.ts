/** A reconciliation as a line of a transcript of its own: delivered as any other line, so that every destination has it. */
import { amounts } from './amounts.ts';
import type { ModelDifference } from './model-differences.ts';
import { agrees, type Reconciliation } from './reconciliation.ts';

/** One line without its newline; the same for the same reconciliation. */
export function reconciliationLine(one: Reconciliation): string {
  const { sessionId, project, timestamp, clientCost, attributedCost, carriedCost, laterCost, residualCost } = one;
  const models = one.models.filter(({ cost }) => !agrees(cost)).toSorted(byName);
  return JSON.stringify({
    type: 'reconciliation',
    sessionId,
    project,
    timestamp,
    ...amounts({ clientCost, attributedCost, carriedCost, laterCost, residualCost }),
    unpricedResponses: one.unpricedResponses,
    reasons: one.reasons,
    models: models.map(({ model }) => model),
    modelCostsPicoUsd: models.map(({ cost }) => String(cost)),
  });
}

function byName(a: ModelDifference, b: ModelDifference): number {
  return a.model < b.model ? -1 : 1;
}
