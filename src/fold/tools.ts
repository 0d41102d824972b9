/** Calls that are open: begun by a line of an answer, ended by the line that brings the result. */
import type { Context, OpenTool } from '../context.ts';
import { jsonBytes } from '../lib/json-dump.ts';
import { asObject, asString, type JsonObject } from '../lib/json.ts';
import { calledFile } from '../line/called-file.ts';
import { changedLines, fencedCodeLines, writtenCodeLines } from '../line/code-lines.ts';
import { answerOf, outcomeOf } from '../line/outcome.ts';
import { blocksOf, msBetween, type LineParts } from '../line/parts.ts';
import { named, withNamed } from './named.ts';
import type { ResponseStep } from './response.ts';
import type { Increase } from './tally.ts';

/** More cannot be open in honest transcripts; the oldest make room. */
const MAX_OPEN = 64;

/** Tools that start a sub-agent, old name and new. */
export const AGENT_TOOLS: ReadonlySet<string> = new Set(['Task', 'Agent']);

/** The open calls with those that an answer's line makes. */
export function withOpened(
  tools: Context['tools'],
  parts: LineParts,
  step: ResponseStep | undefined,
): Context['tools'] {
  const first = (step?.response.toolCalls ?? parts.toolUses.length) - parts.toolUses.length;
  return parts.toolUses.reduce((open, block, index) => {
    const id = asString(block['id']);
    return id === undefined ? open : withNamed(open, openTool(id, block, parts, step, first + index), MAX_OPEN);
  }, tools);
}

function openTool(
  id: string,
  block: JsonObject,
  parts: LineParts,
  step: ResponseStep | undefined,
  parallelIndex: number,
): OpenTool {
  const input = asObject(block['input']) ?? {};
  return {
    id,
    name: asString(block['name']) ?? 'unknown',
    startedAt: parts.timestamp,
    inputBytes: jsonBytes(input),
    messageId: step?.response.id,
    parallelIndex,
    input,
    thinking: step?.response.thinking,
  };
}

/** The open calls that this line's results belong to, in the order of the results; undefined where one is not known. */
export function answeredTools(tools: Context['tools'], parts: LineParts): readonly (OpenTool | undefined)[] {
  return parts.toolResults.map((block) => named(tools, asString(block['tool_use_id'])));
}

export function withoutAnswered(
  tools: Context['tools'],
  answered: readonly (OpenTool | undefined)[],
): Context['tools'] {
  return answered.some((tool) => tool !== undefined) ? tools.filter((tool) => !answered.includes(tool)) : tools;
}

/** What an answer's calls, thinking and code add to the turn. */
export function answerIncrease(parts: LineParts): Increase {
  const { toolUses, blocks } = parts;
  const names = toolUses.map((block) => asString(block['name']) ?? 'unknown');
  const inputs = toolUses.map((block) => asObject(block['input']) ?? {});
  const thinking = blocks.filter(({ type }) => type === 'thinking' || type === 'redacted_thinking').length;
  const code = blocksOf(blocks, 'text').reduce((sum, { text }) => sum + fencedCodeLines(asString(text) ?? ''), 0);
  return {
    toolCalls: names.length,
    tools: names,
    agentsStarted: names.filter((name) => AGENT_TOOLS.has(name)).length,
    planModes: names.filter((name) => name === 'ExitPlanMode').length,
    skills: inputs.flatMap((input, index) => (names[index] === 'Skill' ? (asString(input['skill']) ?? []) : [])),
    linesOfCode: code + inputs.reduce((sum, input) => sum + writtenCodeLines(input), 0),
    thinkingBlocks: thinking,
  };
}

/** What one result adds to the turn. */
export function resultIncrease(parts: LineParts, block: JsonObject, tool: OpenTool | undefined): Increase {
  const { isError, permission } = outcomeOf(parts, block);
  const changed = changedLines(answerOf(parts, block));
  return {
    toolErrors: isError ? 1 : 0,
    permissionDenials: permission === 'denied_user' || permission === 'denied_rule' ? 1 : 0,
    hookBlocks: permission === 'blocked_hook' ? 1 : 0,
    planApprovals: tool?.name === 'ExitPlanMode' && !isError ? 1 : 0,
    linesAdded: changed?.added ?? 0,
    linesRemoved: changed?.removed ?? 0,
    toolMs: msBetween(tool?.startedAt, parts.timestamp) ?? 0,
  };
}

/** The file that a call was for: the one it answers with, else the one it asked for. */
export function touchedFile(parts: LineParts, tool: OpenTool | undefined): string | undefined {
  return calledFile(tool?.name ?? '', tool?.input, asObject(parts.line['toolUseResult']));
}
