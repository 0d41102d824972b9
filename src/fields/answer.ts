/** What a line of an answer is made of, and how the model was told to think before it. */
import { asArray, asBoolean, asCount, asObject, asString, isObject, type JsonObject } from '../lib/json.ts';
import { fencedCodeLines, writtenCodeLines } from '../line/code-lines.ts';
import {
  characters,
  count,
  fieldGroup,
  flag,
  places,
  text,
  texts,
  tokens,
  word,
  words,
  type ValuesOf,
} from './field.ts';
import { jsonText } from '../lib/json-dump.ts';
import { blocksOf, type LineParts } from '../line/parts.ts';
import type { Scope } from './scope.ts';

export const answerFields = fieldGroup({
  made_by: word('`madeBy`', 'Who made the line: `model` or `other`.'),
  text_blocks: count('`message.content[].type` = text', 'Blocks of text on the line.'),
  response_length: characters('`message.content[].text` of text blocks', 'How much text the line holds.'),
  image_blocks: count('`message.content[].type` = image', 'Images on the line.'),
  lines_of_code: count(
    'fenced code in `message.content[].text`; `message.content[].input.content`, `message.content[].input.new_string`, `message.content[].input.new_source`, `message.content[].input.edits[].new_string`',
    'Non-empty lines of code that the model wrote: in the answer, or as what an editing tool is to write.',
  ),
  thinking_blocks: count(
    '`message.content[].type` = thinking, redacted_thinking',
    'Blocks of thinking on the line, redacted ones too.',
  ),
  is_redacted_thinking: flag('`message.content[].type` = redacted_thinking', 'The thinking on the line is encrypted.'),
  thinking_display: word('`thinkingDisplay`', 'How the client showed the thinking.'),
  server_tool_names: words(
    '`message.content[].name` of server_tool_use blocks',
    'Tools that the API called by itself.',
  ),
  server_tool_inputs: texts(
    '`message.content[].input.**` of server_tool_use blocks',
    'What they were called with, as JSON, in the order of `server_tool_names`.',
  ),
  server_tool_results: count(
    '`message.content[].type` ending in _tool_result, for instance web_search_tool_result',
    'Results of such tools on the line.',
  ),
  server_search_urls: places(
    '`message.content[].content[].url` of web_search_tool_result blocks',
    'Where the pages are that the API found.',
  ),
  server_search_titles: texts(
    '`message.content[].content[].title` of web_search_tool_result blocks',
    'What these pages are called.',
  ),
  thinking_level: word('`thinkingMetadata.level`', 'How hard the prompt asked the model to think (before 2.1).'),
  thinking_disabled: flag('`thinkingMetadata.disabled`', 'Thinking was switched off for the prompt (before 2.1).'),
  thinking_triggers: texts('`thinkingMetadata.triggers[].text`', 'The words of the prompt that asked for thinking.'),
  max_thinking_tokens: tokens('`thinkingMetadata.maxThinkingTokens`', 'The most that the model was to think.'),
  prompt_todo_count: count('`todos[]`', 'Entries of the to-do list when the prompt was sent (before 2.1.92).'),
  prompt_todos: text('`todos[].**`', 'The list itself, as JSON; absent where it was empty.'),
});

type Answer = ValuesOf<typeof answerFields>;

export function fillAnswer(record: Answer, { parts }: Scope): void {
  if (parts.type === 'assistant') fillFromAnswer(record, parts);
  else if (parts.type === 'user') fillFromPrompt(record, parts.line);
}

function fillFromAnswer(record: Answer, { line, blocks, toolUses }: LineParts): void {
  const written = blocksOf(blocks, 'text').map((block) => asString(block['text']) ?? '');
  const redacted = blocksOf(blocks, 'redacted_thinking').length;
  const code = toolUses.reduce((sum, { input }) => sum + writtenCodeLines(asObject(input) ?? {}), 0);
  record.made_by = asString(line['madeBy']);
  record.text_blocks = written.length;
  record.response_length = written.reduce((sum, { length }) => sum + length, 0);
  record.image_blocks = blocksOf(blocks, 'image').length;
  record.lines_of_code = written.reduce((sum, part) => sum + fencedCodeLines(part), code);
  record.thinking_blocks = blocksOf(blocks, 'thinking').length + redacted;
  record.is_redacted_thinking = redacted > 0 ? true : undefined;
  record.thinking_display = asString(line['thinkingDisplay']);
  const server = blocks.filter(isServerSide);
  if (server.length > 0) fillServerTools(record, server);
}

/** Tools that run within the API answer in the same response. */
function isServerSide({ type }: JsonObject): boolean {
  return type === 'server_tool_use' || (typeof type === 'string' && type.endsWith('_tool_result'));
}

function fillServerTools(record: Answer, blocks: readonly JsonObject[]): void {
  const uses = blocksOf(blocks, 'server_tool_use');
  const results = blocks.filter((block) => !uses.includes(block));
  const pages = results.flatMap(({ content }) => asArray(content)?.filter(isObject) ?? []);
  record.server_tool_results = results.length;
  if (uses.length > 0) {
    record.server_tool_names = uses.map(({ name }) => asString(name) ?? 'unknown');
    record.server_tool_inputs = uses.map(({ input }) => jsonText(input));
  }
  if (pages.length > 0) {
    record.server_search_urls = pages.flatMap(({ url }) => asString(url) ?? []);
    record.server_search_titles = pages.flatMap(({ title }) => asString(title) ?? []);
  }
}

function fillFromPrompt(record: Answer, line: JsonObject): void {
  const thinking = asObject(line['thinkingMetadata']);
  const todos = asArray(line['todos']);
  if (thinking !== undefined) fillThinking(record, thinking);
  record.prompt_todo_count = todos?.length;
  record.prompt_todos = todos === undefined || todos.length === 0 ? undefined : jsonText(todos);
}

function fillThinking(record: Answer, thinking: JsonObject): void {
  const triggers = asArray(thinking['triggers'])?.filter(isObject) ?? [];
  record.thinking_level = asString(thinking['level']);
  record.thinking_disabled = asBoolean(thinking['disabled']);
  if (triggers.length > 0) record.thinking_triggers = triggers.flatMap((trigger) => asString(trigger['text']) ?? []);
  record.max_thinking_tokens = asCount(thinking['maxThinkingTokens']);
}
