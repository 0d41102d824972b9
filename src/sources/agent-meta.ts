/** Sub-agents of Claude Code: which of the transcripts are theirs, and what the client wrote beside those. */
import { basename, dirname, join } from 'node:path';
import { asBoolean, asCount, asString } from '../lib/json.ts';
import { readJsonObject } from '../lib/read-file.ts';
import type { AgentMeta } from '../types.ts';

/** The longest one seen has three hundred. */
const MAX_BYTES = 65_536;

export interface AgentFile {
  agentId: string;
  /** The run of the Workflow tool that the agent is part of. */
  workflowRun?: string | undefined;
  metaPath: string;
}

/**
 * The agent that a transcript belongs to, by the file's place; undefined for a session's own. Agents are in
 * `<session>/subagents/`, those of a workflow in `workflows/<run>/` below it, and those of client 2.0 beside the
 * sessions.
 */
export function agentFileOf(path: string): AgentFile | undefined {
  const [, agentId] = /^agent-(.+)\.jsonl$/s.exec(basename(path)) ?? [];
  if (agentId === undefined) return undefined;
  const directory = dirname(path);
  const isWorkflow = basename(dirname(directory)) === 'workflows';
  return {
    agentId,
    workflowRun: isWorkflow ? basename(directory) : undefined,
    metaPath: join(directory, `agent-${agentId}.meta.json`),
  };
}

/**
 * What the client says of the agent in its `.meta.json`; what the file's place says alone where there is none, as
 * clients up to 2.1.50 leave it. Never throws.
 */
export function readAgentMeta({ agentId, workflowRun, metaPath }: AgentFile): AgentMeta {
  const meta = readJsonObject(metaPath, MAX_BYTES);
  return {
    agentId,
    workflowRun,
    agentType: asString(meta?.['agentType']),
    description: asString(meta?.['description']),
    toolUseId: asString(meta?.['toolUseId']),
    depth: asCount(meta?.['spawnDepth']),
    model: asString(meta?.['model']),
    isBuiltIn: asBoolean(meta?.['isBuiltIn']),
    parentAgentId: asString(meta?.['parentAgentId']),
    workflowPhase: asString(meta?.['workflowPhase']),
  };
}
