/** What a `user` line is: the client writes prompts, answers of tools, notices and commands under one type. */
import { asObject, asString } from '../lib/json.ts';
import type { LineParts } from './parts.ts';

export const promptKinds = [
  'human',
  'command',
  'bash',
  'task_notification',
  'agent_task',
  'tool_result',
  'meta',
  'compact_summary',
  'interrupt',
  'command_output',
  'bash_output',
] as const;
export type PromptKind = (typeof promptKinds)[number];

/** How the text of a line begins that the client wrote in the user's place. */
const MARKS: readonly [string, PromptKind][] = [
  ['[Request interrupted by user', 'interrupt'],
  ['<task-notification>', 'task_notification'],
  ['<command-name>', 'command'],
  ['<command-message>', 'command'],
  ['<bash-input>', 'bash'],
  ['<bash-stdout>', 'bash_output'],
  ['<bash-stderr>', 'bash_output'],
  ['<local-command-stdout>', 'command_output'],
  ['<local-command-stderr>', 'command_output'],
];

const OPENING: ReadonlySet<PromptKind> = new Set(['human', 'command', 'bash', 'task_notification', 'agent_task']);

/** The kind of a `user` line; undefined for every other type. */
export function promptKindOf(parts: LineParts, isAgentLine: boolean): PromptKind | undefined {
  if (parts.type !== 'user') return undefined;
  const { common } = parts;
  if (parts.toolResults.length > 0) return 'tool_result';
  if (common.isCompactSummary === true) return 'compact_summary';
  const text = promptText(parts);
  const mark = MARKS.find(([start]) => text.startsWith(start))?.[1];
  if (mark === 'interrupt') return mark;
  if (common.isMeta === true) return 'meta';
  if (asString(asObject(common.origin)?.['kind']) === 'task-notification') return 'task_notification';
  return mark ?? (isAgentLine ? 'agent_task' : 'human');
}

/** Whether a line of that kind begins a turn. */
export function opensTurn(kind: PromptKind | undefined): boolean {
  return kind !== undefined && OPENING.has(kind);
}

/** What was typed, without leading white space; empty where the line has no text. */
export function promptText({ text, blocks }: LineParts): string {
  const typed = text ?? asString(blocks.find((block) => block['type'] === 'text')?.['text']) ?? '';
  return typed.trimStart();
}

/** The slash command in a prompt: from the client's markup, else the word behind a leading slash. */
export function slashCommandOf(text: string): string | undefined {
  return /<command-name>\s*\/?([\w:.-]{1,100})/.exec(text)?.[1] ?? /^\/([a-zA-Z][\w:.-]{0,99})(?=\s|$)/.exec(text)?.[1];
}
