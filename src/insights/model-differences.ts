/** The client's totals by model, against the recorded responses of that model. */
import { asCount, asNumber, asObject, type JsonObject } from '../lib/json.ts';
import { totalOf } from './cost-breakdown.ts';
import { noCosts, type CostSums } from './cost-sums.ts';
import type { ModelCosts } from './evidence.ts';
import { picoUsdOf } from './response.ts';

/** What the client has more than the records; less where negative. */
export interface ModelDifference {
  model: string;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheCreationTokens: number;
  webSearches: number;
  /** Pico USD. */
  cost: bigint;
  hasSameTokens: boolean;
  /** The client was billed for the model, and no record is of it. */
  isUnseen: boolean;
}

/**
 * One entry a model of either side. None where the client does not tell its models.
 *
 * @param usage `modelUsage` of a cost-state line, as JSON
 */
export function modelDifferences(usage: string | undefined, costs: readonly ModelCosts[]): ModelDifference[] {
  const client = clientModels(usage);
  if (client === undefined) return [];
  const recorded = costs.filter(({ part }) => part !== 'later');
  const names = new Set([...client.keys(), ...recorded.map(({ model }) => plainName(model))]);
  return Array.from(names, (model) => {
    const ours = recorded.filter((one) => plainName(one.model) === model);
    return difference(model, client.get(model) ?? NOTHING, totalOf(ours));
  });
}

type ClientModel = Pick<
  CostSums,
  'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheCreationTokens' | 'costPicoUsd'
> & { webSearches: number };

const NOTHING: ClientModel = { ...noCosts, webSearches: 0 };

function clientModels(usage: string | undefined): Map<string, ClientModel> | undefined {
  const byName = parsed(usage);
  if (byName === undefined) return undefined;
  const models = new Map<string, ClientModel>();
  for (const [name, values] of Object.entries(byName)) {
    const model = clientModel(asObject(values) ?? {});
    models.set(plainName(name), together(models.get(plainName(name)) ?? NOTHING, model));
  }
  return models;
}

/** A store with redaction holds no such text. */
function parsed(usage: string | undefined): JsonObject | undefined {
  if (usage === undefined) return undefined;
  try {
    return asObject(JSON.parse(usage));
  } catch {
    return undefined;
  }
}

function clientModel(values: JsonObject): ClientModel {
  return {
    inputTokens: asCount(values['inputTokens']) ?? 0,
    outputTokens: asCount(values['outputTokens']) ?? 0,
    cacheReadTokens: asCount(values['cacheReadInputTokens']) ?? 0,
    cacheCreationTokens: asCount(values['cacheCreationInputTokens']) ?? 0,
    webSearches: asCount(values['webSearchRequests']) ?? 0,
    costPicoUsd: picoUsdOf(asNumber(values['costUSD'])) ?? 0n,
  };
}

function together(a: ClientModel, b: ClientModel): ClientModel {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheCreationTokens: a.cacheCreationTokens + b.cacheCreationTokens,
    webSearches: a.webSearches + b.webSearches,
    costPicoUsd: a.costPicoUsd + b.costPicoUsd,
  };
}

/** The same model has several names: with the window (`[1m]`) and with the day of its snapshot. */
function plainName(model: string | undefined): string {
  return (model ?? 'unknown').replace(/\[\w+\]$/, '').replace(/-\d{8}$/, '');
}

function difference(model: string, client: ClientModel, ours: CostSums): ModelDifference {
  const tokens = {
    inputTokens: client.inputTokens - ours.inputTokens,
    outputTokens: client.outputTokens - ours.outputTokens,
    cacheReadTokens: client.cacheReadTokens - ours.cacheReadTokens,
    cacheCreationTokens: client.cacheCreationTokens - ours.cacheCreationTokens,
  };
  return {
    model,
    ...tokens,
    webSearches: client.webSearches,
    cost: client.costPicoUsd - ours.costPicoUsd,
    hasSameTokens: Object.values(tokens).every((count) => count === 0),
    isUnseen: client.costPicoUsd > 0n && ours.responses === 0,
  };
}
