/** Spans: calls of tools, the sub-agents that calls start, and compactions. */
import type { MessageRecord } from '../../fields/index.ts';
import type { JsonObject } from '../../lib/json.ts';
import { envelopeOf, preview, type Envelope } from './event.ts';

const PREVIEW_CHARACTERS = 500;

export function spanEvents(record: MessageRecord): (Envelope | undefined)[] {
  return [
    ...callsBegun(record),
    ...(record.tool_result_ids === undefined ? [] : callEnded(record)),
    ...(record.compact_trigger === undefined ? [] : compacted(record)),
  ];
}

function callsBegun(record: MessageRecord): (Envelope | undefined)[] {
  const { tool_use_ids: calls = [], tool_names: names = [], tool_inputs: inputs = [] } = record;
  return calls.map((call, index) =>
    envelopeOf(record, {
      type: 'span.start',
      span: call,
      attributes: attributesOf(names[index], call),
      payload: { input: preview(inputs[index], PREVIEW_CHARACTERS) },
    }),
  );
}

function callEnded(record: MessageRecord): (Envelope | undefined)[] {
  const { tool_use_id: call, tool_name: name } = record;
  const isFailed = record.tool_success === false;
  const attributes = attributesOf(name, call);
  const ended = envelopeOf(record, {
    type: 'span.end',
    span: call,
    attributes,
    payload: {
      status: statusOf(record),
      result_preview: preview(record.tool_results?.[0], PREVIEW_CHARACTERS),
      duration_ms: record.tool_duration_ms,
    },
  });
  if (!isFailed) return [ended];
  const failed = envelopeOf(record, {
    type: 'error',
    span: call,
    attributes: { ...attributes, error_class: record.tool_error_class },
    payload: { message: preview(record.tool_error, PREVIEW_CHARACTERS) },
  });
  return [failed, ended];
}

function attributesOf(name: string | undefined, call: string | undefined): JsonObject {
  const isAgent = name === 'Agent' || name === 'Task';
  return { span_kind: isAgent ? 'sub-agent' : 'tool', name: name ?? 'unknown', tool_call_id: call };
}

function statusOf({ tool_success: isSuccess, tool_error_class: errorClass }: MessageRecord): string {
  if (isSuccess !== false) return 'success';
  return errorClass === 'interrupted' ? 'interrupted' : 'error';
}

/** Written down when it is over. A person asks for one when the run that its line belongs to has ended. */
function compacted(record: MessageRecord): (Envelope | undefined)[] {
  const { timestamp: end, compact_trigger: trigger, compact_duration_ms: duration } = record;
  const start = end === undefined ? undefined : new Date(Math.max(0, Date.parse(end) - (duration ?? 0))).toISOString();
  const shared = {
    span: record.id,
    ...(trigger === 'manual' && { isOfSession: true as const }),
    attributes: { span_kind: 'compaction', name: 'compact', trigger },
  };
  return [
    envelopeOf(record, { ...shared, type: 'span.start', at: start, payload: { tokens: record.compact_pre_tokens } }),
    envelopeOf(record, {
      ...shared,
      type: 'span.end',
      payload: { status: 'success', duration_ms: duration, tokens: record.compact_post_tokens },
    }),
  ];
}
