/** What the model was told before the conversation: the system prompt and the tools that it may call. */
import { asArray, asObject, asString, isObject, type JsonObject } from '../lib/json.ts';
import { bytes, count, fieldGroup, text, words, type ValuesOf } from './field.ts';
import { jsonTextOf } from '../lib/json-dump.ts';
import type { Scope } from './scope.ts';
import { asStrings, bytesOf } from '../line/values.ts';

export const systemPromptFields = fieldGroup({
  system_prompt: text('`attachment.systemPrompt[]`, `shape.system[].text`', 'The system prompt.'),
  system_prompt_bytes: bytes('`attachment.systemPrompt[]`, `shape.system[].text`', 'How long it is in UTF-8.'),
  offered_tools_count: count(
    '`attachment.tools[].name`, `shape.tools[].name`',
    'Tools that the model may call at once.',
  ),
  offered_tool_names: words('`attachment.tools[].name`, `shape.tools[].name`', 'Their names.'),
  offered_tools: text('`attachment.tools[].**`, `shape.tools[].**`', 'Their definitions, as JSON.'),
});

type SystemPrompt = ValuesOf<typeof systemPromptFields>;

/** Of a prompt_snapshot. */
export function fillSystemPrompt(record: SystemPrompt, { parts: { attachment } }: Scope): void {
  fill(record, asStrings(attachment?.['systemPrompt']), asArray(attachment?.['tools']));
}

/** Of an api-request-shape. */
export function fillShape(record: SystemPrompt, { parts }: Scope): void {
  const shape = asObject(parts.line['shape']);
  const blocks = asArray(shape?.['system'])?.filter(isObject);
  fill(record, blocks?.map(textIn), asArray(shape?.['tools']));
}

function fill(
  record: SystemPrompt,
  prompt: readonly string[] | undefined,
  tools: readonly unknown[] | undefined,
): void {
  record.system_prompt = prompt?.join('\n');
  record.system_prompt_bytes = prompt && bytesOf(prompt);
  record.offered_tools_count = tools?.length;
  record.offered_tool_names = asStrings(tools?.filter(isObject).map(({ name }) => name));
  record.offered_tools = jsonTextOf(tools);
}

function textIn(block: JsonObject): string {
  return asString(block['text']) ?? '';
}
