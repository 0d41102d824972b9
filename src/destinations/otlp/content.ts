/** Prompts and answers as messages of the GenAI conventions: JSON texts, of what the records still have. */
import type { MessageRecord } from '../../fields/index.ts';
import { jsonOrText } from '../../lib/json.ts';

interface Part {
  type: string;
  [name: string]: unknown;
}

/** `gen_ai.output.messages` of the lines of an answer; undefined where nothing of it is left. */
export function outputMessages(lines: readonly MessageRecord[]): string | undefined {
  const parts = lines.flatMap(answerParts);
  if (parts.length === 0) return undefined;
  const finish = lines.at(-1)?.stop_reason;
  return JSON.stringify([{ role: 'assistant', parts, ...(finish !== undefined && { finish_reason: finish }) }]);
}

/** `gen_ai.input.messages` of a prompt. */
export function inputMessages(text: string | undefined): string | undefined {
  return text === undefined ? undefined : JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text }] }]);
}

function answerParts({ thinking, text, tool_inputs, tool_names = [], tool_use_ids = [] }: MessageRecord): Part[] {
  const parts: Part[] = [];
  if (thinking) parts.push({ type: 'reasoning', content: thinking });
  if (text) parts.push({ type: 'text', content: text });
  for (const [index, input] of (tool_inputs ?? []).entries()) {
    parts.push({ type: 'tool_call', id: tool_use_ids[index], name: tool_names[index], arguments: jsonOrText(input) });
  }
  return parts;
}
