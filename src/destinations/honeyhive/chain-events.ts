/** What happens around turns: compactions, sub-agents, hooks, retried requests, worktrees, commits, the session's end. */
import type { MessageRecord } from '../../fields/index.ts';
import { eventOf, timeOf, type Parts, type Step } from './event.ts';
import { lineEventId, sessionPartId, toolEventId } from './ids.ts';
import { belowTurn } from './tool-events.ts';
import { answerOf, beginsTurn, callerOf, type Conversations } from './turn-events.ts';

/** The events of the kind `chain` that the record tells of. */
export function chainSteps(record: MessageRecord, conversations: Conversations): Step[] {
  return [
    ...(record.type === 'canary' ? chain(record, { name: 'chain.canary' }) : []),
    ...(record.agent_id !== undefined && record.is_first_turn === true ? agentStarted(record) : []),
    ...(record.agent_id !== undefined && record.turn_status !== undefined ? agentStopped(record, conversations) : []),
    ...(record.compact_trigger === undefined ? [] : compacted(record)),
    ...(record.hook_status === undefined || record.hook_status === 'progress' ? [] : hookRan(record)),
    ...(record.type === 'system' && record.is_api_error ? requestRetried(record) : []),
    ...(record.worktree_state === undefined ? [] : worktreeChanged(record)),
    ...(record.commit_sha === undefined ? [] : committed(record)),
    ...(endsSession(record) ? sessionEnded(record) : []),
  ];
}

/** An event of the line alone, or one with an id of its own, which may be there already. */
function chain(record: MessageRecord, { id, ...parts }: Partial<Parts> & { name: string }): Step[] {
  const event = eventOf(record, { id: id ?? lineEventId(record, parts.name), type: 'chain', ...parts });
  return event === undefined ? [] : [{ phase: id === undefined ? 'begin' : 'end', event }];
}

function agentStarted(record: MessageRecord): Step[] {
  if (!beginsTurn(record)) return [];
  return chain(record, {
    name: 'chain.subagent.start',
    ...callerOf(record),
    inputs: { task: record.text },
    metadata: { 'agent.subagent_description': record.agent_description, 'agent.subagent_depth': record.agent_depth },
  });
}

function agentStopped(record: MessageRecord, conversations: Conversations): Step[] {
  return chain(record, {
    name: 'chain.subagent.stop',
    ...callerOf(record),
    outputs: { message: answerOf(record, conversations) },
    metadata: { 'turn.status': record.turn_status },
  });
}

/** Written down when it is over. A person asks for one when the turn that its line belongs to has ended. */
function compacted(record: MessageRecord): Step[] {
  const { compact_trigger: trigger, compact_duration_ms: duration = 0 } = record;
  const end = timeOf(record.timestamp) ?? 0;
  return chain(record, {
    name: 'chain.pre_compact',
    ...(trigger !== 'manual' && belowTurn(record)),
    start: new Date(Math.max(0, end - duration)).toISOString(),
    metadata: {
      'compact.trigger': trigger,
      'compact.pre_tokens': record.compact_pre_tokens,
      'compact.post_tokens': record.compact_post_tokens,
      'compact.duration_ms': record.compact_duration_ms,
    },
  });
}

function hookRan(record: MessageRecord): Step[] {
  const failed = record.hook_status === 'blocking_error' || record.hook_status === 'non_blocking_error';
  return chain(record, {
    name: 'chain.hook',
    ...belowTurn(record),
    inputs: { command: record.hook_command, commands: record.hook_commands },
    outputs: { output: record.hook_output, stdout: record.hook_stdout, stderr: record.hook_stderr },
    error: failed ? (record.hook_errors?.join('\n') ?? record.hook_status) : undefined,
    metadata: {
      'hook.event': record.hook_event,
      'hook.name': record.hook_name,
      'hook.status': record.hook_status,
      'hook.count': record.hook_count,
      'hook.exit_code': record.hook_exit_code,
      'hook.duration_ms': record.hook_duration_ms,
    },
  });
}

function requestRetried(record: MessageRecord): Step[] {
  return chain(record, {
    name: 'chain.api_error',
    ...belowTurn(record),
    error: record.error_message ?? record.error_class ?? 'error',
    metadata: {
      'error.class': record.error_class,
      'error.status': record.api_error_status,
      'retry.attempt': record.retry_attempt,
      'retry.in_ms': record.retry_in_ms,
    },
  });
}

/** The client repeats the line whenever it writes its state down. */
function worktreeChanged(record: MessageRecord): Step[] {
  const isEntered = record.worktree_state === 'entered';
  const name = isEntered ? 'chain.worktree.create' : 'chain.worktree.remove';
  return chain(record, {
    id: sessionPartId(record, name, record.worktree_path ?? ''),
    name,
    metadata: { 'worktree.name': record.worktree_name, 'worktree.path': record.worktree_path },
  });
}

function committed(record: MessageRecord): Step[] {
  return chain(record, {
    name: 'chain.commit_link',
    parent: toolEventId(record, record.tool_use_id),
    metadata: { 'git.commit_sha': record.commit_sha, 'pr.url': record.pr_url },
  });
}

/** Since 2.1.250, the client adds up when its process ends; before, only a person's command shows the end. */
function endsSession({ type, slash_command: command }: MessageRecord): boolean {
  return type === 'cost-state' || command === 'exit' || command === 'quit';
}

/** A session that is taken up again ends anew. */
function sessionEnded(record: MessageRecord): Step[] {
  return chain(record, {
    id: sessionPartId(record, 'session.end'),
    name: 'session.end',
    metrics: {
      'client.cost_usd': record.client_cost_usd,
      'client.duration_ms': record.client_duration_ms,
      'client.api_duration_ms': record.client_api_duration_ms,
      'client.tool_duration_ms': record.client_total_tool_duration_ms,
      'client.lines_added': record.client_lines_added,
      'client.lines_removed': record.client_lines_removed,
    },
  });
}
