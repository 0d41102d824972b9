/** Lines as a client writes them, as far as turns depend on them. The ids of lines and calls are made from `id`. */
export type SessionLine = { readonly [field: string]: unknown };

export const prompt = (id: string, content: unknown = 'go on'): SessionLine => ({
  type: 'user',
  uuid: id,
  promptId: id,
  message: { role: 'user', content },
});

/** An answer that calls a tool. */
export const call = (id: string, padding = ''): SessionLine =>
  response(`call-${id}`, 'tool_use', [
    { type: 'tool_use', id: `tool-${id}`, name: 'Bash', input: { command: `make ${padding}` } },
  ]);

export const result = (id: string): SessionLine => ({
  type: 'user',
  uuid: `result-${id}`,
  message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: `tool-${id}`, content: 'done' }] },
});

/** An answer that ends its turn; one without a reason, as old clients write it, does not. */
export const answer = (id: string, stopReason: string | null = 'end_turn'): SessionLine =>
  response(`answer-${id}`, stopReason, [{ type: 'text', text: 'There.' }]);

function response(uuid: string, stopReason: string | null, content: readonly object[]): SessionLine {
  const usage = { input_tokens: 10, output_tokens: 5 };
  const message = { id: `message-${uuid}`, model: 'claude-opus-4-8', stop_reason: stopReason, usage, content };
  return { type: 'assistant', uuid, message };
}
