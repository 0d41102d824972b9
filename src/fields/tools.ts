/** The calls that a line begins; on the line of a result, the whole call from its beginning to its end. */
import type { OpenTool } from '../context.ts';
import { asString, type JsonObject } from '../lib/json.ts';
import type { Call } from './call.ts';
import { bytes, count, fieldGroup, flag, id, ids, ms, text, time, word, words, type ValuesOf } from './field.ts';
import { named } from '../fold/named.ts';
import { jsonText } from '../lib/json-dump.ts';
import { errorText } from '../line/outcome.ts';
import { msBetween, type LineParts } from '../line/parts.ts';
import type { Scope } from './scope.ts';
import { toolEventOf, toolKindOf } from '../line/tool-kinds.ts';
import { clientDuration, outputOf } from '../line/tool-output.ts';

export const toolFields = fieldGroup({
  tool_names: words('`message.content[].name` of tool_use blocks', 'The tools called on this line, in order.'),
  tool_use_ids: ids(
    '`message.content[].id` of tool_use blocks',
    'The calls made on this line, in the order of `tool_names`.',
  ),
  tool_result_ids: ids(
    '`message.content[].tool_use_id` of the tool_result block',
    'The call that the record answers: a line with several results gives a record for each.',
  ),
  tool_is_error: flag('`message.content[].is_error` of the tool_result block', 'The call failed or was refused.'),
  tool_phase: word('tool_use and tool_result blocks', '`pre` where a call begins, `complete` where its result is.'),
  tool_use_id: id(
    '`message.content[].id`, `message.content[].tool_use_id`, `toolUseID`, `attachment.toolUseID`',
    'The call that the record is about; the first one where the line begins several.',
  ),
  tool_name: word("`message.content[].name` of the call's tool_use block", 'Its tool.'),
  tool_kind: word(
    'tool_name',
    'What kind of tool it is: `bash`, `file`, `web`, `agent`, `mcp`, `skill`, `plan`, `task`, `question`, `generic`.',
  ),
  tool_event: word(
    'tool_name',
    'What the call does: `file_read`, `file_write`, `file_edit`, `command_execution`, `code_search`, `file_search`, `directory_list`, `task_management`, `sub_agent_delegation`, `web_fetch`, `web_search`, `notebook_operation`, `tool_usage`.',
  ),
  tool_started_at: time('`timestamp` of the line that began the call', 'When the model had made the call.'),
  tool_duration_ms: ms(
    'tool_started_at to `timestamp`',
    'How long it was from the call to its result; waiting for a permission is part of it.',
  ),
  tool_client_duration_ms: ms(
    '`toolUseResult.durationMs`, `toolUseResult.durationSeconds`, `toolUseResult.totalDurationMs`',
    'How long the tool ran, where the client measured it.',
  ),
  tool_success: flag('tool_is_error, `toolUseResult.interrupted`', 'The call did what it was to do.'),
  tool_status: word('tool_success', '`success` or `failure`.'),
  tool_error_class: word(
    'the text of the failed result, `toolUseResult.interrupted`, `toolDenialKind`, `permissionDecision.source`',
    'Why the call failed: `interrupted`, `permission_denied`, `hook_blocked`, `timeout`, `exit_nonzero`, `old_string_not_found`, `not_found`, `unknown_tool`, `invalid_input`, `error`.',
  ),
  tool_error: text('`toolUseResult`, `message.content[].content`', 'What a failed call said, cut at 2,000 characters.'),
  tool_input: text("`message.content[].input` of the call's tool_use block, as JSON", 'What the tool was called with.'),
  tool_input_bytes: bytes('tool_input', 'How long the input is as JSON.'),
  tool_use_result: text(
    '`toolUseResult.**`, else `message.content[].content`, as JSON; text as it is',
    "The answer as the client keeps it, without images and without the file's whole former text.",
  ),
  tool_output_bytes: bytes('`toolUseResult.**`, else `message.content[].content`', 'How long the answer is as JSON.'),
  tool_output_images: count('`message.content[].content[].type` = image', 'Images in the answer.'),
  tool_parallel_index: count(
    'tool_use blocks per message id',
    'Position of the call among those of its response, from 0.',
  ),
  tool_parallel_count: count('tool_use blocks per message id', 'Calls of that response up to this line.'),
  tool_thinking: text('`message.content[].thinking` of the response', 'What the model thought before the call.'),
  source_tool_assistant_uuid: id('`sourceToolAssistantUUID`', 'The line that began the call.'),
  source_tool_use_id: id('`sourceToolUseID`', 'The call that brought the line about, for instance of a skill.'),
});

type ToolValues = ValuesOf<typeof toolFields>;

/** A line that begins calls, or that one brought about. */
export function fillBegun(record: ToolValues, parts: LineParts): void {
  if (parts.type === 'assistant') {
    if (parts.toolUses.length > 0) fillUses(record, parts.toolUses);
    return;
  }
  const { common, attachment } = parts;
  const useId = asString(common.toolUseID) ?? asString(attachment?.['toolUseID']);
  const sourceId = asString(common.sourceToolUseID);
  if (useId !== undefined) record.tool_use_id = useId;
  if (sourceId !== undefined) record.source_tool_use_id = sourceId;
}

function fillUses(record: ToolValues, toolUses: readonly JsonObject[]): void {
  const names = toolUses.map((block) => asString(block['name']) ?? '');
  const useIds = toolUses.map((block) => asString(block['id']) ?? '');
  record.tool_names = names;
  record.tool_use_ids = useIds;
  record.tool_phase = 'pre';
  record.tool_use_id = useIds[0];
  fillName(record, names[0] ?? '');
}

function fillName(record: ToolValues, name: string): void {
  record.tool_name = name;
  record.tool_kind = toolKindOf(name);
  record.tool_event = toolEventOf(name);
}

/** A result, with all of its call: nobody has to look back for the line that began it. */
export function fillCompleted(record: ToolValues, call: Call): void {
  const { block, written, outcome, tool, scope } = call;
  const { line } = scope.parts;
  const useId = asString(block['tool_use_id']) ?? '';
  record.tool_result_ids = [useId];
  record.tool_is_error = block['is_error'] === true;
  record.tool_phase = 'complete';
  record.tool_use_id = useId;
  record.tool_success = !outcome.isError;
  record.tool_status = outcome.isError ? 'failure' : 'success';
  record.tool_error_class = outcome.errorClass;
  if (outcome.isError) record.tool_error = errorText(block, written).slice(0, MAX_ERROR).toWellFormed();
  record.source_tool_assistant_uuid = asString(line['sourceToolAssistantUUID']);
  record.source_tool_use_id = asString(line['sourceToolUseID']);
  fillOutput(record, call);
  if (tool !== undefined) fillOpened(record, tool, scope);
}

/** Characters of an error that are kept beside the answer. */
const MAX_ERROR = 2000;

function fillOutput(record: ToolValues, { block, written }: Call): void {
  const output = outputOf(written, block);
  record.tool_client_duration_ms = clientDuration(written);
  record.tool_use_result = output.text;
  record.tool_output_bytes = output.bytes;
  record.tool_output_images = output.images;
}

function fillOpened(record: ToolValues, tool: OpenTool, { context, parts }: Scope): void {
  fillName(record, tool.name);
  record.tool_started_at = tool.startedAt;
  record.tool_duration_ms = msBetween(tool.startedAt, parts.timestamp);
  record.tool_input = tool.input && jsonText(tool.input);
  record.tool_input_bytes = tool.inputBytes;
  record.tool_parallel_index = tool.parallelIndex;
  record.tool_parallel_count = named(context.responses, tool.messageId)?.toolCalls;
  record.tool_thinking = tool.thinking;
}
