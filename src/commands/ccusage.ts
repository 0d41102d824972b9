/** The total of ccusage, where that is installed: it reads the transcripts that are there now. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { asCount, asNumber, asObject, type JsonObject } from '../lib/json.ts';

export interface CcusageTotal {
  costUsd: number;
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  cacheReadTokens: number | undefined;
  cacheCreationTokens: number | undefined;
}

const TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 67_108_864;

/** Undefined where PATH has no ccusage, or it gives no answer. Never installs it, and has it ask no server for prices. */
export async function ccusageTotal(env: NodeJS.ProcessEnv): Promise<CcusageTotal | undefined> {
  const totals = asObject((await answer(env))?.['totals']);
  const costUsd = asNumber(totals?.['totalCost']);
  if (totals === undefined || costUsd === undefined) return undefined;
  return {
    costUsd,
    inputTokens: asCount(totals['inputTokens']),
    outputTokens: asCount(totals['outputTokens']),
    cacheReadTokens: asCount(totals['cacheReadTokens']),
    cacheCreationTokens: asCount(totals['cacheCreationTokens']),
  };
}

async function answer(env: NodeJS.ProcessEnv): Promise<JsonObject | undefined> {
  const options = { env, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
  try {
    const { stdout } = await promisify(execFile)('ccusage', ['daily', '--json', '--offline'], options);
    return asObject(JSON.parse(stdout));
  } catch {
    return undefined;
  }
}
