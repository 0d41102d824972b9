/** Where the fold can be taken up again after a pause. */
import type { Context } from '../context.ts';
import type { Entry } from '../types.ts';

/** A turn that is longer than this is no longer folded from its beginning: what its open calls were asked is dropped. */
const MAX_OPEN_BYTES = 4_194_304;

/** Whether the fold can be taken up right behind this line with nothing but the context. */
export function isSettled(context: Context): boolean {
  return context.openFrom === undefined;
}

/**
 * Marks where something is open. From there the fold is taken up again after a pause, so that no prompt, call or
 * answer has to be kept on disk; what stays open for too long goes on without what it was asked.
 */
export function markOpen(context: Context, { start, end }: Entry): Context {
  const isOpen = context.turn?.isOpen === true || context.tools.length > 0;
  if (!isOpen && context.openFrom === undefined) return context;
  const next = { ...context };
  next.openFrom = isOpen ? (context.openFrom ?? start) : undefined;
  if (next.openFrom !== undefined && end - next.openFrom <= MAX_OPEN_BYTES) return next;
  next.openFrom = undefined;
  // Calls and thinking are what people and the model wrote, and the context is kept on disk.
  next.tools = context.tools.map((tool) => ({ ...tool, input: undefined, thinking: undefined }));
  next.responses = context.responses.map((response) => ({ ...response, thinking: undefined }));
  next.inline = isOpen ? context.inline.map((agent) => ({ ...agent, description: undefined })) : [];
  return next;
}
