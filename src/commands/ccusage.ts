/** The total of ccusage, where that is installed: it reads the transcripts that are there now. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { asArray, asCount, asNumber, asObject, isObject, type JsonObject } from '../lib/json.ts';

export interface CcusageTotal {
  costUsd: number;
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  cacheReadTokens: number | undefined;
  cacheCreationTokens: number | undefined;
  /** It counts tokens of models whose price it does not know, at no cost. */
  hasUnpriced: boolean;
}

const TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 67_108_864;

/** From version 20 on, `daily` adds up all agents, and `claude` asks for one; before that there was no other one. */
const QUESTIONS = [
  ['claude', 'daily', '--json', '--offline'],
  ['daily', '--json', '--offline'],
];

/** Undefined where PATH has no ccusage, or it gives no answer. Never installs it, and has it ask no server for prices. */
export async function ccusageTotal(env: NodeJS.ProcessEnv): Promise<CcusageTotal | undefined> {
  for (const question of QUESTIONS) {
    const total = totalFrom(await answer(question, env));
    if (total !== undefined) return total;
  }
  return undefined;
}

function totalFrom(report: JsonObject | undefined): CcusageTotal | undefined {
  const totals = asObject(report?.['totals']);
  const costUsd = asNumber(totals?.['totalCost']);
  if (totals === undefined || costUsd === undefined) return undefined;
  return { costUsd, ...tokensOf(totals), hasUnpriced: modelsOf(report).some(isUnpriced) };
}

function tokensOf(counts: JsonObject): Omit<CcusageTotal, 'costUsd' | 'hasUnpriced'> {
  return {
    inputTokens: asCount(counts['inputTokens']),
    outputTokens: asCount(counts['outputTokens']),
    cacheReadTokens: asCount(counts['cacheReadTokens']),
    cacheCreationTokens: asCount(counts['cacheCreationTokens']),
  };
}

/** One entry a day and model. */
function modelsOf(report: JsonObject | undefined): JsonObject[] {
  const days = asArray(report?.['daily']) ?? [];
  return days.flatMap((day) => asArray(asObject(day)?.['modelBreakdowns']) ?? []).filter(isObject);
}

/** Only newer versions mark such a model; in all of them it costs nothing. */
function isUnpriced(model: JsonObject): boolean {
  return (
    asNumber(model['cost']) === 0 && Object.values(tokensOf(model)).some((count) => count !== undefined && count > 0)
  );
}

async function answer(question: readonly string[], env: NodeJS.ProcessEnv): Promise<JsonObject | undefined> {
  const options = { env, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
  try {
    const { stdout } = await promisify(execFile)('ccusage', question, options);
    return asObject(JSON.parse(stdout));
  } catch {
    return undefined;
  }
}
