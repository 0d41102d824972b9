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
 * Marks, in a context that nobody has seen yet, where something is open. From there the fold is taken up again after a pause, so that no prompt, call or
 * answer has to be kept on disk; what stays open for too long goes on without what it was asked.
 */
export function markOpen(context: Context, { start, end }: Entry): void {
  const isOpen = context.turn?.isOpen === true || context.tools.length > 0;
  if (!isOpen && context.openFrom === undefined) return;
  context.openFrom = isOpen ? (context.openFrom ?? start) : undefined;
  if (context.openFrom !== undefined && end - context.openFrom <= MAX_OPEN_BYTES) return;
  context.openFrom = undefined;
  // Calls and thinking are what people and the model wrote, and the context is kept on disk.
  context.tools = context.tools.map((tool) => ({ ...tool, input: undefined, thinking: undefined }));
  context.responses = context.responses.map((response) => ({ ...response, thinking: undefined }));
  context.inline = isOpen ? context.inline.map((agent) => ({ ...agent, description: undefined })) : [];
}
