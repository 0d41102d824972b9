/** What humans, the model and tools wrote. */
import { asArray, asObject, asString, isObject, type JsonObject } from '../lib/json.ts';
import { characters, count, fieldGroup, flag, ids, mediaTypes, text, texts, type ValuesOf } from './field.ts';
import { jsonText } from '../lib/json-dump.ts';
import { jsonTextWithoutMedia } from '../line/media.ts';
import { blocksOf, type LineParts } from '../line/parts.ts';
import type { Scope } from './scope.ts';

export const contentFields = fieldGroup({
  text: text(
    '`message.content` (a string, or `message.content[].text`); else `content`, `summary`, `lastPrompt`, `customTitle`, `aiTitle`, `attachment.prompt`, `attachment.prompt[].text`, `data.message.message.content[].text`',
    'The prompt, the answer, or the one sentence that a line without a message holds.',
  ),
  text_length: characters('`text`', 'How long the text is.'),
  thinking: text(
    '`message.content[].thinking`, `data.message.message.content[].thinking`',
    "The model's thinking, where the client keeps it.",
  ),
  has_thinking: flag(
    '`message.content[].type` = thinking, redacted_thinking',
    'The line of an answer holds thinking, readable or encrypted.',
  ),
  tool_inputs: texts(
    '`message.content[].input.**` of tool_use blocks, as JSON',
    'What each tool was called with, in the order of `tool_names`.',
  ),
  tool_results: texts(
    '`message.content[].content`, `message.content[].content[].text` of tool_result blocks',
    'What each call answered, in the order of `tool_result_ids`; images are left out.',
  ),
  tool_result_length: characters('tool_results', 'How long the answer is that the model was given.'),
  last_prompt: text('`lastPrompt`', 'The newest prompt of the session, as the client lists it, cut short.'),
  is_last_prompt_explicit: flag('`explicit` of last-prompt lines', 'The client set the prompt on purpose.'),
  image_count: count(
    '`message.content[].type`, `message.content[].content[].type` = image',
    'Images on the line, in prompts and in results of tools; absent without any.',
  ),
  image_media_types: mediaTypes(
    '`message.content[].source.media_type`, `message.content[].content[].source.media_type`',
    'The formats of these images, each once.',
  ),
  image_paste_ids: ids('`imagePasteIds[]`', "The client's numbers of the images that were pasted into the prompt."),
});

type Content = ValuesOf<typeof contentFields>;

/** Lines of an unknown kind keep what they say to themselves: nobody has told which of it may leave. */
export function fillContent(record: Content, { parts, result }: Scope): void {
  if (parts.type === 'attachment' && parts.subtype !== 'queued_command') return;
  if (!parts.isKnown) return;
  // What stands beside the results belongs to the first one's record: repeated on each, a line could grow squared.
  const blocks = result === undefined || result.index === 0 ? fillLine(record, parts) : [];
  if (result === undefined) return fillImages(record, blocks);
  const answered = resultText(result.block['content']);
  record.tool_results = [answered];
  record.tool_result_length = answered.length;
  fillImages(record, [...blocks, ...blocksIn(result.block['content'])]);
}

/** Answers the blocks of the line. */
function fillLine(record: Content, parts: LineParts): readonly JsonObject[] {
  const { line, type, toolUses } = parts;
  const nested = nestedMessage(parts);
  const blocks = nested === undefined ? parts.blocks : blocksIn(nested['content']);
  const said = textOf(parts, nested, blocks);
  record.text = said;
  record.text_length = said?.length;
  record.thinking = joined(blocks, 'thinking');
  if (type === 'assistant') record.has_thinking = blocks.some(isThinking);
  if (toolUses.length > 0) record.tool_inputs = toolUses.map((block) => jsonText(block['input']));
  if (type === 'user') record.image_paste_ids = asArray(line['imagePasteIds'])?.filter(isName).map(String);
  if (type === 'last-prompt') fillLastPrompt(record, line);
  return blocks;
}

function fillLastPrompt(record: Content, line: JsonObject): void {
  record.last_prompt = asString(line['lastPrompt']);
  record.is_last_prompt_explicit = line['explicit'] === true ? true : undefined;
}

/** The message of another line inside of this one: an agent's, or one that is taken back. */
function nestedMessage({ line, type }: LineParts): JsonObject | undefined {
  if (type === 'progress') return asObject(asObject(asObject(line['data'])?.['message'])?.['message']);
  return type === 'tombstone' ? asObject(asObject(line['message'])?.['message']) : undefined;
}

/** Where a line without a message keeps its one sentence. */
const SENTENCES = ['content', 'summary', 'lastPrompt', 'customTitle', 'aiTitle'] as const;

function textOf(
  { common, text: whole, attachment }: LineParts,
  nested: JsonObject | undefined,
  blocks: readonly JsonObject[],
): string | undefined {
  if (attachment !== undefined) return asString(attachment['prompt']) ?? joined(blocksIn(attachment['prompt']), 'text');
  const said = asString(nested?.['content']) ?? whole ?? joined(blocks, 'text');
  if (said !== undefined) return said;
  const name = SENTENCES.find((sentence) => typeof common[sentence] === 'string');
  return name === undefined ? undefined : asString(common[name]);
}

function isThinking({ type }: JsonObject): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

/** The blocks of one kind, whose text stands under the name of the kind. */
function joined(blocks: readonly JsonObject[], kind: 'text' | 'thinking'): string | undefined {
  const ofKind = blocksOf(blocks, kind);
  if (ofKind.length === 0) return undefined;
  return ofKind.map((block) => asString(block[kind]) ?? '').join('\n');
}

function resultText(value: unknown): string {
  return asString(value) ?? joined(blocksIn(value), 'text') ?? jsonTextWithoutMedia(value);
}

function fillImages(record: Content, blocks: readonly JsonObject[]): void {
  const images = blocksOf(blocks, 'image');
  if (images.length === 0) return;
  const types = images.flatMap((image) => asString(asObject(image['source'])?.['media_type']) ?? []);
  record.image_count = images.length;
  record.image_media_types = [...new Set(types)];
}

function blocksIn(value: unknown): readonly JsonObject[] {
  return asArray(value)?.filter(isObject) ?? [];
}

function isName(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
