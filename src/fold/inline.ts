/** Sub-agents whose lines stand between the session's own (clients before 2.0.76): each line names the one before it. */
import type { Context, InlineAgent, OpenTool } from '../context.ts';
import { asString } from '../lib/json.ts';
import type { LineParts } from '../line/parts.ts';
import { promptText } from '../line/prompt-kind.ts';
import { newTurn } from './turn.ts';
import { AGENT_TOOLS } from './tools.ts';

export const MAX_INLINE_AGENTS = 16;

/** The first line of the agent that a line belongs to; undefined for lines of the session itself. */
export function inlineRoot(context: Context, parts: LineParts): string | undefined {
  const { common } = parts;
  const uuid = asString(common.uuid);
  if (common.isSidechain !== true || uuid === undefined) return undefined;
  const parent = asString(common.parentUuid);
  if (parent === undefined) return uuid;
  return context.inline.find(({ leafUuid }) => leafUuid === parent)?.id ?? uuid;
}

/** The agent as its first line shows it; the call that started it is the open one with the same prompt. */
export function newInlineAgent(context: Context, parts: LineParts, uuid: string): InlineAgent {
  const prompt = promptText(parts).trim();
  const tool = context.tools.find((open) => AGENT_TOOLS.has(open.name) && promptOf(open) === prompt);
  return {
    id: uuid,
    leafUuid: uuid,
    turn: newTurn(parts, 'agent_task', {}, 0),
    type: asString(tool?.input?.['subagent_type']),
    description: asString(tool?.input?.['description']),
    parentToolUseId: tool?.id,
    depth: 1,
  };
}

function promptOf(tool: OpenTool): string | undefined {
  return asString(tool.input?.['prompt'])?.trim();
}
