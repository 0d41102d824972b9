/** A transcript with texts planted wherever people, models and tools write. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Planted {
  /** In prompts, answers, thoughts, titles, tool input and output, and lines of unknown kinds. */
  text: string;
  /** In the names of files. */
  fileName: string;
  /** Where the session is. */
  cwd: string;
  branch?: string;
  model?: string;
  tool?: string;
}

let written = 0;

/** Appends a session's lines: a whole turn, and the start of one whose call is still open. */
export function appendPlanted(path: string, planted: Planted): void {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(
    path,
    linesWith(planted)
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  );
}

/** Appends a line that was cut short in the middle of the text. */
export function appendDamaged(path: string, text: string): void {
  appendFileSync(path, `{"type":"user","message":{"role":"user","content":${JSON.stringify(text).slice(0, -1)}\n`);
}

function linesWith(planted: Planted): object[] {
  const { text, fileName, cwd, branch = 'main', model = 'claude-opus-4-5', tool = 'Bash' } = planted;
  const sessionId = '5e551040-0000-4000-8000-000000000000';
  const next = (): object => {
    written += 1;
    const uuid = `77777777-0000-4000-8000-${String(written).padStart(12, '0')}`;
    const timestamp = new Date(Date.UTC(2026, 0, 1) + written * 1_000).toISOString();
    const place = { cwd, gitBranch: branch, version: '2.1.329', userType: 'external', entrypoint: 'cli' };
    return { uuid, parentUuid: null, isSidechain: false, sessionId, timestamp, ...place };
  };
  const file = `${cwd}/${fileName}`;
  const call = `toolu_${String(written).padStart(24, '0')}`;
  const usage = { input_tokens: 3, output_tokens: 5, cache_read_input_tokens: 7, cache_creation_input_tokens: 11 };
  const answer = (content: object[], stop: string): object => ({
    ...next(),
    type: 'assistant',
    requestId: `req_${call}`,
    message: {
      id: `msg_${call}_${stop}`,
      type: 'message',
      role: 'assistant',
      model,
      content,
      stop_reason: stop,
      usage,
    },
  });
  const result = (content: unknown, toolUseResult: object): object => ({
    ...next(),
    type: 'user',
    message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: call, content }] },
    toolUseResult,
  });
  return [
    { ...next(), type: 'user', permissionMode: 'default', message: { role: 'user', content: text } },
    answer(
      [
        { type: 'thinking', thinking: text, signature: text },
        { type: 'text', text },
        { type: 'tool_use', id: call, name: tool, input: { command: text, description: text, file_path: file } },
      ],
      'tool_use',
    ),
    result(text, { stdout: text, stderr: text, filePath: file, content: text, interrupted: false }),
    answer(
      [{ type: 'tool_use', id: `${call}b`, name: 'Write', input: { file_path: file, content: text } }],
      'tool_use',
    ),
    { ...result([{ type: 'text', text }], { type: 'create', filePath: file, content: text }) },
    answer([{ type: 'text', text }], 'end_turn'),
    { type: 'ai-title', aiTitle: text, sessionId },
    { type: 'custom-title', customTitle: text, sessionId },
    { type: 'last-prompt', lastPrompt: text, sessionId },
    { type: 'summary', summary: text, leafUuid: '77777777-0000-4000-8000-000000000000' },
    { ...next(), type: 'system', subtype: 'api_error', level: 'error', content: text, error: { message: text } },
    {
      ...next(),
      type: 'attachment',
      attachment: { type: 'hook_success', stdout: text, command: text, hookName: 'Stop' },
    },
    { type: 'file-history-snapshot', messageId: call, snapshot: { trackedFileBackups: { [file]: { version: 1 } } } },
    { ...next(), type: 'never-seen-before', payload: { [text]: [text], nested: JSON.stringify({ text }) } },
    { ...next(), type: 'user', message: { role: 'user', content: text } },
    answer([{ type: 'tool_use', id: `${call}c`, name: tool, input: { command: text, file_path: file } }], 'tool_use'),
  ];
}
