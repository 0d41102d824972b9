/** Calls of tools, each when its result is there. */
import type { MessageRecord } from '../../fields/index.ts';
import { clientMeta, cut, eventOf, type Choices, type Event } from './event.ts';

export function toolEvent(record: MessageRecord, choices: Choices): Event {
  return eventOf(record, '/events/tool', {
    choices,
    tool_name: record.tool_name ?? 'unknown',
    success: record.tool_success ?? true,
    duration_ms: record.tool_duration_ms ?? null,
    error_class: errorClass(record),
    file_path: record.file_relative_path ?? record.file_path ?? null,
    bash_command_kind: record.bash_command_kind ?? null,
    bash_command: choices.bashCommands ? cut(record.bash_command, 8_000) : null,
    input_bytes: record.tool_input_bytes ?? 0,
    output_bytes: record.tool_output_bytes ?? 0,
    subagent_type: cut(record.subagent_type, 64),
    subagent_depth: depthOf(record),
    permission_outcome: OUTCOMES[record.permission_outcome ?? ''] ?? 'allowed',
    hook_block_reason: cut(record.hook_block_reason, 128),
    permission_mode: cut(record.permission_mode, 32),
    client_meta: clientMeta(record),
  });
}

/** How deep the agent is that makes the call, or that the call starts; null for the session's own calls. */
function depthOf({ agent_depth: depth, subagent_type: started }: MessageRecord): number | null {
  return started === undefined ? (depth ?? null) : (depth ?? 0) + 1;
}

/** The server knows no rules: a call that one forbade was denied on behalf of the person who wrote it. */
const OUTCOMES: { readonly [outcome: string]: string } = {
  denied_user: 'denied_user',
  denied_rule: 'denied_user',
  blocked_hook: 'blocked_hook',
};

/** The server's own words. */
const ERROR_CLASSES = new Set([
  'interrupted',
  'exit_nonzero',
  'old_string_not_found',
  'permission_denied',
  'timeout',
  'not_found',
]);

function errorClass({ tool_success: isSuccess, tool_error_class: name = 'error' }: MessageRecord): string | null {
  if (isSuccess !== false) return null;
  return ERROR_CLASSES.has(name) ? name : 'error';
}
