/** The fold: (context, line) → (context, what the line began, went on with or ended). Pure. */
import type { Context, InlineAgent, OpenTool, Turn } from '../context.ts';
import { asString } from '../lib/json.ts';
import type { Entry } from '../types.ts';
import type { LineParts } from '../line/parts.ts';
import { opensTurn, promptKindOf, type PromptKind } from '../line/prompt-kind.ts';
import { abandonedTurn, closed, followsSilence, type Abandoned } from './abandoned.ts';
import { countLine } from './count.ts';
import { emptySession } from './empty.ts';
import { inlineRoot, MAX_INLINE_AGENTS, newInlineAgent } from './inline.ts';
import { nextLastSeen } from './last-seen.ts';
import { named, withNamed } from './named.ts';
import { MAX_RESPONSES, responseStep, type CopiedFrom, type ResponseStep } from './response.ts';
import { markOpen } from './settle.ts';
import { withTurn } from './tally.ts';
import { answeredTools, withOpened, withoutAnswered } from './tools.ts';
import { closingOf, newTurn, type TurnStatus } from './turn.ts';

export interface Step {
  context: Context;
  kind: PromptKind | undefined;
  /** The turn that the line belongs to, after it. */
  turn: Turn | undefined;
  /** The sub-agent in the session's own file that the line belongs to. */
  inline: InlineAgent | undefined;
  response: ResponseStep | undefined;
  /** The calls that the line's results answer, in their order. */
  answered: readonly (OpenTool | undefined)[];
  /** The line ends its turn. */
  closing: TurnStatus | undefined;
  /** The turn before the line, where no line has ended it: another one begins, or a silence lies before this line. */
  abandoned: Abandoned | undefined;
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
  const isBySilence = followsSilence(before, parts);
  const abandoned = opening || isBySilence ? abandonedTurn(before, isBySilence) : undefined;
  const turnBefore = abandoned === undefined ? before.turn : closed(abandoned.turn);
  const agent = root === undefined ? undefined : (named(before.inline, root) ?? newInlineAgent(before, parts, root));
  const current =
    agent?.turn ?? currentTurn({ turn: turnBefore, last: before.last }, parts, opening ? kind : undefined, copiedFrom);
  const counted = current && countLine(current, parts, { kind, response, answered });
  const closing = closingOf(parts, kind, counted);
  const turn = counted && (closing === undefined ? counted : closed(counted));
  const inline = agent && turn && { ...agent, turn, leafUuid: asString(parts.common.uuid) ?? agent.leafUuid };
  const lines = before.lines + 1;
  const last = nextLastSeen(before.last, parts, response?.response);
  const context: Context = {
    version: before.version,
    lines,
    last,
    dated: parts.timestamp === undefined ? before.dated : { start: entry.start, lines, last },
    turn: root === undefined ? turn : turnBefore,
    inline: nextInline(before, opening, inline),
    tools: nextTools(opening ? [] : before.tools, parts, response, answered),
    responses:
      response === undefined ? before.responses : withNamed(before.responses, response.response, MAX_RESPONSES),
    session: opening ? nextSession(before, parts) : before.session,
    openFrom: before.openFrom,
  };
  markOpen(context, entry);
  return { context, kind, turn, inline, response, answered, closing, abandoned };
}

/** The step behind the last line of a transcript that nobody has written to since: an open turn is over. */
export function endBySilence(before: Context): Step {
  const abandoned = abandonedTurn(before, true);
  const turn = abandoned === undefined ? before.turn : closed(abandoned.turn);
  const context = { ...before, turn };
  return {
    context,
    kind: undefined,
    turn,
    inline: undefined,
    response: undefined,
    answered: NONE,
    closing: undefined,
    abandoned,
  };
}

/** The session with its last turn; a file can go on with another session, as the forks of clients before 2.1 do. */
function nextSession({ session, turn, last }: Context, { common }: LineParts): Context['session'] {
  const sessionId = asString(common.sessionId) ?? last.sessionId;
  return sessionId === last.sessionId || last.sessionId === undefined ? withTurn(session, turn) : emptySession;
}

/** A new turn of the session leaves its sub-agents behind. */
function nextInline(before: Context, opening: boolean, agent: InlineAgent | undefined): Context['inline'] {
  if (opening) return [];
  return agent === undefined ? before.inline : withNamed(before.inline, agent, MAX_INLINE_AGENTS);
}

/** Answers without a prompt before them belong to a turn that begins with them. */
function currentTurn(
  before: Pick<Context, 'turn' | 'last'>,
  parts: LineParts,
  kind: PromptKind | undefined,
  copiedFrom: CopiedFrom,
): Turn | undefined {
  const index = before.turn === undefined ? 0 : before.turn.index + 1;
  if (kind !== undefined) {
    const turn = newTurn(parts, kind, before.last, index);
    const uuid = asString(parts.common.uuid);
    if (uuid !== undefined) turn.copiedFrom = copiedFrom(uuid);
    return turn;
  }
  if (before.turn === undefined && parts.type === 'assistant') return newTurn(parts, 'none', before.last, index);
  return before.turn;
}

function nextTools(
  tools: Context['tools'],
  parts: LineParts,
  step: ResponseStep | undefined,
  answered: Step['answered'],
): Context['tools'] {
  return parts.toolUses.length > 0 ? withOpened(tools, parts, step) : withoutAnswered(tools, answered);
}
