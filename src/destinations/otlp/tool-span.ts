/** The span of a call of a tool, from the call to its result. */
import { agentFields } from '../../fields/agents.ts';
import { callGroups } from '../../fields/calls.ts';
import type { FieldGroup } from '../../fields/field.ts';
import type { MessageRecord } from '../../fields/index.ts';
import { fieldAttributes, fieldNames } from './field-attributes.ts';
import { toolSpanId, turnSpanId, type TraceBy } from './ids.ts';
import { attributesOf, SPAN_KIND, type Span } from './model.ts';
import { failure, spanName, spanOf } from './span.ts';

/** What the span says otherwise: by its name, its times, its status or an attribute of the conventions. */
const SAID = new Set([
  'tool_names',
  'tool_use_ids',
  'tool_result_ids',
  'tool_is_error',
  'tool_phase',
  'tool_use_id',
  'tool_name',
  'tool_started_at',
  'tool_success',
  'tool_error_class',
]);

/** What the conventions have no name for; what was written is in the arguments and the result. */
export const TOOL_SPAN_FIELDS = fieldNames(
  [...Object.values(callGroups), startedAgentFields()],
  (name) => `claude_code.${name}`,
  { without: SAID },
);

export function toolSpan(record: MessageRecord, traceBy: TraceBy): Span | undefined {
  const errorType = record.tool_success === false ? (record.tool_error_class ?? 'error') : undefined;
  const attributes = attributesOf({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': record.tool_name,
    'gen_ai.tool.call.id': record.tool_use_id,
    'gen_ai.tool.type': 'function',
    'gen_ai.tool.call.arguments': record.tool_input,
    'gen_ai.tool.call.result': record.tool_results?.[0],
    'error.type': errorType,
  });
  return spanOf(record, traceBy, {
    spanId: toolSpanId(record.session_id, record.tool_use_id),
    parentSpanId: turnSpanId(record),
    name: spanName('execute_tool', record.tool_name),
    kind: SPAN_KIND.internal,
    start: record.tool_started_at,
    attributes: [...attributes, ...fieldAttributes(record, TOOL_SPAN_FIELDS)],
    ...failure(errorType),
  });
}

/** Of the sub-agent that the call has started, and not of the one that made it. */
function startedAgentFields(): FieldGroup {
  return Object.fromEntries(Object.entries(agentFields).filter(([name]) => name.startsWith('subagent_')));
}
