/** A tool's call with its result, as one event: where it reached to, what it ran, and how it ended. */
import type { MessageRecord } from '../../fields/index.ts';
import type { Event } from './events.ts';

/** The event of a record that holds a result; the record knows what the call had asked. */
export function toolEvent(record: MessageRecord): Event {
  const duration_ms = record.tool_client_duration_ms ?? record.tool_duration_ms;
  const outside = isOutside(record);
  return {
    event: record.tool_event ?? 'tool_usage',
    level: record.tool_success === false ? 'warn' : 'info',
    content: {
      tool_name: record.tool_name,
      tool_use_id: record.tool_use_id,
      action_details: { ...actionDetails(record), outside_project_scope: outside },
      result: { ...resultOf(record), duration_ms },
      ...(record.lines_added !== undefined && { file_changes: fileChanges(record) }),
    },
    metadata: {
      tool: record.tool_name,
      tool_use_id: record.tool_use_id,
      success: record.tool_success,
      duration_ms,
      outside_project_scope: outside,
      command_risks: record.command_risks?.join(','),
    },
  };
}

/** Of a file the place of it; of a command any of the places that it names. */
function isOutside({ is_outside_project, command_outside_paths = [] }: MessageRecord): boolean {
  return is_outside_project === true || command_outside_paths.length > 0;
}

function actionDetails(record: MessageRecord): object {
  return {
    operation: record.file_operation ?? record.tool_kind,
    file_path: record.file_path,
    size_bytes: record.file_size_bytes,
    is_sensitive_file: record.is_sensitive_file,
    is_system_file: record.is_system_file,
    command: record.bash_command,
    command_kind: record.bash_command_kind,
    command_risks: record.command_risks,
    outside_paths: record.command_outside_paths,
    description: record.bash_description ?? record.subagent_description,
    search_pattern: record.search_pattern,
    search_path: record.search_path,
    search_mode: record.search_mode,
    content_length: record.content_length,
    old_length: record.old_length,
    new_length: record.new_length,
    replace_all: record.replace_all,
    web_url: record.web_url,
    web_query: record.web_query,
    subagent_type: record.subagent_type,
    todo_count: record.todo_count,
    mcp_server: record.mcp_server,
    skill: record.skill_name,
    tool_input: record.tool_input,
  };
}

function resultOf(record: MessageRecord): object {
  return {
    success: record.tool_success,
    error_class: record.tool_error_class,
    error: record.tool_error,
    exit_code: record.exit_code,
    output_bytes: record.tool_output_bytes,
    permission: record.permission_outcome,
  };
}

function fileChanges({ lines_added, lines_removed, patch_hunks }: MessageRecord): object {
  return { lines_added, lines_removed, hunks: patch_hunks };
}
