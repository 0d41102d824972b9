/** Work under way: notes that clients before 2.1.60 kept while a tool, a task or a sub-agent ran. */
import { asCount, asNumber, asObject, asString, type JsonObject } from '../lib/json.ts';
import { count, fieldGroup, id, ms, text, word, type ValuesOf } from './field.ts';
import type { Scope } from './scope.ts';

export const progressFields = fieldGroup({
  task_status: word('`task_status`, `taskStatus`', 'How far a task is.'),
  task_type: word('`data.taskType`', 'What kind of task is waited for.'),
  task_description: text('`data.taskDescription`', 'What the task is.'),
  progress_elapsed_ms: ms('`data.elapsedTimeSeconds`, `data.elapsedTimeMs`', 'How long the work has taken so far.'),
  progress_lines: count('`data.totalLines`', 'Lines of output so far.'),
  progress_output: text('`data.output`', 'The newest output.'),
  progress_prompt: text('`data.prompt`', 'What the sub-agent was asked.'),
  progress_query: text('`data.query`', 'What is searched for.'),
  progress_results: count('`data.resultCount`', 'Results of the search.'),
  progress_state: word('`data.status`', 'How far the call of an MCP server is.'),
  progress_server: text('`data.serverName`', 'That server.'),
  progress_server_tool: text('`data.toolName`', 'What was called on it.'),
  progress_message_uuid: id('`data.message.uuid`', "The sub-agent's line that the note repeats."),
  progress_message_type: word('`data.message.type`', 'The type of that line.'),
});

type Progress = ValuesOf<typeof progressFields>;

export function fillProgress(record: Progress, { parts: { line, isKnown } }: Scope): void {
  if (!isKnown) return;
  const data = asObject(line['data']) ?? {};
  const message = asObject(data['message']);
  record.task_status = statusOf(line);
  record.task_type = asString(data['taskType']);
  record.task_description = asString(data['taskDescription']);
  record.progress_elapsed_ms = elapsedMs(data);
  record.progress_lines = asCount(data['totalLines']);
  record.progress_output = asString(data['output']);
  record.progress_prompt = asString(data['prompt']);
  record.progress_query = asString(data['query']);
  record.progress_results = asCount(data['resultCount']);
  record.progress_state = asString(data['status']);
  record.progress_server = asString(data['serverName']);
  record.progress_server_tool = asString(data['toolName']);
  record.progress_message_uuid = asString(message?.['uuid']);
  record.progress_message_type = asString(message?.['type']);
}

/** Of a task-summary. */
export function fillTaskStatus(record: Progress, { parts: { line } }: Scope): void {
  record.task_status = statusOf(line);
}

function statusOf(line: JsonObject): string | undefined {
  return asString(line['task_status']) ?? asString(line['taskStatus']);
}

function elapsedMs(data: JsonObject): number | undefined {
  const seconds = asNumber(data['elapsedTimeSeconds']);
  return seconds === undefined ? asCount(data['elapsedTimeMs']) : Math.round(seconds * 1000);
}
