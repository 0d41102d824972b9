/** What the client's tools are for, by their names in old clients and new. */
import { own } from '../lib/json.ts';

export const toolKinds = [
  'bash',
  'file',
  'web',
  'agent',
  'mcp',
  'skill',
  'plan',
  'task',
  'question',
  'generic',
] as const;
export type ToolKind = (typeof toolKinds)[number];

export const toolEvents = [
  'file_read',
  'file_write',
  'file_edit',
  'command_execution',
  'code_search',
  'file_search',
  'directory_list',
  'task_management',
  'sub_agent_delegation',
  'web_fetch',
  'web_search',
  'notebook_operation',
  'tool_usage',
] as const;
export type ToolEvent = (typeof toolEvents)[number];

/** What a tool is, and what a call of it does. */
export function toolKindOf(name: string): ToolKind {
  return own(KINDS, name)?.[0] ?? (name.startsWith('mcp__') ? 'mcp' : 'generic');
}

export function toolEventOf(name: string): ToolEvent {
  return own(KINDS, name)?.[1] ?? 'tool_usage';
}

/** The server and the tool in the name of an MCP tool, `mcp__server__tool`. */
export function mcpNameOf(name: string): { server: string; tool: string } | undefined {
  if (!name.startsWith('mcp__')) return undefined;
  const end = name.indexOf('__', 5);
  return end === -1 ? undefined : { server: name.slice(5, end), tool: name.slice(end + 2) };
}

const KINDS: { readonly [name: string]: readonly [ToolKind, ToolEvent] } = {
  Bash: ['bash', 'command_execution'],
  PowerShell: ['bash', 'command_execution'],
  BashOutput: ['bash', 'tool_usage'],
  KillShell: ['bash', 'tool_usage'],
  KillBash: ['bash', 'tool_usage'],
  Monitor: ['bash', 'tool_usage'],
  Read: ['file', 'file_read'],
  Write: ['file', 'file_write'],
  Edit: ['file', 'file_edit'],
  MultiEdit: ['file', 'file_edit'],
  NotebookRead: ['file', 'notebook_operation'],
  NotebookEdit: ['file', 'notebook_operation'],
  Grep: ['file', 'code_search'],
  Glob: ['file', 'file_search'],
  LS: ['file', 'directory_list'],
  WebFetch: ['web', 'web_fetch'],
  WebSearch: ['web', 'web_search'],
  Agent: ['agent', 'sub_agent_delegation'],
  Task: ['agent', 'sub_agent_delegation'],
  Workflow: ['agent', 'sub_agent_delegation'],
  SendMessage: ['agent', 'tool_usage'],
  ListMcpResourcesTool: ['mcp', 'tool_usage'],
  ReadMcpResourceTool: ['mcp', 'tool_usage'],
  ReadMcpResourceDirTool: ['mcp', 'tool_usage'],
  RefreshMcpTools: ['mcp', 'tool_usage'],
  Skill: ['skill', 'tool_usage'],
  SlashCommand: ['skill', 'tool_usage'],
  EnterPlanMode: ['plan', 'tool_usage'],
  ExitPlanMode: ['plan', 'tool_usage'],
  TodoWrite: ['task', 'task_management'],
  TodoRead: ['task', 'task_management'],
  TaskCreate: ['task', 'task_management'],
  TaskGet: ['task', 'task_management'],
  TaskList: ['task', 'task_management'],
  TaskUpdate: ['task', 'task_management'],
  TaskOutput: ['task', 'tool_usage'],
  TaskStop: ['task', 'tool_usage'],
  AskUserQuestion: ['question', 'tool_usage'],
};
