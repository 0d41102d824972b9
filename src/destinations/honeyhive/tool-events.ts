/** Calls of tools: begun by the line that calls, completed by the line with the result. */
import type { MessageRecord } from '../../fields/index.ts';
import { jsonOrText, type JsonObject } from '../../lib/json.ts';
import { eventOf, type Event, type Parts, type Step } from './event.ts';
import { answerEventId, toolEventId } from './ids.ts';

/** The calls that the line begins; what they answer is not known yet. */
export function toolsBegun(record: MessageRecord): Step[] {
  const { tool_use_ids: ids = [], tool_names: names = [], tool_inputs: inputs = [] } = record;
  return ids.flatMap((id, index): Step[] => {
    const event = toolEvent(record, id, names[index], {
      inputs: inputsOf(inputs[index], undefined),
      metadata: { 'tool.phase': 'pre' },
    });
    return event === undefined ? [] : [{ phase: 'begin', event }];
  });
}

/** The call whose result the record is, merged with what was called. */
export function toolEnded(record: MessageRecord): Step[] {
  if (record.tool_result_ids === undefined) return [];
  const { tool_success: isSuccess, tool_error: error, tool_error_class: errorClass } = record;
  const response = record.tool_use_result ?? record.tool_results?.[0];
  const event = toolEvent(record, record.tool_use_id, record.tool_name, {
    start: record.tool_started_at,
    inputs: inputsOf(record.tool_input, record.tool_thinking),
    outputs: response === undefined ? {} : { tool_response: jsonOrText(response) },
    error: isSuccess === false ? (error ?? errorClass ?? 'error') : undefined,
    metadata: endMetadata(record),
  });
  return event === undefined ? [] : [{ phase: 'end', event }];
}

function toolEvent(
  record: MessageRecord,
  id: string | undefined,
  name: string | undefined,
  { metadata, ...parts }: Partial<Parts>,
): Event | undefined {
  return eventOf(record, {
    id: toolEventId(record, id),
    ...belowTurn(record),
    type: 'tool',
    name: `tool.${name ?? 'unknown'}`,
    ...parts,
    metadata: { 'tool.name': name, 'tool.use_id': id, ...metadata },
  });
}

/** What the lines of a turn hang below: its answer. */
export function belowTurn(record: MessageRecord): Pick<Parts, 'parent'> {
  return record.turn_id === undefined ? {} : { parent: answerEventId(record) };
}

function inputsOf(input: string | undefined, thinking: string | undefined): JsonObject {
  return {
    ...(input !== undefined && { tool_input: jsonOrText(input) }),
    ...(thinking !== undefined && { thinking }),
  };
}

function endMetadata(record: MessageRecord): JsonObject {
  return {
    'tool.kind': record.tool_kind,
    'tool.phase': 'complete',
    'tool.status': record.tool_status,
    'tool.error_class': record.tool_error_class,
    'tool.client_duration_ms': record.tool_client_duration_ms,
    'tool.command': record.bash_command,
    'tool.exit_code': record.exit_code,
    'file.path': record.file_path,
    'file.operation': record.file_operation,
    'permission.outcome': record.permission_outcome,
    'mcp.server': record.mcp_server,
    'mcp.tool': record.mcp_tool,
    'skill.name': record.skill_name,
    'subagent.id': record.subagent_id,
    'subagent.type': record.subagent_type,
  };
}
