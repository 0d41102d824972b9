/** When a turn begins, what it is then, and which line ends it. */
import type { LastSeen, Turn } from '../context.ts';
import { asString, own } from '../lib/json.ts';
import { msBetween, type LineParts } from '../line/parts.ts';
import { promptText, slashCommandOf, type PromptKind } from '../line/prompt-kind.ts';
import { copyOfTurn } from './copy.ts';
import { emptyTurn } from './empty.ts';

/** The turn that a prompt begins. */
export function newTurn(parts: LineParts, kind: PromptKind | 'none', last: LastSeen, index: number): Turn {
  const turn = copyOfTurn(emptyTurn);
  turn.id = asString(parts.common.promptId) ?? asString(parts.common.uuid) ?? String(index);
  turn.index = index;
  turn.promptKind = kind;
  turn.startedAt = parts.timestamp;
  turn.gapMs = msBetween(last.answeredAt, parts.timestamp);
  turn.images = parts.blocks.filter((block) => block['type'] === 'image').length;
  const command = kind === 'human' || kind === 'command' ? slashCommandOf(promptText(parts)) : undefined;
  if (command !== undefined) turn.slashCommands = [command];
  return turn;
}

export type TurnStatus =
  'ok' | 'error' | 'interrupted' | 'refused' | 'truncated' | 'limit_reached' | 'unfinished' | 'unknown';

/**
 * How a line ends the turn; undefined where it does not. An answer ends it by a stop reason that is final, on the line
 * of its last block; where the client writes no stop reason (2.1.50), the summary of the Stop hooks does.
 */
export function closingOf(
  parts: LineParts,
  kind: PromptKind | undefined,
  turn: Turn | undefined,
): TurnStatus | undefined {
  if (kind === 'interrupt') return turn?.isOpen === true ? 'interrupted' : undefined;
  if (parts.type === 'assistant') return closingAnswer(parts);
  if (turn?.isOpen !== true) return undefined;
  if (parts.subtype === 'stop_hook_summary' || parts.subtype === 'turn_duration') return 'ok';
  return parts.subtype === 'max_turns_reached' ? 'limit_reached' : undefined;
}

function closingAnswer({ common, message, blocks }: LineParts): TurnStatus | undefined {
  if (common.isApiErrorMessage === true) return 'error';
  const reason = asString(message?.['stop_reason']);
  const block = asString(blocks.at(-1)?.['type']);
  if (reason === undefined || GOES_ON.has(reason) || block === 'thinking' || block === 'redacted_thinking') {
    return undefined;
  }
  return own(ENDINGS, reason) ?? 'ok';
}

const GOES_ON = new Set(['tool_use', 'pause_turn']);

const ENDINGS: { readonly [reason: string]: TurnStatus } = {
  refusal: 'refused',
  max_tokens: 'truncated',
  model_context_window_exceeded: 'truncated',
};
