/** What a line adds to all lines before it. Adds up over any set of records, whichever lines repeat or copy a response. */
import type { Increase } from '../fold/tally.ts';
import { count, fieldGroup, picoUsd, tokens, usd, type ValuesOf } from './field.ts';
import type { Scope } from './scope.ts';

export const incrementalFields = fieldGroup({
  incremental_input_tokens: tokens('input_tokens beyond those of earlier lines of the response', 'Sum them freely.'),
  incremental_output_tokens: tokens('output_tokens beyond those of earlier lines of the response', 'Sum them freely.'),
  incremental_cache_read_tokens: tokens('cache_read_tokens beyond those of earlier lines', 'Sum them freely.'),
  incremental_cache_creation_tokens: tokens('cache_creation_tokens beyond those of earlier lines', 'Sum them freely.'),
  incremental_total_tokens: tokens('the four above', 'Sum them freely.'),
  incremental_thinking_tokens: tokens('thinking_tokens beyond those of earlier lines', 'Part of the output tokens.'),
  incremental_web_search_requests: count('web_search_requests beyond those of earlier lines', 'Sum them freely.'),
  incremental_cost_usd: usd(
    'cost_pico_usd beyond that of earlier lines',
    'The only cost to sum over records: 0 on lines that repeat a response and on copies.',
  ),
  incremental_cost_pico_usd: picoUsd('the same, before it becomes a floating-point number', 'To add up without drift.'),
});

/** The costs are filled in by the price step. */
export function fillIncremental(record: ValuesOf<typeof incrementalFields>, { step }: Scope): void {
  if (step.response === undefined) return;
  const {
    inputTokens = 0,
    outputTokens = 0,
    cacheReadTokens = 0,
    cacheCreationTokens = 0,
  }: Increase = step.response.increase;
  const { thinkingTokens = 0, webSearches = 0 }: Increase = step.response.increase;
  record.incremental_input_tokens = inputTokens;
  record.incremental_output_tokens = outputTokens;
  record.incremental_cache_read_tokens = cacheReadTokens;
  record.incremental_cache_creation_tokens = cacheCreationTokens;
  record.incremental_total_tokens = inputTokens + outputTokens + cacheReadTokens + cacheCreationTokens;
  record.incremental_thinking_tokens = thinkingTokens;
  record.incremental_web_search_requests = webSearches;
}
