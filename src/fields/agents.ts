/** Sub-agents: which one wrote the line, who started it, and what became of it on the line that brings its answer. */
import { asArray, asBoolean, asCount, asObject, asString } from '../lib/json.ts';
import { count, fieldGroup, flag, id, ms, place, text, tokens, word, words, type ValuesOf } from './field.ts';
import { AGENT_TOOLS } from '../fold/tools.ts';
import type { Scope } from './scope.ts';

export const agentFields = fieldGroup({
  agent_id: id(
    "`agentId`, else the agent's file name; of agents in the session's own file, the `uuid` of their first line",
    'The sub-agent that wrote the line.',
  ),
  agent_type: word(
    "`agentType` of the agent's .meta.json, else its call's `message.content[].input.subagent_type`, `attributionAgent`, `agentType`",
    'The kind of sub-agent, for instance `general-purpose`.',
  ),
  agent_description: text(
    "`description` of the agent's .meta.json, else its call's `message.content[].input.description`, `agentDescription`",
    'What the agent was started for, in a few words.',
  ),
  agent_depth: count(
    "`spawnDepth` of .meta.json; 1 for agents in the session's own file",
    '1 for an agent of the session, 2 for an agent of that one.',
  ),
  agent_model: word('`model` of .meta.json', 'The model that the agent was given.'),
  agent_is_built_in: flag('`isBuiltIn` of .meta.json', 'The agent comes with the client.'),
  agent_workflow_run_id: id("the folder of the agent's file", 'The workflow run that the agent is part of.'),
  agent_workflow_phase: text('`workflowPhase` of .meta.json', 'The phase of the workflow.'),
  parent_agent_id: id(
    '`parentAgentId` of .meta.json',
    'The agent that started this one; absent where the session did.',
  ),
  agent_team: text('`teamName`', 'The team that the agent belongs to.'),
  parent_tool_use_id: id('`toolUseId` of .meta.json, `parentToolUseID`', 'The call that started the agent.'),
  subagent_id: id('`toolUseResult.agentId`', 'The sub-agent that the answered call started.'),
  subagent_type: word('`toolUseResult.agentType`, `message.content[].input.subagent_type`', 'Its kind.'),
  subagent_description: text(
    '`toolUseResult.description`, `message.content[].input.description`',
    'What it was started for, in a few words.',
  ),
  subagent_model: word('`toolUseResult.resolvedModel`', 'The model that it was given.'),
  subagent_status: word(
    '`toolUseResult.status` of Agent and Task',
    '`completed`, or `async_launched` for one in the background.',
  ),
  subagent_is_background: flag(
    '`toolUseResult.isAsync`, `message.content[].input.run_in_background`',
    'The session did not wait for the agent.',
  ),
  subagent_prompt: text('`toolUseResult.prompt`', 'What the agent was told.'),
  subagent_answer: text('`toolUseResult.content[].text`', "The agent's answer."),
  subagent_duration_ms: ms('`toolUseResult.totalDurationMs`', 'How long the agent ran, by the client.'),
  subagent_tool_calls: count('`toolUseResult.totalToolUseCount`', 'Calls that the agent made.'),
  subagent_last_request_tokens: tokens(
    '`toolUseResult.totalTokens`',
    "Tokens of the agent's last request; not the sum of all of its requests.",
  ),
  subagent_tools: words('`toolUseResult.toolsUsed[]`', 'Tools that the agent used.'),
  subagent_bash_calls: count('`toolUseResult.toolStats.bashCount`', 'Commands that the agent ran.'),
  subagent_read_calls: count('`toolUseResult.toolStats.readCount`', 'Files that the agent read.'),
  subagent_search_calls: count('`toolUseResult.toolStats.searchCount`', 'Searches that the agent made.'),
  subagent_edit_calls: count('`toolUseResult.toolStats.editFileCount`', 'Edits that the agent made.'),
  subagent_other_calls: count('`toolUseResult.toolStats.otherToolCount`', "The agent's other calls."),
  subagent_lines_added: count('`toolUseResult.toolStats.linesAdded`', 'Lines that the agent added to files.'),
  subagent_lines_removed: count('`toolUseResult.toolStats.linesRemoved`', 'Lines that the agent removed from files.'),
  subagent_output_file: place(
    '`toolUseResult.outputFile` of Agent',
    'Where an agent in the background writes its answer.',
  ),
  subagent_can_continue: flag('`toolUseResult.canContinueAgent`', 'The agent can be sent further messages.'),
});

type AgentValues = ValuesOf<typeof agentFields>;

export function fillWriter(record: AgentValues, { parts: { common }, file: { agent }, step }: Scope): void {
  const inline = step.inline;
  record.agent_id = asString(common.agentId) ?? agent?.agentId ?? inline?.id;
  record.agent_type =
    agent?.agentType ?? inline?.type ?? asString(common.attributionAgent) ?? asString(common.agentType);
  record.agent_description = agent?.description ?? inline?.description ?? asString(common.agentDescription);
  record.agent_depth = agent?.depth ?? inline?.depth;
  record.agent_model = agent?.model;
  record.agent_is_built_in = agent?.isBuiltIn;
  record.agent_workflow_run_id = agent?.workflowRun;
  record.agent_workflow_phase = agent?.workflowPhase;
  record.parent_agent_id = agent?.parentAgentId;
  record.agent_team = asString(common.teamName);
  record.parent_tool_use_id = agent?.toolUseId ?? inline?.parentToolUseId ?? asString(common.parentToolUseID);
}

/** The call of Agent or Task that the line answers. */
export function fillStarted(record: AgentValues, { parts: { line }, result }: Scope): void {
  if (!AGENT_TOOLS.has(result?.tool?.name ?? '')) return;
  const answer = asObject(line['toolUseResult']);
  const input = result?.tool?.input;
  const stats = asObject(answer?.['toolStats']);
  const tools = asArray(answer?.['toolsUsed'])?.flatMap((tool) => asString(tool) ?? []);
  record.subagent_id = asString(answer?.['agentId']);
  record.subagent_type = asString(answer?.['agentType']) ?? asString(input?.['subagent_type']);
  record.subagent_description = asString(answer?.['description']) ?? asString(input?.['description']);
  record.subagent_model = asString(answer?.['resolvedModel']);
  record.subagent_status = asString(answer?.['status']);
  record.subagent_is_background = asBoolean(answer?.['isAsync']) ?? asBoolean(input?.['run_in_background']);
  record.subagent_prompt = asString(answer?.['prompt']) ?? asString(input?.['prompt']);
  record.subagent_answer = answerText(answer?.['content']);
  record.subagent_duration_ms = asCount(answer?.['totalDurationMs']);
  record.subagent_tool_calls = asCount(answer?.['totalToolUseCount']);
  record.subagent_last_request_tokens = asCount(answer?.['totalTokens']);
  record.subagent_tools = tools;
  record.subagent_bash_calls = asCount(stats?.['bashCount']);
  record.subagent_read_calls = asCount(stats?.['readCount']);
  record.subagent_search_calls = asCount(stats?.['searchCount']);
  record.subagent_edit_calls = asCount(stats?.['editFileCount']);
  record.subagent_other_calls = asCount(stats?.['otherToolCount']);
  record.subagent_lines_added = asCount(stats?.['linesAdded']);
  record.subagent_lines_removed = asCount(stats?.['linesRemoved']);
  record.subagent_output_file = asString(answer?.['outputFile']);
  record.subagent_can_continue = asBoolean(answer?.['canContinueAgent']);
}

function answerText(content: unknown): string | undefined {
  const texts = asArray(content)?.flatMap((block) => asString(asObject(block)?.['text']) ?? []);
  return texts === undefined || texts.length === 0 ? undefined : texts.join('\n');
}
