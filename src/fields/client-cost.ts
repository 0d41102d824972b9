/** The client's own running totals, which it writes when its process ends; a resumed session goes on from them. */
import { asBoolean, asCount, asNumber, asObject, isObject, type JsonObject } from '../lib/json.ts';
import { count, fieldGroup, flag, ms, text, time, tokens, usd, words, type ValuesOf } from './field.ts';
import { jsonTextOf } from '../lib/json-dump.ts';
import type { Scope } from './scope.ts';
import { asTime } from '../line/values.ts';

export const clientCostFields = fieldGroup({
  client_cost_usd: usd(
    '`totalCostUSD`',
    'What the session has cost so far by the client, with requests that leave no line of their own.',
  ),
  client_cost_has_unknown_model: flag('`hasUnknownModelCost`', 'The client had to guess the price of a model.'),
  client_api_duration_ms: ms('`totalAPIDuration`', 'How long requests took together.'),
  client_api_duration_without_retries_ms: ms(
    '`totalAPIDurationWithoutRetries`',
    'The same for the attempts that succeeded.',
  ),
  client_total_tool_duration_ms: ms('`totalToolDuration`', 'How long tools ran together.'),
  client_duration_ms: ms('`totalDuration`', 'How long the session has been open, over all of its processes.'),
  client_lines_added: count('`totalLinesAdded`', 'Lines that tools have added to files.'),
  client_lines_removed: count('`totalLinesRemoved`', 'Lines that tools have removed from files.'),
  client_started_at: time('`startTime` (ms since 1970)', 'When the session began.'),
  client_models: words('the names in `modelUsage`', 'The models that the client was billed for.'),
  client_input_tokens: tokens('`modelUsage.*.inputTokens`', 'Uncached prompt tokens, over all models.'),
  client_output_tokens: tokens('`modelUsage.*.outputTokens`', 'Output tokens, over all models.'),
  client_thinking_tokens: tokens('`modelUsage.*.thinkingTokens`', 'Those of them that were thinking.'),
  client_cache_read_tokens: tokens('`modelUsage.*.cacheReadInputTokens`', 'Cached prompt tokens, over all models.'),
  client_cache_creation_tokens: tokens('`modelUsage.*.cacheCreationInputTokens`', 'Cache writes, over all models.'),
  client_cache_creation_5m_tokens: tokens(
    '`modelUsage.*.cacheCreationEphemeral5mInputTokens`',
    'Those of them that live five minutes.',
  ),
  client_cache_creation_1h_tokens: tokens(
    '`modelUsage.*.cacheCreationEphemeral1hInputTokens`',
    'Those of them that live an hour.',
  ),
  client_web_searches: count('`modelUsage.*.webSearchRequests`', 'Searches that the API ran, over all models.'),
  client_model_usage: text(
    '`modelUsage.**`, with `modelUsage.*.costUSD`',
    'The totals of each model with its cost in USD, as JSON.',
  ),
});

type ClientCost = ValuesOf<typeof clientCostFields>;

export function fillClientCost(record: ClientCost, { parts: { line } }: Scope): void {
  record.client_cost_usd = asNumber(line['totalCostUSD']);
  record.client_cost_has_unknown_model = asBoolean(line['hasUnknownModelCost']);
  record.client_api_duration_ms = asCount(line['totalAPIDuration']);
  record.client_api_duration_without_retries_ms = asCount(line['totalAPIDurationWithoutRetries']);
  record.client_total_tool_duration_ms = asCount(line['totalToolDuration']);
  record.client_duration_ms = asCount(line['totalDuration']);
  record.client_lines_added = asCount(line['totalLinesAdded']);
  record.client_lines_removed = asCount(line['totalLinesRemoved']);
  record.client_started_at = asTime(line['startTime']);
  record.client_model_usage = jsonTextOf(asObject(line['modelUsage']));
  fillModels(record, asObject(line['modelUsage']));
}

function fillModels(record: ClientCost, usage: JsonObject | undefined): void {
  if (usage === undefined) return;
  const models = Object.values(usage).filter(isObject);
  record.client_models = Object.keys(usage);
  record.client_input_tokens = sum(models, 'inputTokens');
  record.client_output_tokens = sum(models, 'outputTokens');
  record.client_thinking_tokens = sum(models, 'thinkingTokens');
  record.client_cache_read_tokens = sum(models, 'cacheReadInputTokens');
  record.client_cache_creation_tokens = sum(models, 'cacheCreationInputTokens');
  record.client_cache_creation_5m_tokens = sum(models, 'cacheCreationEphemeral5mInputTokens');
  record.client_cache_creation_1h_tokens = sum(models, 'cacheCreationEphemeral1hInputTokens');
  record.client_web_searches = sum(models, 'webSearchRequests');
}

/** Undefined where no model has the number: clients before 2.1.290 did not write all of them. */
function sum(models: readonly JsonObject[], name: string): number | undefined {
  const counts = models.flatMap((model) => asCount(model[name]) ?? []);
  return counts.length === 0 ? undefined : counts.reduce((total, one) => total + one, 0);
}
