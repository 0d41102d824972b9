/** The API responses of a batch: their lines, and what of their usage has not been told before. */
import type { MessageRecord } from '../../fields/index.ts';
import { larger, responseOf, type Response } from '../../insights/response.ts';

export interface ModelResponse {
  /** In the order of the transcript. */
  lines: readonly [MessageRecord, ...MessageRecord[]];
  last: MessageRecord;
  /** The largest value of each count. */
  totals: Response;
}

/**
 * The responses that the batch tells of for the first time. Each line of a response repeats its usage, and one of them
 * adds it: a batch without that one, or a copy of another transcript's line, brings nothing new. Where the lines of a
 * response come in two batches, the first says what it knows; clients before 2.1.97 correct their count in a later
 * line, which then tells of the response again.
 */
export function newResponses(records: readonly MessageRecord[]): ModelResponse[] {
  const responses = new Map<string, ModelResponse>();
  for (const record of records) {
    const totals = responseOf(record);
    if (totals === undefined) continue;
    const name = `${record.session_id}\0${totals.messageId}`;
    const known = responses.get(name);
    responses.set(
      name,
      known === undefined
        ? { lines: [record], last: record, totals }
        : { lines: [...known.lines, record], last: record, totals: larger(known.totals, totals) },
    );
  }
  return Array.from(responses.values()).filter(({ lines }) => lines.some(isNews));
}

/** Whether the line says something of its response's usage that no line before it has said. */
export function isNews(record: MessageRecord): boolean {
  if (record.is_replay || responseOf(record) === undefined) return false;
  return (record.incremental_total_tokens ?? 0) > 0 || !record.total_tokens;
}

/** The prompt as the API counts it, without what the cache holds being left out. */
export function promptTokens({ inputTokens, cacheReadTokens, cacheCreationTokens }: Response): number {
  return inputTokens + cacheReadTokens + cacheCreationTokens;
}

/** Where the model runs, in the words of the conventions, by the prefix that each puts before its message ids. */
export function providerOf(messageId: string | undefined): string {
  if (messageId?.startsWith('msg_bdrk_')) return 'aws.bedrock';
  return messageId?.startsWith('msg_vrtx_') ? 'gcp.vertex_ai' : 'anthropic';
}
