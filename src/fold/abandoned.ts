/** Turns that no line ends: the client was killed, an old one writes no end, or a person never came back. */
import type { Context, Session, Turn } from '../context.ts';
import { msBetween, type LineParts } from '../line/parts.ts';
import { copyOfTurn } from './copy.ts';
import type { TurnStatus } from './turn.ts';

export interface Abandoned {
  turn: Turn;
  /** Everything before the turn. */
  session: Session;
  status: TurnStatus;
  /** The last that was heard of it. */
  endedAt: string | undefined;
  /** Not, or not only, since another turn begins. */
  isBySilence: boolean;
}

/**
 * A turn is over after so long without a line. Shorter pauses are common in a turn that goes on: a question that waits
 * for its answer, a sub-agent at work. One that goes on all the same ends once more.
 */
export const SILENCE_MS = 6 * 3_600_000;

/**
 * Whether a silence lies before the line. By the times of the lines alone, so that a transcript gives the same records
 * whether or not somebody looked at it during the silence.
 */
export function followsSilence(before: Context, { timestamp }: LineParts): boolean {
  return openTurn(before) !== undefined && (msBetween(before.last.timestamp, timestamp) ?? 0) >= SILENCE_MS;
}

/** The turn that waits for its end; what the client answers itself waits for none. */
export function openTurn({ turn }: Context): Turn | undefined {
  if (turn?.isOpen !== true) return undefined;
  return turn.responses === 0 && ANSWERED_BY_CLIENT.has(turn.promptKind) ? undefined : turn;
}

const ANSWERED_BY_CLIENT: ReadonlySet<string> = new Set(['command', 'bash']);

/** The open turn, as it is where nothing of it follows. */
export function abandonedTurn(context: Context, isBySilence: boolean): Abandoned | undefined {
  const turn = openTurn(context);
  if (turn === undefined) return undefined;
  const status = turn.responses === 0 || context.tools.length > 0 ? 'unfinished' : 'unknown';
  return { turn, session: context.session, status, endedAt: turn.heardAt ?? turn.startedAt, isBySilence };
}

export function closed(turn: Turn): Turn {
  const ended = copyOfTurn(turn);
  ended.isOpen = false;
  ended.closings += 1;
  return ended;
}
