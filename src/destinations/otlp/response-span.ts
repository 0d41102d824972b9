/** The spans of requests to the model: a response, or the error that was left of one. */
import type { MessageRecord } from '../../fields/index.ts';
import { toUsd } from '../../pricing/amount.ts';
import { outputMessages } from './content.ts';
import { lineSpanId, responseSpanId, turnSpanId, type TraceBy } from './ids.ts';
import { attributesOf, double, SPAN_KIND, type Span } from './model.ts';
import { promptTokens, providerOf, type ModelResponse } from './responses.ts';
import { failure, spanName, spanOf } from './span.ts';

export function responseSpan({ lines, last, totals }: ModelResponse, traceBy: TraceBy): Span | undefined {
  const [first] = lines;
  const { messageId, model, costPicoUsd } = totals;
  const attributes = attributesOf({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': providerOf(messageId),
    'gen_ai.request.model': model,
    'gen_ai.response.model': first.model,
    'gen_ai.response.id': messageId,
    'gen_ai.response.finish_reasons': last.stop_reason === undefined ? undefined : [last.stop_reason],
    'gen_ai.usage.input_tokens': promptTokens(totals),
    'gen_ai.usage.output_tokens': totals.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': totals.cacheReadTokens,
    'gen_ai.usage.cache_creation.input_tokens': totals.cacheCreationTokens,
    'gen_ai.usage.reasoning.output_tokens': last.thinking_tokens,
    'gen_ai.output.messages': outputMessages(lines),
    'claude_code.request_id': first.request_id,
    'claude_code.cost_usd': double(costPicoUsd === undefined ? undefined : toUsd(costPicoUsd)),
    'claude_code.cost_status': last.cost_status,
    'claude_code.cost_flags': last.cost_flags,
    'claude_code.price_id': last.price_id,
    'claude_code.uncached_input_tokens': totals.inputTokens,
    'claude_code.cache_creation_5m_tokens': last.cache_creation_5m_tokens,
    'claude_code.cache_creation_1h_tokens': last.cache_creation_1h_tokens,
    'claude_code.web_search_requests': last.web_search_requests,
    'claude_code.speed': last.speed,
    'claude_code.service_tier': last.service_tier,
    'claude_code.inference_geo': last.inference_geo,
    'claude_code.effort': last.effort,
    'claude_code.usage_final': lines.some(({ usage_final }) => usage_final),
    'claude_code.time_to_first_block_ms': first.time_to_first_block_ms,
    'error.type': last.error_class,
  });
  return spanOf(last, traceBy, {
    spanId: responseSpanId(first.session_id, messageId),
    parentSpanId: turnSpanId(first),
    name: spanName('chat', model),
    kind: SPAN_KIND.client,
    start: first.response_started_at,
    attributes,
    ...failure(last.error_class),
  });
}

/** A request that was given up: the client writes what it shows of it into the model's place. */
export function failedSpan(record: MessageRecord, traceBy: TraceBy): Span | undefined {
  const attributes = attributesOf({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.output.messages': outputMessages([record]),
    'http.response.status_code': record.api_error_status,
    'claude_code.request_id': record.request_id ?? record.failed_request_id,
    'claude_code.api_error_type': record.api_error_type,
    'error.type': record.error_class,
  });
  return spanOf(record, traceBy, {
    spanId: lineSpanId(record),
    parentSpanId: turnSpanId(record),
    name: 'chat',
    kind: SPAN_KIND.client,
    start: record.timestamp,
    attributes,
    ...failure(record.error_class ?? 'unknown'),
  });
}
