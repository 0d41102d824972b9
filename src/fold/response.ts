/** API responses over their lines: each line repeats the usage, and older clients put placeholders on early ones. */
import type { Context, Copied, Response } from '../context.ts';
import { asCount, asObject, asString, type JsonObject } from '../lib/json.ts';
import { blocksOf, type LineParts } from '../line/parts.ts';
import { named } from './named.ts';
import type { Increase } from './tally.ts';

/** The lines of one response stand together, but for the results of its own tools. */
export const MAX_RESPONSES = 8;

/** Where the named response or prompt was copied from; undefined where this transcript has it first. */
export type CopiedFrom = (name: string) => Copied | undefined;

export interface ResponseStep {
  response: Response;
  isFirstLine: boolean;
  /** What this line adds to what the response's lines before it said. */
  increase: Increase;
}

/** What an assistant line adds to its response; undefined for other lines and for what no model wrote. */
export function responseStep(context: Context, parts: LineParts, copiedFrom: CopiedFrom): ResponseStep | undefined {
  const { message, line } = parts;
  const id = asString(message?.['id']);
  const model = asString(message?.['model']);
  if (parts.type !== 'assistant' || id === undefined || model === '<synthetic>') return undefined;
  const known = named(context.responses, id);
  const before = known ?? NOTHING;
  const counts = countsOf(asObject(message?.['usage']));
  const response: Response = {
    id,
    inputTokens: Math.max(before.inputTokens, counts.inputTokens),
    outputTokens: Math.max(before.outputTokens, counts.outputTokens),
    cacheReadTokens: Math.max(before.cacheReadTokens, counts.cacheReadTokens),
    cacheCreationTokens: Math.max(before.cacheCreationTokens, counts.cacheCreationTokens),
    thinkingTokens: Math.max(before.thinkingTokens, counts.thinkingTokens),
    webSearches: Math.max(before.webSearches, counts.webSearches),
    toolCalls: before.toolCalls + parts.toolUses.length,
    startedAt: known === undefined ? parts.timestamp : known.startedAt,
    requestedAt: known === undefined ? context.last.requestableAt : known.requestedAt,
    costPicoUsd: known?.costPicoUsd,
    thinking: thinkingOf(parts) ?? known?.thinking,
    copiedFrom: known === undefined ? copiedFrom(id) : known.copiedFrom,
  };
  const increase: Increase =
    response.copiedFrom !== undefined
      ? {}
      : {
          responses: known === undefined ? 1 : 0,
          inputTokens: response.inputTokens - before.inputTokens,
          outputTokens: response.outputTokens - before.outputTokens,
          cacheReadTokens: response.cacheReadTokens - before.cacheReadTokens,
          cacheCreationTokens: response.cacheCreationTokens - before.cacheCreationTokens,
          thinkingTokens: response.thinkingTokens - before.thinkingTokens,
          webSearches: response.webSearches - before.webSearches,
          models: [asString(line['requestedModel']) ?? model ?? 'unknown'],
        };
  return { response, isFirstLine: known === undefined, increase };
}

const NOTHING: Response = {
  id: '',
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheCreationTokens: 0,
  thinkingTokens: 0,
  webSearches: 0,
  toolCalls: 0,
  startedAt: undefined,
  requestedAt: undefined,
  costPicoUsd: undefined,
  thinking: undefined,
  copiedFrom: undefined,
};

type Counts = Pick<
  Response,
  'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheCreationTokens' | 'thinkingTokens' | 'webSearches'
>;

function countsOf(usage: JsonObject | undefined): Counts {
  return {
    inputTokens: asCount(usage?.['input_tokens']) ?? 0,
    outputTokens: asCount(usage?.['output_tokens']) ?? 0,
    cacheReadTokens: asCount(usage?.['cache_read_input_tokens']) ?? 0,
    cacheCreationTokens: asCount(usage?.['cache_creation_input_tokens']) ?? 0,
    thinkingTokens: asCount(asObject(usage?.['output_tokens_details'])?.['thinking_tokens']) ?? 0,
    webSearches: asCount(asObject(usage?.['server_tool_use'])?.['web_search_requests']) ?? 0,
  };
}

function thinkingOf({ blocks }: LineParts): string | undefined {
  const texts = blocksOf(blocks, 'thinking').flatMap((block) => asString(block['thinking']) || []);
  return texts.length === 0 ? undefined : texts.join('\n');
}
