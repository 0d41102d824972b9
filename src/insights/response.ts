/** An API response as its lines tell of it: what to count once, and whose it is. */
import type { MessageRecord } from '../fields/index.ts';
import { SYNTHETIC_MODEL } from '../fields/usage.ts';

/** The values of one line; over all lines of a response the largest of each count is the true one. */
export interface Response {
  messageId: string;
  /** The session that made the request. A copy in a fork names it, as far as the client writes it down. */
  sessionId: string | undefined;
  project: string | undefined;
  branch: string | undefined;
  /** The model that it is priced by: the one that was asked for, where the client tells. */
  model: string | undefined;
  timestamp: string | undefined;
  /** Undefined in the session's own conversation. */
  agentId: string | undefined;
  agentType: string | undefined;
  person: string | undefined;
  repository: string | undefined;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheCreationTokens: number;
  /** Undefined where the price is not known. */
  costPicoUsd: bigint | undefined;
}

/** The response that a record is a line of; undefined where it tells of no usage, or of none that anybody bills. */
export function responseOf(record: MessageRecord): Response | undefined {
  const { message_id: messageId } = record;
  if (record.type !== 'assistant' || messageId === undefined || record.cost_status === undefined) return undefined;
  if (isSynthetic(record)) return undefined;
  return {
    messageId,
    sessionId: record.request_session_id ?? record.forked_from_session_id ?? record.session_id,
    project: record.project,
    branch: record.git_branch,
    model: record.requested_model ?? record.model,
    timestamp: record.timestamp,
    agentId: record.agent_id,
    agentType: record.agent_type,
    person: record.os_user,
    repository: record.repository_name,
    inputTokens: record.input_tokens ?? 0,
    outputTokens: record.output_tokens ?? 0,
    cacheReadTokens: record.cache_read_tokens ?? 0,
    cacheCreationTokens: record.cache_creation_tokens ?? 0,
    costPicoUsd: costOf(record),
  };
}

/**
 * Whether the client's total of the record's session contains the response, although another session made it: a total
 * goes on from that of the session it was forked from, except for one that was branched off inside the client.
 */
export function isCarriedOver(record: MessageRecord): boolean {
  return record.forked_from_session_id === undefined;
}

/** The response with the larger value of each count; who made it stays as the first line has it. */
export function larger(first: Response, second: Response): Response {
  const merged = { ...first };
  merged.inputTokens = Math.max(first.inputTokens, second.inputTokens);
  merged.outputTokens = Math.max(first.outputTokens, second.outputTokens);
  merged.cacheReadTokens = Math.max(first.cacheReadTokens, second.cacheReadTokens);
  merged.cacheCreationTokens = Math.max(first.cacheCreationTokens, second.cacheCreationTokens);
  merged.costPicoUsd = largerCost(first.costPicoUsd, second.costPicoUsd);
  return merged;
}

/** Beyond it, decimals are written with an exponent; no bill is that large. */
const MOST_USD = 1e18;

/** A double as the nearest whole number of pico USD, below which sums of doubles drift; undefined for nonsense. */
export function picoUsdOf(usd: number | undefined): bigint | undefined {
  if (usd === undefined || !(Math.abs(usd) < MOST_USD)) return undefined;
  return BigInt(usd.toFixed(12).replace('.', ''));
}

/** What the client writes in the name of the model, and nobody bills; redaction can have hidden that name. */
function isSynthetic({ model, cost_flags }: MessageRecord): boolean {
  return model === SYNTHETIC_MODEL || cost_flags?.includes('synthetic_model') === true;
}

/** Records of other programs may have the decimal amount alone. */
function costOf({ cost_pico_usd, cost_usd }: MessageRecord): bigint | undefined {
  if (cost_pico_usd !== undefined) return BigInt(cost_pico_usd);
  return picoUsdOf(cost_usd);
}

function largerCost(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}
