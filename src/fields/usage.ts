/** What one API response consumed, and how the API served it. Every line of a response repeats it. */
import { asCount, asObject, asString } from '../lib/json.ts';
import type { Entry } from '../types.ts';
import { fieldGroup, type ValuesOf } from './field.ts';

export const usageFields = fieldGroup({
  model: { type: 'string', privacy: 'enum', source: 'message.model', about: 'The model that answered.' },
  requested_model: {
    type: 'string',
    privacy: 'enum',
    source: 'requestedModel',
    about: 'The model that was asked for; the client bills by it. Written since 2.1.329.',
  },
  stop_reason: { type: 'string', privacy: 'enum', source: 'message.stop_reason', about: 'Why the response ended.' },
  input_tokens: {
    type: 'integer',
    unit: 'tokens',
    privacy: 'metric',
    source: 'message.usage.input_tokens',
    about: 'Prompt tokens that were neither read from nor written to the cache.',
  },
  output_tokens: {
    type: 'integer',
    unit: 'tokens',
    privacy: 'metric',
    source: 'message.usage.output_tokens',
    about: 'Tokens of the answer, thinking included; a placeholder on early lines of clients before 2.1.97.',
  },
  cache_read_tokens: {
    type: 'integer',
    unit: 'tokens',
    privacy: 'metric',
    source: 'message.usage.cache_read_input_tokens',
    about: 'Prompt tokens read from the cache.',
  },
  cache_creation_tokens: {
    type: 'integer',
    unit: 'tokens',
    privacy: 'metric',
    source: 'message.usage.cache_creation_input_tokens',
    about: 'Prompt tokens written to the cache; the sum of the next two where the client splits it.',
  },
  cache_creation_5m_tokens: {
    type: 'integer',
    unit: 'tokens',
    privacy: 'metric',
    source: 'message.usage.cache_creation.ephemeral_5m_input_tokens',
    about: 'Cache writes that live five minutes.',
  },
  cache_creation_1h_tokens: {
    type: 'integer',
    unit: 'tokens',
    privacy: 'metric',
    source: 'message.usage.cache_creation.ephemeral_1h_input_tokens',
    about: 'Cache writes that live an hour.',
  },
  web_search_requests: {
    type: 'integer',
    privacy: 'metric',
    source: 'message.usage.server_tool_use.web_search_requests',
    about: 'Searches that the API ran and bills.',
  },
  service_tier: {
    type: 'string',
    privacy: 'enum',
    source: 'message.usage.service_tier',
    about: '`standard`, `batch` or `priority`.',
  },
  speed: {
    type: 'string',
    privacy: 'enum',
    source: 'message.usage.speed',
    about: '`standard` or `fast`, as answered.',
  },
  inference_geo: {
    type: 'string',
    privacy: 'enum',
    source: 'message.usage.inference_geo',
    about: 'Where inference ran; `us` costs more.',
  },
});

export function usage({ line }: Entry): ValuesOf<typeof usageFields> {
  const message = line['type'] === 'assistant' ? asObject(line['message']) : undefined;
  if (message === undefined) return {};
  const counts = asObject(message['usage']);
  const cacheCreation = asObject(counts?.['cache_creation']);
  return {
    model: asString(message['model']),
    requested_model: asString(line['requestedModel']),
    stop_reason: asString(message['stop_reason']),
    input_tokens: asCount(counts?.['input_tokens']),
    output_tokens: asCount(counts?.['output_tokens']),
    cache_read_tokens: asCount(counts?.['cache_read_input_tokens']),
    cache_creation_tokens: asCount(counts?.['cache_creation_input_tokens']),
    cache_creation_5m_tokens: asCount(cacheCreation?.['ephemeral_5m_input_tokens']),
    cache_creation_1h_tokens: asCount(cacheCreation?.['ephemeral_1h_input_tokens']),
    web_search_requests: asCount(asObject(counts?.['server_tool_use'])?.['web_search_requests']),
    service_tier: asString(counts?.['service_tier']),
    speed: asString(counts?.['speed']),
    inference_geo: asString(counts?.['inference_geo']),
  };
}
