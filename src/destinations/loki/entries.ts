/** The log entries that a record gives: at most one of itself, one of the turn that it ends, and one of its session. */
import type { MessageRecord } from '../../fields/index.ts';
import { modelOf } from '../../fields/usage.ts';
import { lineEvent, sessionEvent, turnEvent, type Event } from './events.ts';
import { toolEvent } from './tool-event.ts';

export interface Entry extends Required<Omit<Event, 'content'>> {
  /** Epoch ms; NaN where the record has no time. */
  ms: number;
  /** With `position`, what orders entries of the same millisecond. */
  lineNumber: number;
  position: number;
  /** What the line says; a value that is undefined is left out. */
  line: object;
}

/** The entries of a record, none for what is no event. Copies are left to the transcript that had them first. */
export function entriesOf(record: MessageRecord, selection: 'all' | 'tools'): Entry[] {
  if (record.is_replay) return [];
  const isTool = record.tool_result_ids !== undefined;
  if (selection === 'tools' && !isTool && record.type !== 'canary') return [];
  const own = isTool ? toolEvent(record) : lineEvent(record);
  const entries = own === undefined ? [] : [entry(record, own, record.result_index ?? 0)];
  if (selection === 'tools') return entries;
  if (record.turn_status !== undefined) entries.push(entry(record, turnEvent(record), TURN));
  if (record.type === 'session') entries.push(entry(record, sessionEvent(record), SESSION));
  return entries;
}

/** Behind what else a line says. */
const TURN = 97;
const SESSION = 98;

function entry(
  record: MessageRecord,
  { event, level = 'info', content, metadata = {} }: Event,
  position: number,
): Entry {
  return {
    ms: Date.parse(record.timestamp ?? ''),
    lineNumber: record.line_number ?? 0,
    position,
    event,
    level,
    line: {
      id: record.id,
      timestamp: record.timestamp,
      level: level.toUpperCase(),
      event_type: event,
      session_id: record.session_id,
      project_path: record.project,
      project_name: record.project_name,
      ...content,
      metadata: surroundings(record),
    },
    metadata: {
      session_id: record.session_id,
      project: record.project_name,
      turn_id: record.turn_id,
      agent_type: record.agent_type,
      model: modelOf(record),
      ...metadata,
    },
  };
}

function surroundings(record: MessageRecord): object {
  return {
    claude_version: record.client_version,
    stopwire_version: record.stopwire_version,
    user_id: record.os_user,
    host: record.host_name,
    git_branch: record.git_branch,
    cwd: record.cwd,
    turn_id: record.turn_id,
    agent_id: record.agent_id,
    agent_type: record.agent_type,
    model: modelOf(record),
    permission_mode: record.permission_mode,
  };
}
