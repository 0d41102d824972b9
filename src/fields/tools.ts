/** Which tools the model called on this line, or which call the line answers. */
import { asArray, asBoolean, asObject, asString, isObject, type JsonObject } from '../lib/json.ts';
import type { Entry } from '../types.ts';
import { fieldGroup, type ValuesOf } from './field.ts';

export const toolFields = fieldGroup({
  tool_names: {
    type: 'strings',
    privacy: 'enum',
    source: 'message.content[].name of tool_use blocks',
    about: 'The tools called on this line, in order.',
  },
  tool_use_ids: {
    type: 'strings',
    privacy: 'id',
    source: 'message.content[].id of tool_use blocks',
    about: 'The calls made on this line, in the order of `tool_names`.',
  },
  tool_result_ids: {
    type: 'strings',
    privacy: 'id',
    source: 'message.content[].tool_use_id of tool_result blocks',
    about: 'The calls that this line answers.',
  },
  tool_is_error: {
    type: 'boolean',
    privacy: 'metric',
    source: 'message.content[].is_error of tool_result blocks',
    about: 'At least one of the answered calls failed or was refused.',
  },
});

export function tools({ line }: Entry): ValuesOf<typeof toolFields> {
  const blocks = contentBlocks(line);
  const uses = blocks.filter((block) => block['type'] === 'tool_use');
  const results = blocks.filter((block) => block['type'] === 'tool_result');
  return {
    ...(uses.length > 0 && {
      tool_names: uses.map((block) => asString(block['name']) ?? ''),
      tool_use_ids: uses.map((block) => asString(block['id']) ?? ''),
    }),
    ...(results.length > 0 && {
      tool_result_ids: results.map((block) => asString(block['tool_use_id']) ?? ''),
      tool_is_error: results.some((block) => asBoolean(block['is_error']) === true),
    }),
  };
}

/** The content blocks of a line's message; none where its content is a plain string. */
export function contentBlocks(line: JsonObject): readonly JsonObject[] {
  const content = asArray(asObject(line['message'])?.['content']);
  return content === undefined ? [] : content.filter(isObject);
}
