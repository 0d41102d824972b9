/** What one API response consumed, and how the API served it. Every line of a response repeats it. */
import { asArray, asCount, asObject, asString, type JsonObject } from '../lib/json.ts';
import { count, fieldGroup, flag, id, text, time, tokens, word, type ValuesOf } from './field.ts';
import { jsonText, jsonTextOf } from '../lib/json-dump.ts';
import { timestampOf } from '../line/parts.ts';
import type { Scope } from './scope.ts';

export const usageFields = fieldGroup({
  model: word('`message.model`', 'The model that answered; `<synthetic>` on lines that the client wrote itself.'),
  requested_model: word(
    '`requestedModel`',
    'The model that was asked for, by which the client bills; written since 2.1.329.',
  ),
  advisor_model: word('`advisorModel`', 'The model that advised the one that answered.'),
  stop_reason: word('`message.stop_reason`', 'Why the response ended.'),
  stop_sequence: text('`message.stop_sequence`', 'The sequence that ended the response.'),
  stop_details: text('`message.stop_details.**`', 'What the API adds to the stop reason, as JSON.'),
  input_tokens: tokens(
    '`message.usage.input_tokens`',
    'Prompt tokens that were neither read from nor written to the cache.',
  ),
  output_tokens: tokens(
    '`message.usage.output_tokens`',
    'Tokens of the answer, thinking included; a placeholder on early lines of clients before 2.1.97.',
  ),
  cache_read_tokens: tokens('`message.usage.cache_read_input_tokens`', 'Prompt tokens read from the cache.'),
  cache_creation_tokens: tokens(
    '`message.usage.cache_creation_input_tokens`',
    'Prompt tokens written to the cache; the sum of the next two where the client splits it.',
  ),
  cache_creation_5m_tokens: tokens(
    '`message.usage.cache_creation.ephemeral_5m_input_tokens`',
    'Cache writes that live five minutes.',
  ),
  cache_creation_1h_tokens: tokens(
    '`message.usage.cache_creation.ephemeral_1h_input_tokens`',
    'Cache writes that live an hour.',
  ),
  total_tokens: tokens(
    'input_tokens + output_tokens + cache_read_tokens + cache_creation_tokens',
    'Everything that went through the model for this response.',
  ),
  thinking_tokens: tokens(
    '`message.usage.output_tokens_details.thinking_tokens`',
    'The part of output_tokens that was thinking, where the client tells it (since 2.1.250).',
  ),
  usage_final: flag(
    '`message.stop_reason`, `isAbortedMidStream`',
    'Whether the API had finished the response when the line was written; if not, output_tokens may be a placeholder.',
  ),
  web_search_requests: count(
    '`message.usage.server_tool_use.web_search_requests`',
    'Searches that the API ran and bills.',
  ),
  web_fetch_requests: count('`message.usage.server_tool_use.web_fetch_requests`', 'Pages that the API fetched.'),
  code_execution_requests: count(
    '`message.usage.server_tool_use.code_execution_requests`',
    'Programs that the API ran.',
  ),
  iterations: text(
    '`message.usage.iterations[].**`',
    'The usage of each step that the API took for the response, as JSON; absent where there was one alone.',
  ),
  iteration_count: count('`message.usage.iterations[]`', 'Steps that the API lists for the response.'),
  service_tier: word('`message.usage.service_tier`', '`standard`, `batch` or `priority`.'),
  speed: word('`message.usage.speed`', '`standard` or `fast`, as answered.'),
  inference_geo: word('`message.usage.inference_geo`', 'Where inference ran; `us` costs more.'),
  fallback_credit: text(
    '`message.usage.fallback_credit`',
    'What the API gave back because another model answered, as JSON.',
  ),
  prompt_cache_requested: word(
    '`promptCacheRequested`',
    'The lifetime that cache writes were asked for: `5m` or `1h`.',
  ),
  container_id: id('`message.container`, `message.container.id`', 'The container in which the API ran programs.'),
  container_expires_at: time('`message.container.expires_at`', 'Until when the container can be used again.'),
  context_management: text(
    '`message.context_management.**`',
    'What the API took out of the context by itself, as JSON.',
  ),
  api_diagnostics: text('`message.diagnostics.**`', 'What the API says about the request itself, as JSON.'),
  server_classifier_request: id('`serverClassifierRequest`', "The request of the API's own check of this response."),
});

type Usage = ValuesOf<typeof usageFields>;

export function fillUsage(record: Usage, { parts: { type, line, message } }: Scope): void {
  if (type !== 'assistant' || message === undefined) return;
  const container = asObject(message['container']);
  record.model = asString(message['model']);
  record.requested_model = asString(line['requestedModel']);
  record.advisor_model = asString(line['advisorModel']);
  record.stop_reason = asString(message['stop_reason']);
  record.stop_sequence = asString(message['stop_sequence']);
  record.stop_details = jsonTextOf(message['stop_details']);
  record.usage_final = isFinal(line, message);
  record.prompt_cache_requested = asString(line['promptCacheRequested']);
  record.container_id = asString(container?.['id']) ?? asString(message['container']);
  record.container_expires_at = timestampOf(container?.['expires_at']);
  record.context_management = jsonTextOf(message['context_management']);
  record.api_diagnostics = jsonTextOf(message['diagnostics']);
  record.server_classifier_request = asString(line['serverClassifierRequest']);
  const counts = asObject(message['usage']);
  if (counts !== undefined) fillCounts(record, counts);
}

function fillCounts(record: Usage, counts: JsonObject): void {
  const cacheCreation = asObject(counts['cache_creation']);
  const serverTools = asObject(counts['server_tool_use']);
  const iterations = asArray(counts['iterations']);
  record.input_tokens = asCount(counts['input_tokens']);
  record.output_tokens = asCount(counts['output_tokens']);
  record.cache_read_tokens = asCount(counts['cache_read_input_tokens']);
  record.cache_creation_tokens = asCount(counts['cache_creation_input_tokens']);
  record.cache_creation_5m_tokens = asCount(cacheCreation?.['ephemeral_5m_input_tokens']);
  record.cache_creation_1h_tokens = asCount(cacheCreation?.['ephemeral_1h_input_tokens']);
  record.total_tokens = totalOf(record);
  record.thinking_tokens = asCount(asObject(counts['output_tokens_details'])?.['thinking_tokens']);
  record.web_search_requests = asCount(serverTools?.['web_search_requests']);
  record.web_fetch_requests = asCount(serverTools?.['web_fetch_requests']);
  record.code_execution_requests = asCount(serverTools?.['code_execution_requests']);
  record.iterations = iterations === undefined || iterations.length === 0 ? undefined : jsonText(iterations);
  record.iteration_count = iterations?.length;
  record.service_tier = asString(counts['service_tier']);
  record.speed = asString(counts['speed']);
  record.inference_geo = asString(counts['inference_geo']);
  record.fallback_credit = jsonTextOf(counts['fallback_credit']);
}

/** Undefined where the line tells neither what went in nor what came out. */
function totalOf({ input_tokens, output_tokens, cache_read_tokens, cache_creation_tokens }: Usage): number | undefined {
  if (input_tokens === undefined && output_tokens === undefined) return undefined;
  return (input_tokens ?? 0) + (output_tokens ?? 0) + (cache_read_tokens ?? 0) + (cache_creation_tokens ?? 0);
}

/** The model of the lines that the client writes itself: they have no usage that could be final. */
export const SYNTHETIC_MODEL = '<synthetic>';

interface Models {
  requested_model?: string | undefined;
  model?: string | undefined;
}

/** The model that was asked for; undefined for what the client wrote in the place of one. */
export function modelOf({ requested_model, model }: Models): string | undefined {
  return requested_model ?? (model === SYNTHETIC_MODEL ? undefined : model);
}

/** The API names a stop reason at the end of its stream, together with the final counts. */
export function isFinal(line: JsonObject, message: JsonObject): boolean | undefined {
  if (message['model'] === SYNTHETIC_MODEL || message['usage'] === undefined) return undefined;
  return typeof message['stop_reason'] === 'string' && line['isAbortedMidStream'] !== true;
}
