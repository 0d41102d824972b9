/** An event as HoneyHive takes it, with what all events say of their line. */
import type { MessageRecord } from '../../fields/index.ts';
import type { JsonObject } from '../../lib/json.ts';
import { sessionEventId } from './ids.ts';

export interface Event {
  event_id: string;
  session_id: string;
  parent_id: string;
  event_type: 'model' | 'tool' | 'chain';
  event_name: string;
  /** Epoch ms, as `end_time`. */
  start_time: number;
  end_time: number;
  /** Milliseconds. */
  duration: number;
  config?: JsonObject;
  inputs: JsonObject;
  outputs: JsonObject;
  error?: string;
  metadata: JsonObject;
  metrics?: JsonObject;
  children_ids: readonly string[];
}

/**
 * An event as a line has it. `begin` makes it; `end` completes it, and may have to make it; `extend` counts where the
 * batch has it already, and is not worth a request.
 */
export interface Step {
  phase: 'begin' | 'end' | 'extend';
  event: Event;
}

export interface Parts {
  id: string;
  /** The session where it is left out. */
  parent?: string;
  type: Event['event_type'];
  name: string;
  /** The time of the line where it is left out. */
  start?: string | undefined;
  config?: JsonObject;
  inputs?: JsonObject;
  outputs?: JsonObject;
  error?: string | undefined;
  metadata?: JsonObject;
  metrics?: JsonObject;
}

/** The event from its start to the time of the line; undefined where that has none. */
export function eventOf(record: MessageRecord, parts: Parts): Event | undefined {
  const end = timeOf(record.timestamp);
  if (end === undefined) return undefined;
  const start = Math.min(timeOf(parts.start) ?? end, end);
  const session = sessionEventId(record);
  return {
    event_id: parts.id,
    session_id: session,
    parent_id: parts.parent ?? session,
    event_type: parts.type,
    event_name: parts.name,
    start_time: start,
    end_time: end,
    duration: end - start,
    ...(parts.config !== undefined && { config: parts.config }),
    inputs: parts.inputs ?? {},
    outputs: parts.outputs ?? {},
    ...(parts.error !== undefined && { error: parts.error }),
    metadata: { ...commonMetadata(record), ...lineMetadata(record), ...parts.metadata },
    ...(parts.metrics !== undefined && { metrics: parts.metrics }),
    children_ids: [],
  };
}

/** What sessions and events say of where they come from. */
export function commonMetadata(record: MessageRecord): JsonObject {
  return {
    'agent.provider': 'anthropic',
    'agent.product': 'claude-code',
    'agent.version': record.client_version,
    'capture.source': 'claude_transcript',
    'raw.format': 'claude_transcript_jsonl',
    'agent.session_id': record.session_id,
    'transcript.path': record.source_file,
    cwd: record.cwd,
    'repo.path': record.repository_root,
    'git.revision': record.repository_head,
    'git.branch': record.git_branch,
    session_name: record.session_title ?? record.session_slug,
  };
}

function lineMetadata(record: MessageRecord): JsonObject {
  return {
    'agent.subagent_id': record.agent_id,
    'agent.subagent_type': record.agent_type,
    'transcript.line': record.line_number,
    'stopwire.record_id': record.id,
  };
}

/** Epoch ms. */
export function timeOf(timestamp: string | undefined): number | undefined {
  const time = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  return Number.isNaN(time) ? undefined : time;
}

/** The records of sessions, put together by a name; in the order of their first ones. */
export function groupsOf(
  records: readonly MessageRecord[],
  nameOf: (record: MessageRecord) => string,
): (readonly MessageRecord[])[] {
  const groups = new Map<string, MessageRecord[]>();
  for (const record of records) {
    if (record.session_id === undefined) continue;
    const group = groups.get(nameOf(record));
    if (group === undefined) groups.set(nameOf(record), [record]);
    else group.push(record);
  }
  return Array.from(groups.values());
}
