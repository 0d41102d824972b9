/** What was added to the client and took part: MCP servers, skills, plugins. */
import { asObject, asString, type JsonObject } from '../lib/json.ts';
import type { Call } from './call.ts';
import { fieldGroup, text, word, type ValuesOf } from './field.ts';
import { jsonTextOf } from '../lib/json-dump.ts';
import type { LineParts } from '../line/parts.ts';
import { mcpNameOf } from '../line/tool-kinds.ts';

export const extensionFields = fieldGroup({
  mcp_server: word(
    "the tool's name (mcp__server__tool), `message.content[].input.server`, `attributionMcpServer`",
    'The MCP server of the call, or the one whose answer the line goes on from.',
  ),
  mcp_tool: word("the tool's name, `attributionMcpTool`", 'The tool of that server.'),
  mcp_not_read_only: word(
    '`mcpCallNotReadOnly`',
    'Why the client does not take the call for one that only reads; `no_hint`: the server says nothing.',
  ),
  mcp_meta: text('`mcpMeta.**`', 'What the server answered beside the text, as JSON.'),
  skill_name: word(
    '`toolUseResult.commandName`, `message.content[].input.skill`, `attributionSkill`',
    'The skill that is called, or that the line was written under.',
  ),
  plugin_name: word(
    '`attributionPlugin`, else what stands before the colon in the name of a skill or a kind of agent',
    'The plugin that the skill or the agent comes from.',
  ),
});

type ExtensionValues = ValuesOf<typeof extensionFields>;

/** A result, by its call. */
export function fillExtension(record: ExtensionValues, { name, input, answer, scope }: Call): void {
  const { line } = scope.parts;
  fillCalled(record, name, input, answer);
  record.mcp_not_read_only = asString(line['mcpCallNotReadOnly']);
  record.mcp_meta = jsonTextOf(line['mcpMeta']);
}

/** An answer, by the call that it begins, else by what the client says it goes on from. */
export function fillAttribution(record: ExtensionValues, { type, line, common, toolUses }: LineParts): void {
  if (type !== 'assistant') return;
  const [use] = toolUses;
  if (use !== undefined) fillCalled(record, asString(use['name']) ?? '', asObject(use['input']) ?? NOTHING, NOTHING);
  const skill = asString(line['attributionSkill']);
  const server = asString(line['attributionMcpServer']);
  const plugin = asString(line['attributionPlugin']) ?? pluginOf(skill) ?? pluginOf(asString(common.attributionAgent));
  if (skill !== undefined) record.skill_name ??= skill;
  if (plugin !== undefined) record.plugin_name ??= plugin;
  if (server === undefined || record.mcp_server !== undefined) return;
  record.mcp_server = server;
  record.mcp_tool = asString(line['attributionMcpTool']);
}

const NOTHING: JsonObject = {};

function fillCalled(record: ExtensionValues, name: string, input: JsonObject, answer: JsonObject): void {
  if (name === 'Skill') {
    record.skill_name = asString(answer['commandName']) ?? asString(input['skill']);
    record.plugin_name = pluginOf(record.skill_name);
    return;
  }
  const mcp = mcpNameOf(name);
  const server = mcp?.server ?? (name.includes('Mcp') ? asString(input['server']) : undefined);
  if (server !== undefined) record.mcp_server = server;
  if (mcp !== undefined) record.mcp_tool = mcp.tool;
  const plugin = pluginOf(asString(input['subagent_type']));
  if (plugin !== undefined) record.plugin_name = plugin;
}

function pluginOf(name: string | undefined): string | undefined {
  const end = name?.indexOf(':') ?? -1;
  return end > 0 ? name?.slice(0, end) : undefined;
}
