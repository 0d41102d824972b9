/** Sessions: the root events, as the records of a batch begin them or bring them up to date. */
import type { MessageRecord } from '../../fields/index.ts';
import type { JsonObject } from '../../lib/json.ts';
import { toolEventOf, toolKindOf } from '../../line/tool-kinds.ts';
import { REDACTED } from '../../privacy/levels.ts';
import { commonMetadata, groupsOf, timeOf } from './event.ts';
import { sessionEventId } from './ids.ts';

export interface Session {
  session_id: string;
  session_name: string;
  /** Epoch ms; without it the server takes the time of the request. */
  start_time: number | undefined;
  /** Epoch ms; of the last turn that ended. */
  end_time: number | undefined;
  /** Milliseconds. */
  duration: number | undefined;
  user_properties: JsonObject;
  metadata: JsonObject;
  metrics?: JsonObject;
}

/**
 * The sessions whose first line is among the records (`begun`), and of the others those that have a new record of
 * their sums, or an agent that nothing called (`renewed`): their root may be missing. Copies count here, too: the first
 * line of a fork is one.
 */
export function sessionsOf(records: readonly MessageRecord[]): { begun: Session[]; renewed: Session[] } {
  const begun: Session[] = [];
  const renewed: Session[] = [];
  for (const lines of groupsOf(records, sessionEventId)) {
    if (lines.some(beginsSession)) begun.push(sessionFrom(lines));
    else if (lines.some((line) => isSums(line) || beginsAgent(line))) renewed.push(sessionFrom(lines));
  }
  return { begun, renewed };
}

/** The first line of a session's own transcript; sub-agents have files of their own. */
function beginsSession({ line_number: line, agent_id: agent, derived }: MessageRecord): boolean {
  return line === 0 && agent === undefined && derived !== true;
}

/** Clients of version 2.0 warm agents up in sessions whose own transcripts stay empty. */
function beginsAgent({ line_number: line, agent_id: agent, parent_tool_use_id: call }: MessageRecord): boolean {
  return line === 0 && agent !== undefined && call === undefined;
}

function isSums({ type }: MessageRecord): boolean {
  return type === 'session';
}

function sessionFrom(lines: readonly MessageRecord[]): Session {
  const sums = lines.findLast(isSums);
  // The first lines of a transcript often have no working directory, and sub-agents may have another one.
  const described = lines.findLast(({ cwd, agent_id: agent }) => cwd !== undefined && agent === undefined) ?? lines[0];
  const times = lines.flatMap(({ timestamp }) => timeOf(timestamp) ?? []);
  return {
    session_id: lines.map(sessionEventId)[0] ?? '',
    session_name: nameOf(lines),
    start_time: timeOf(sums?.session_started_at) ?? times[0],
    end_time: timeOf(sums?.timestamp),
    duration: sums?.session_duration_ms,
    user_properties: { user: described?.os_user, host: described?.host_name },
    metadata: {
      ...(described && commonMetadata(described)),
      'model.name': sums?.session_models?.[0],
      // No hook has seen it begin.
      synthetic: true,
      'session.status': sums?.session_status,
    },
    ...(sums !== undefined && { metrics: metricsOf(sums) }),
  };
}

/** The title as it is now: a session can be renamed. */
function nameOf(lines: readonly MessageRecord[]): string {
  const names = lines.flatMap(({ session_title: title, session_slug: slug }) => title ?? slug ?? []);
  const id = lines[0]?.session_id ?? '';
  return names.findLast((name) => name !== REDACTED) ?? `Claude Code ${id.slice(0, 8)}`;
}

/** Under HoneyHive's own names as far as a transcript tells what they stand for, and what it tells besides. */
function metricsOf(sums: MessageRecord): JsonObject {
  const tools = (sums.session_tools ?? []).map(callsOf);
  const calls = sums.session_tool_calls ?? 0;
  const responses = sums.session_responses ?? 0;
  const callsIn = (wanted: string): number =>
    tools.reduce((sum, { category, count }) => (category === wanted ? sum + count : sum), 0);
  return {
    'coding_agent.total_events': sums.session_lines,
    'coding_agent.tool_count': calls,
    'coding_agent.model_count': responses,
    'coding_agent.unique_tools': new Set(tools.map(({ category }) => category)).size,
    'coding_agent.bash_ratio': ratio(callsIn('bash'), calls, 3),
    'coding_agent.search_ratio': ratio(callsIn('file_search'), calls, 3),
    'coding_agent.tool_model_ratio': ratio(calls, responses, 2),
    'coding_agent.has_errors': (sums.session_tool_errors ?? 0) > 0,
    'session.cost_usd': sums.session_cost_usd,
    'session.input_tokens': sums.session_input_tokens,
    'session.output_tokens': sums.session_output_tokens,
    'session.cache_read_tokens': sums.session_cache_read_tokens,
    'session.cache_creation_tokens': sums.session_cache_creation_tokens,
    'session.duration_ms': sums.session_duration_ms,
    'session.turns': sums.session_turns,
    'session.prompts': sums.session_prompts,
    'session.tool_errors': sums.session_tool_errors,
    'session.api_errors': sums.session_api_errors,
    'session.interrupts': sums.session_interrupts,
    'session.compactions': sums.session_compactions,
    'session.agents_started': sums.session_agents_started,
    'session.lines_added': sums.session_lines_added,
    'session.lines_removed': sums.session_lines_removed,
  };
}

/** Of `Bash=3`. */
function callsOf(tally: string): { category: string; count: number } {
  const end = tally.lastIndexOf('=');
  return { category: categoryOf(tally.slice(0, end)), count: Number(tally.slice(end + 1)) };
}

/** The vendor's categories of tools. */
function categoryOf(tool: string): string {
  const kind = toolKindOf(tool);
  if (kind === 'bash' || kind === 'agent' || kind === 'mcp') return kind;
  const event = toolEventOf(tool);
  if (event === 'file_read' || event === 'file_write' || event === 'file_edit') return event;
  return kind === 'file' && event !== 'notebook_operation' ? 'file_search' : 'other';
}

function ratio(part: number, whole: number, digits: number): number {
  return whole === 0 ? 0 : Number((part / whole).toFixed(digits));
}
