/** What humans, the model and tools wrote. Every field here is of class `content`. */
import { asArray, asObject, asString, isObject, type JsonObject } from '../lib/json.ts';
import type { Entry } from '../types.ts';
import { fieldGroup, type ValuesOf } from './field.ts';
import { contentBlocks } from './tools.ts';

export const contentFields = fieldGroup({
  text: {
    type: 'string',
    privacy: 'content',
    source: 'message.content (string, or its text blocks); else content, summary, lastPrompt, customTitle, aiTitle',
    about: 'The prompt, the answer, or the one sentence that a line without a message holds.',
  },
  thinking: {
    type: 'string',
    privacy: 'content',
    source: 'message.content[].thinking',
    about: "The model's thinking, where the client keeps it.",
  },
  tool_inputs: {
    type: 'strings',
    privacy: 'content',
    source: 'message.content[].input of tool_use blocks, as JSON',
    about: 'What each tool was called with, in the order of `tool_names`.',
  },
  tool_results: {
    type: 'strings',
    privacy: 'content',
    source: 'message.content[].content of tool_result blocks',
    about: 'What each call answered, in the order of `tool_result_ids`.',
  },
});

/** Where a line without a message keeps its one sentence. */
const SENTENCES = ['content', 'summary', 'lastPrompt', 'customTitle', 'aiTitle'];

export function content({ line }: Entry): ValuesOf<typeof contentFields> {
  const blocks = contentBlocks(line);
  const inputs = blocks.filter((block) => block['type'] === 'tool_use').map((block) => json(block['input']));
  const results = blocks
    .filter((block) => block['type'] === 'tool_result')
    .map((block) => resultText(block['content']));
  return {
    text: text(line, blocks),
    thinking: joined(blocks, 'thinking'),
    ...(inputs.length > 0 && { tool_inputs: inputs }),
    ...(results.length > 0 && { tool_results: results }),
  };
}

function text(line: JsonObject, blocks: readonly JsonObject[]): string | undefined {
  const whole = asString(asObject(line['message'])?.['content']) ?? joined(blocks, 'text');
  if (whole !== undefined) return whole.toWellFormed();
  for (const name of SENTENCES) {
    const sentence = asString(line[name]);
    if (sentence !== undefined) return sentence.toWellFormed();
  }
  return undefined;
}

/** The blocks of one kind, whose text stands under the name of the kind. */
function joined(blocks: readonly JsonObject[], kind: 'text' | 'thinking'): string | undefined {
  const parts = blocks.filter((block) => block['type'] === kind).map((block) => asString(block[kind]) ?? '');
  return parts.length === 0 ? undefined : parts.join('\n').toWellFormed();
}

function resultText(value: unknown): string {
  const blocks = asArray(value);
  if (blocks === undefined) return (asString(value) ?? json(value)).toWellFormed();
  return joined(blocks.filter(isObject), 'text') ?? json(value);
}

/** JSON of a value, or a note where it is nested too deeply for the engine to write (about 10,000 levels). */
function json(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? '').toWellFormed();
  } catch (error) {
    if (error instanceof RangeError) return '[nested too deeply]';
    throw error;
  }
}
