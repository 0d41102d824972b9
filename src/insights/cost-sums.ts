/** Sums over responses, exact and with the number of those that have no price. */
import type { Response } from './response.ts';

export interface CostSums {
  responses: number;
  /** With any, the cost is a lower bound. */
  unpricedResponses: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheCreationTokens: number;
  costPicoUsd: bigint;
}

export const noCosts: CostSums = {
  responses: 0,
  unpricedResponses: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheCreationTokens: 0,
  costPicoUsd: 0n,
};

/** The sums with one response more. */
export function addCosts(sums: CostSums, response: Response): CostSums {
  return addSums(sums, {
    responses: 1,
    unpricedResponses: response.costPicoUsd === undefined ? 1 : 0,
    inputTokens: response.inputTokens,
    outputTokens: response.outputTokens,
    cacheReadTokens: response.cacheReadTokens,
    cacheCreationTokens: response.cacheCreationTokens,
    costPicoUsd: response.costPicoUsd ?? 0n,
  });
}

export function addSums(a: CostSums, b: CostSums): CostSums {
  return {
    responses: a.responses + b.responses,
    unpricedResponses: a.unpricedResponses + b.unpricedResponses,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheCreationTokens: a.cacheCreationTokens + b.cacheCreationTokens,
    costPicoUsd: a.costPicoUsd + b.costPicoUsd,
  };
}
