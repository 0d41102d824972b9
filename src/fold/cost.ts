/** Adding a response's price to its turn, once the price step knows it. */
import type { Context, Turn } from '../context.ts';
import { copyOfTurn } from './copy.ts';
import { named, withNamed } from './named.ts';

/** The response that a line belongs to, and whose turn pays for it. */
export interface Charge {
  messageId: string;
  /** In the session's own file, the sub-agent whose turn it is. */
  inlineRoot: string | undefined;
  isFirstLine: boolean;
  /** It has been paid for in another transcript. */
  isCopy: boolean;
}

/** The context with the price in it, and by how much the line has made the response dearer. */
export interface Charged {
  context: Context;
  picoUsd: bigint;
}

/**
 * The context with the price of a response so far. Further lines of the response add only what makes it dearer; a
 * response without a price is counted once.
 *
 * @param picoUsd a whole number of pico-USD as text; undefined where the price is not known
 */
export function withCost(context: Context, charge: Charge, picoUsd: string | undefined): Charged {
  const response = named(context.responses, charge.messageId);
  if (response === undefined || charge.isCopy) return { context, picoUsd: 0n };
  const before = BigInt(response.costPicoUsd ?? 0);
  const cost = picoUsd === undefined ? before : BigInt(picoUsd);
  const more = cost > before ? cost - before : 0n;
  const unpriced = picoUsd === undefined && charge.isFirstLine ? 1 : 0;
  if (more === 0n && unpriced === 0) return { context, picoUsd: 0n };
  const next = { ...context };
  const charged = { ...response };
  charged.costPicoUsd = String(before + more);
  next.responses = withNamed(context.responses, charged, Infinity);
  const agent = named(context.inline, charge.inlineRoot);
  if (agent !== undefined)
    next.inline = withNamed(context.inline, { ...agent, turn: dearer(agent.turn, more, unpriced) }, Infinity);
  else if (context.turn !== undefined) next.turn = dearer(context.turn, more, unpriced);
  return { context: next, picoUsd: more };
}

function dearer(turn: Turn, more: bigint, unpriced: number): Turn {
  const next = copyOfTurn(turn);
  next.costPicoUsd = String(BigInt(turn.costPicoUsd) + more);
  next.unpricedResponses += unpriced;
  return next;
}
