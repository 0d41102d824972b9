/** The span of a turn: of the session's own conversation, or of a sub-agent. */
import type { MessageRecord } from '../../fields/index.ts';
import { turnTotalsFields } from '../../fields/turn-totals.ts';
import { closingNumber } from '../../insights/closings.ts';
import { inputMessages, outputMessages } from './content.ts';
import { fieldAttributes, fieldNames } from './field-attributes.ts';
import { toolSpanId, turnSpanId, type TraceBy } from './ids.ts';
import { attributesOf, SPAN_KIND, type Span } from './model.ts';
import { providerOf } from './responses.ts';
import { failure, spanName, spanOf } from './span.ts';

/** What the turn added up to. Tokens and cost stand on the spans of responses, under the names that backends add up. */
export const TURN_SPAN_FIELDS = fieldNames([turnTotalsFields], (name) => `claude_code.${name.replace('_', '.')}`, {
  without: new Set(['turn_started_at']),
});

/** The agent of a session's own conversation. */
export const MAIN_AGENT = 'claude-code';

export function turnSpan(record: MessageRecord, prompts: Prompts, traceBy: TraceBy): Span | undefined {
  const errorType = record.turn_status === 'error' ? (record.error_class ?? 'error') : undefined;
  const closing = closingNumber(record);
  const isReopened = closing > 1;
  const parentSpanId = isReopened ? turnSpanId(record) : callerSpanId(record, traceBy);
  const agent = record.agent_id === undefined ? MAIN_AGENT : record.agent_type;
  const attributes = attributesOf({
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.provider.name': providerOf(record.message_id),
    'gen_ai.agent.name': agent,
    'gen_ai.agent.id': record.agent_id,
    'gen_ai.agent.description': record.agent_description,
    'gen_ai.request.model': record.turn_models?.at(-1),
    'gen_ai.input.messages': inputMessages(prompts.get(turnSpanId(record))),
    'gen_ai.output.messages': record.type === 'assistant' ? outputMessages([record]) : undefined,
    'vcs.repository.name': record.repository_name,
    'vcs.ref.head.name': record.git_branch,
    'claude_code.project': record.project,
    'claude_code.turn.index': record.turn_index,
    'error.type': errorType,
  });
  return spanOf(record, traceBy, {
    spanId: turnSpanId(record, closing),
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: spanName('invoke_agent', agent),
    kind: SPAN_KIND.internal,
    start: isReopened ? record.response_started_at : record.turn_started_at,
    attributes: [...attributes, ...fieldAttributes(record, TURN_SPAN_FIELDS)],
    ...failure(errorType),
  });
}

/**
 * The call that a sub-agent works for. Where its lines do not say (clients before 2.1.200), or the turn that made the
 * call is another one and has a trace of its own, the agent's turn is the root of its tree.
 */
function callerSpanId(record: MessageRecord, traceBy: TraceBy): string | undefined {
  const { agent_id: agent, parent_tool_use_id: call, turn_id: turn, turn_index: index } = record;
  if (agent === undefined || call === undefined) return undefined;
  // Agents within the session's file are named after their first line, as their turns are.
  const isOtherTrace = traceBy === 'turn' && (turn === agent || index !== 0);
  return isOtherTrace ? undefined : toolSpanId(record.session_id, call);
}

export type Prompts = ReadonlyMap<string, string>;

/** What the batch knows of the prompts that began turns, by the turn's span. */
export function promptsOf(records: readonly MessageRecord[]): Prompts {
  const prompts = new Map<string, string>();
  for (const record of records) {
    if (record.is_first_turn !== undefined && record.text !== undefined) prompts.set(turnSpanId(record), record.text);
  }
  return prompts;
}
