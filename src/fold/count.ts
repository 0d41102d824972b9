/** What a line adds to the turn that it belongs to. */
import type { OpenTool, Turn } from '../context.ts';
import { asCount, asString, isObject } from '../lib/json.ts';
import type { LineParts } from '../line/parts.ts';
import type { PromptKind } from '../line/prompt-kind.ts';
import { copyOfTurn } from './copy.ts';
import type { ResponseStep } from './response.ts';
import { add, union, type Increase } from './tally.ts';
import { answerIncrease, resultIncrease, touchedFile } from './tools.ts';

/** What is known of the line when it is counted. */
interface Counted {
  kind: PromptKind | undefined;
  response: ResponseStep | undefined;
  answered: readonly (OpenTool | undefined)[];
}

/** The turn with the line counted in; the same object where it adds nothing. */
export function countLine(turn: Turn, parts: LineParts, step: Counted): Turn {
  if (parts.type === 'assistant') return countAnswer(turn, parts, step.response);
  if (step.kind === 'tool_result') return countResults(turn, parts, step.answered);
  const by = otherIncrease(parts, step.kind);
  if (by === undefined) return turn;
  const next = copyOfTurn(turn);
  add(next, by);
  return next;
}

function countAnswer(turn: Turn, parts: LineParts, step: ResponseStep | undefined): Turn {
  const isApiError = parts.common.isApiErrorMessage === true;
  const next = copyOfTurn(turn);
  add(next, answerIncrease(parts));
  if (step !== undefined) add(next, step.increase);
  if (isApiError) next.apiErrors += 1;
  // A copied turn that goes on here is this transcript's own.
  if (step !== undefined && step.response.copiedFrom === undefined) next.copiedFrom = undefined;
  const calls = step?.response.toolCalls ?? 0;
  const isFirstCall = calls > 0 && calls === parts.toolUses.length;
  goOn(next, turn);
  next.heardAt = parts.timestamp ?? turn.heardAt;
  next.stopReason = asString(parts.message?.['stop_reason']) ?? turn.stopReason;
  next.parallelMax = Math.max(turn.parallelMax, calls);
  next.callingResponses = turn.callingResponses + (isFirstCall ? 1 : 0);
  return next;
}

function countResults(turn: Turn, parts: LineParts, answered: Counted['answered']): Turn {
  const next = copyOfTurn(turn);
  next.heardAt = parts.timestamp ?? turn.heardAt;
  if (answered.some((tool) => tool !== undefined)) goOn(next, turn);
  for (const [index, block] of parts.toolResults.entries()) {
    const tool = answered[index];
    add(next, resultIncrease(parts, block, tool));
    const file = touchedFile(parts, tool);
    if (file !== undefined) next.filesTouched = union(next.filesTouched, [file]);
  }
  return next;
}

/** A turn that has ended goes on: what its end has told is not to be told again. */
function goOn(next: Turn, { isOpen, ...before }: Turn): void {
  next.isOpen = true;
  if (isOpen) return;
  const { inputTokens, outputTokens, cacheReadTokens, cacheCreationTokens, thinkingTokens, costPicoUsd } = before;
  next.told = { inputTokens, outputTokens, cacheReadTokens, cacheCreationTokens, thinkingTokens, costPicoUsd };
}

function otherIncrease({ type, subtype, line }: LineParts, kind: PromptKind | undefined): Increase | undefined {
  if (kind === 'interrupt') return { interrupts: 1 };
  if (type !== 'system') return undefined;
  if (subtype === 'compact_boundary') return { compactions: 1 };
  if (subtype === 'api_error') return { apiErrors: 1 };
  if (subtype !== 'stop_hook_summary') return undefined;
  const infos = Array.isArray(line['hookInfos']) ? line['hookInfos'].filter(isObject) : [];
  const ms = infos.reduce((sum, info) => sum + (asCount(info['durationMs']) ?? 0), 0);
  return { hookRuns: asCount(line['hookCount']) ?? infos.length, hookMs: ms };
}
