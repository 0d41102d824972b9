/** What records add to the metrics. Lines that repeat a response and copies of other transcripts' lines add nothing. */
import type { MessageRecord } from '../../fields/index.ts';
import { modelOf } from '../../fields/usage.ts';
import { decisionOf, personOf, querySource } from './words.ts';
import type { HistogramName, SumName } from './metric-names.ts';
import type { Value } from './model.ts';
import { promptTokens, providerOf, type ModelResponse } from './responses.ts';

export type Attributes = { readonly [name: string]: Value };

/** One value, and the time that it was collected over. */
export interface Measurement<Name> {
  name: Name;
  attributes: Attributes;
  /** Of the sum of costs, whole pico-USD, so that nothing is lost in adding up. */
  value: number | bigint;
  from: string | undefined;
  until: string | undefined;
}

/** In the names of the official client. */
export function sumsOf(record: MessageRecord): Measurement<SumName>[] {
  if (record.incremental_total_tokens !== undefined) return usageSums(record);
  if (record.tool_result_ids !== undefined) return toolSums(record);
  const isMain = record.agent_id === undefined;
  if (record.is_first_turn && isMain)
    return [measured(record, 'claude_code.session.count', 1, { start_type: 'fresh' })];
  return [];
}

function usageSums(record: MessageRecord): Measurement<SumName>[] {
  const attributes: Attributes = {
    model: modelOf(record),
    query_source: querySource(record),
    'agent.name': record.agent_type,
    // Unlike its events, the official client's metrics have no word for what is not fast.
    speed: record.speed === 'fast' ? 'fast' : undefined,
    effort: record.effort,
  };
  const from = record.response_started_at;
  const tokens = Object.entries({
    input: record.incremental_input_tokens,
    output: record.incremental_output_tokens,
    cacheRead: record.incremental_cache_read_tokens,
    cacheCreation: record.incremental_cache_creation_tokens,
  }).map(([type, count]) => measured(record, 'claude_code.token.usage', count ?? 0, { ...attributes, type }, from));
  const cost = BigInt(record.incremental_cost_pico_usd ?? 0);
  return [...tokens, measured(record, 'claude_code.cost.usage', cost, attributes, from), ...activeTime(record)].filter(
    ({ value }) => value > 0,
  );
}

/** The time of a turn is told by the line that ends it first; what a Stop hook adds to it is not. */
function activeTime(record: MessageRecord): Measurement<SumName>[] {
  const { turn_duration_ms: duration, turn_closings: closings, turn_started_at: from } = record;
  if (duration === undefined || closings !== 1 || record.agent_id !== undefined) return [];
  return [measured(record, 'claude_code.active_time.total', duration / 1_000, { type: 'cli' }, from)];
}

function toolSums(record: MessageRecord): Measurement<SumName>[] {
  const { tool_name: tool, lines_added: added, lines_removed: removed, tool_started_at: from } = record;
  const decision = EDITING.has(tool ?? '') ? decisionOf(record) : undefined;
  const language = record.file_language;
  const decided = { tool_name: tool, decision, source: record.permission_source, language };
  return [
    measured(record, 'claude_code.lines_of_code.count', added ?? 0, { type: 'added' }, from),
    measured(record, 'claude_code.lines_of_code.count', removed ?? 0, { type: 'removed' }, from),
    measured(record, 'claude_code.commit.count', record.commit_count ?? 0, {}, from),
    measured(record, 'claude_code.pull_request.count', record.pull_request_count ?? 0, {}, from),
    measured(record, 'claude_code.code_edit_tool.decision', decision === undefined ? 0 : 1, decided, from),
  ].filter(({ value }) => value > 0);
}

const EDITING = new Set(['Edit', 'MultiEdit', 'Write', 'NotebookEdit']);

function measured(
  record: MessageRecord,
  name: SumName,
  value: number | bigint,
  attributes: Attributes,
  from = record.timestamp,
): Measurement<SumName> {
  const shared = { 'session.id': record.session_id, ...personOf(record) };
  return { name, attributes: { ...shared, ...attributes }, value, from, until: record.timestamp };
}

/** In the names of the GenAI conventions. */
export function histogramsOf({ lines: [first], last, totals }: ModelResponse): Measurement<HistogramName>[] {
  const attributes: Attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': providerOf(totals.messageId),
    'gen_ai.request.model': totals.model,
    'gen_ai.response.model': first.model,
  };
  const window = { from: first.response_started_at ?? first.timestamp, until: last.timestamp };
  const tokens = { input: promptTokens(totals), output: totals.outputTokens };
  const usage = Object.entries(tokens).map(([type, value]): Measurement<HistogramName> => {
    return {
      name: 'gen_ai.client.token.usage',
      attributes: { ...attributes, 'gen_ai.token.type': type },
      value,
      ...window,
    };
  });
  const { response_duration_ms: duration, error_class } = last;
  if (duration === undefined) return usage;
  const failed = { ...attributes, 'error.type': error_class };
  return [
    ...usage,
    { name: 'gen_ai.client.operation.duration', attributes: failed, value: duration / 1_000, ...window },
  ];
}
