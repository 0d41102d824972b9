/** The fold: (context, line) → (context, what the line began, went on with or ended). Pure. */
import type { Context, InlineAgent, OpenTool, Turn } from '../context.ts';
import { asCount, asString, isObject } from '../lib/json.ts';
import type { Entry } from '../types.ts';
import type { LineParts } from '../line/parts.ts';
import { opensTurn, promptKindOf, type PromptKind } from '../line/prompt-kind.ts';
import { emptySession } from './empty.ts';
import { inlineRoot, MAX_INLINE_AGENTS, newInlineAgent } from './inline.ts';
import { nextLastSeen } from './last-seen.ts';
import { named, withNamed } from './named.ts';
import { MAX_RESPONSES, responseStep, type CopiedFrom, type ResponseStep } from './response.ts';
import { add, union, withTurn, type Increase } from './tally.ts';
import { answeredTools, answerIncrease, resultIncrease, touchedFile, withOpened, withoutAnswered } from './tools.ts';
import { abandonedStatus, closingOf, newTurn, type TurnStatus } from './turn.ts';

/** A turn that is longer than this is no longer folded from its beginning: what its open calls were asked is dropped. */
const MAX_OPEN_BYTES = 4_194_304;

export interface Step {
  context: Context;
  kind: PromptKind | undefined;
  /** The turn that the line belongs to, after it. */
  turn: Turn | undefined;
  /** Where the line belongs to a sub-agent in the session's own file: the agent, and the name of its place. */
  inline: InlineAgent | undefined;
  inlineRoot: string | undefined;
  response: ResponseStep | undefined;
  /** The calls that the line's results answer, in their order. */
  answered: readonly (OpenTool | undefined)[];
  /** The line ends its turn. */
  closing: TurnStatus | undefined;
  /** The turn before, where no line has ended it. */
  abandoned: { turn: Turn; status: TurnStatus } | undefined;
}

const NONE: readonly undefined[] = [];

/** @param about `isAgentFile`: the whole file belongs to a sub-agent */
export function advance(
  before: Context,
  parts: LineParts,
  entry: Entry,
  { isAgentFile, copiedFrom }: { isAgentFile: boolean; copiedFrom: CopiedFrom },
): Step {
  const root = isAgentFile ? undefined : inlineRoot(before, parts);
  const kind = promptKindOf(parts, isAgentFile || root !== undefined);
  const response = responseStep(before, parts, copiedFrom);
  const answered = parts.toolResults.length === 0 ? NONE : answeredTools(before.tools, parts);
  const opening = root === undefined && opensTurn(kind);
  const abandoned = opening ? abandonedTurn(before) : undefined;
  const agent = root === undefined ? undefined : (named(before.inline, root) ?? newInlineAgent(before, parts, root));
  const current = agent?.turn ?? currentTurn(before, parts, opening ? kind : undefined, copiedFrom);
  const counted = current && countLine(current, parts, { kind, response, answered });
  const closing = closingOf(parts, kind, counted);
  const turn = counted && (closing === undefined ? counted : closed(counted));
  const inline = agent && turn && { ...agent, turn, leafUuid: asString(parts.line['uuid']) ?? agent.leafUuid };
  const next: Context = {
    version: before.version,
    lines: before.lines + 1,
    last: nextLastSeen(before.last, parts),
    turn: root === undefined ? turn : before.turn,
    inline: nextInline(before, opening, inline),
    tools: nextTools(opening ? [] : before.tools, parts, response, answered),
    responses:
      response === undefined ? before.responses : withNamed(before.responses, response.response, MAX_RESPONSES),
    session: opening ? nextSession(before, parts) : before.session,
    openFrom: before.openFrom,
  };
  const context = bounded(afterAnswer(next, parts, response), entry);
  return { context, kind, turn, inline, inlineRoot: root, response, answered, closing, abandoned };
}

/** The session with its last turn; a file can go on with another session, as the forks of clients before 2.1 do. */
function nextSession({ session, turn, last }: Context, { line }: LineParts): Context['session'] {
  const sessionId = asString(line['sessionId']) ?? last.sessionId;
  return sessionId === last.sessionId || last.sessionId === undefined ? withTurn(session, turn) : emptySession;
}

/** A new turn of the session leaves its sub-agents behind. */
function nextInline(before: Context, opening: boolean, agent: InlineAgent | undefined): Context['inline'] {
  if (opening) return [];
  return agent === undefined ? before.inline : withNamed(before.inline, agent, MAX_INLINE_AGENTS);
}

/** Whether the fold can be taken up right behind this line with nothing but the context. */
export function isSettled(context: Context): boolean {
  return context.openFrom === undefined;
}

function abandonedTurn({ turn, tools }: Context): Step['abandoned'] {
  const isCommand = turn?.promptKind === 'command' && turn.responses === 0;
  if (turn?.isOpen !== true || isCommand) return undefined;
  return { turn, status: abandonedStatus(turn, tools.length > 0) };
}

/** Answers without a prompt before them belong to a turn that begins with them. */
function currentTurn(
  before: Context,
  parts: LineParts,
  kind: PromptKind | undefined,
  copiedFrom: CopiedFrom,
): Turn | undefined {
  const index = before.turn === undefined ? 0 : before.turn.index + 1;
  if (kind !== undefined) {
    const turn = newTurn(parts, kind, before.last, index);
    const uuid = asString(parts.line['uuid']);
    if (uuid !== undefined) turn.copiedFrom = copiedFrom(uuid);
    return turn;
  }
  if (before.turn === undefined && parts.type === 'assistant') return newTurn(parts, 'none', before.last, index);
  return before.turn;
}

function countLine(turn: Turn, parts: LineParts, step: Pick<Step, 'kind' | 'response' | 'answered'>): Turn {
  if (parts.type === 'assistant') return countAnswer(turn, parts, step.response);
  if (step.kind === 'tool_result') return countResults(turn, parts, step.answered);
  const by = otherIncrease(parts, step.kind);
  if (by === undefined) return turn;
  const next = { ...turn };
  add(next, by);
  return next;
}

function countAnswer(turn: Turn, parts: LineParts, step: ResponseStep | undefined): Turn {
  const isApiError = parts.line['isApiErrorMessage'] === true;
  const next = { ...turn };
  add(next, answerIncrease(parts));
  if (step !== undefined) add(next, step.increase);
  if (isApiError) next.apiErrors += 1;
  // A copied turn that goes on here is this transcript's own.
  if (step !== undefined && step.response.copiedFrom === undefined) next.copiedFrom = undefined;
  const calls = step?.response.toolCalls ?? 0;
  const isFirstCall = calls > 0 && calls === parts.toolUses.length;
  next.isOpen = true;
  next.lastAnswerAt = parts.timestamp ?? turn.lastAnswerAt;
  next.stopReason = asString(parts.message?.['stop_reason']) ?? turn.stopReason;
  next.parallelMax = Math.max(turn.parallelMax, calls);
  next.callingResponses = turn.callingResponses + (isFirstCall ? 1 : 0);
  return next;
}

function countResults(turn: Turn, parts: LineParts, answered: Step['answered']): Turn {
  const next = { ...turn };
  for (const [index, block] of parts.toolResults.entries()) {
    const tool = answered[index];
    add(next, resultIncrease(parts, block, tool));
    const file = touchedFile(parts, tool);
    if (file !== undefined) next.filesTouched = union(next.filesTouched, [file]);
  }
  return next;
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

function closed(turn: Turn): Turn {
  const ended = { ...turn };
  ended.isOpen = false;
  ended.closings += 1;
  return ended;
}

function nextTools(
  tools: Context['tools'],
  parts: LineParts,
  step: ResponseStep | undefined,
  answered: Step['answered'],
): Context['tools'] {
  return parts.toolUses.length > 0 ? withOpened(tools, parts, step) : withoutAnswered(tools, answered);
}

/** An answer moves the clock of the session, and tells how full the context window is. */
function afterAnswer(context: Context, parts: LineParts, step: ResponseStep | undefined): Context {
  if (step === undefined) return context;
  const { inputTokens, cacheReadTokens, cacheCreationTokens } = step.response;
  const last = { ...context.last, contextTokens: inputTokens + cacheReadTokens + cacheCreationTokens };
  last.answeredAt = parts.timestamp ?? last.answeredAt;
  return { ...context, last };
}

/**
 * Marks where something is open. From there the fold is taken up again after a pause, so that no prompt, call or
 * answer has to be kept on disk; what stays open for too long goes on without what it was asked.
 */
function bounded(context: Context, { start, end }: Entry): Context {
  const isOpen = context.turn?.isOpen === true || context.tools.length > 0;
  if (!isOpen && context.openFrom === undefined) return context;
  const next = { ...context };
  next.openFrom = isOpen ? (context.openFrom ?? start) : undefined;
  if (next.openFrom !== undefined && end - next.openFrom <= MAX_OPEN_BYTES) return next;
  next.openFrom = undefined;
  next.tools = withoutText(context.tools);
  next.responses = withoutText(context.responses);
  return next;
}

/** Calls and thinking are what people and the model wrote, and the context is kept on disk. */
function withoutText<T extends { thinking?: unknown }>(kept: readonly T[]): readonly T[] {
  return kept.map((item) => ({ ...item, input: undefined, thinking: undefined }));
}
