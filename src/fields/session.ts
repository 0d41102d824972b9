/** Which session, project and client wrote the line, and when. */
import { asBoolean, asString } from '../lib/json.ts';
import type { Context, Entry, Line, Transcript } from '../types.ts';
import { fieldGroup, type ValuesOf } from './field.ts';

export const sessionFields = fieldGroup({
  timestamp: {
    type: 'timestamp',
    privacy: 'metric',
    source: 'timestamp; without one, that of the last line before it that has one',
    about: 'When the client wrote the line, UTC.',
  },
  session_id: {
    type: 'string',
    privacy: 'id',
    source: "sessionId; without one, the file's name",
    about: 'The session.',
  },
  project: {
    type: 'string',
    privacy: 'path',
    source: 'the first cwd of the transcript; before one, its project folder',
    about: 'The directory that the session was started in.',
  },
  cwd: { type: 'string', privacy: 'path', source: 'cwd', about: 'The working directory at that line; follows `cd`.' },
  git_branch: {
    type: 'string',
    privacy: 'path',
    source: 'gitBranch; without one, the last before it',
    about: 'The branch that was checked out.',
  },
  client_version: {
    type: 'string',
    privacy: 'enum',
    source: 'version; without one, the last before it',
    about: 'The version of Claude Code.',
  },
  entrypoint: {
    type: 'string',
    privacy: 'enum',
    source: 'entrypoint',
    about: 'How the client was started: `cli` in a terminal, `sdk-cli` by `claude -p`.',
  },
  permission_mode: {
    type: 'string',
    privacy: 'enum',
    source: 'permissionMode',
    about: 'The permission mode in force.',
  },
  is_sidechain: {
    type: 'boolean',
    privacy: 'metric',
    source: 'isSidechain',
    about: 'The line belongs to a sub-agent.',
  },
  agent_id: { type: 'string', privacy: 'id', source: 'agentId', about: 'The sub-agent.' },
});

export function session({ line }: Entry, transcript: Transcript, context: Context): ValuesOf<typeof sessionFields> {
  return {
    timestamp: timestamp(line) ?? context.timestamp,
    session_id: asString(line['sessionId']) ?? transcript.sessionId,
    project: context.project ?? transcript.projectFolder,
    cwd: asString(line['cwd']),
    git_branch: asString(line['gitBranch']) ?? context.gitBranch,
    client_version: asString(line['version']) ?? context.clientVersion,
    entrypoint: asString(line['entrypoint']),
    permission_mode: asString(line['permissionMode']),
    is_sidechain: asBoolean(line['isSidechain']),
    agent_id: asString(line['agentId']),
  };
}

/** The context after this line; the same object where the line changes nothing. */
export function nextContext({ line }: Entry, context: Context): Context {
  const project = context.project ?? asString(line['cwd']);
  const clientVersion = asString(line['version']) ?? context.clientVersion;
  const gitBranch = asString(line['gitBranch']) ?? context.gitBranch;
  const time = timestamp(line) ?? context.timestamp;
  const unchanged =
    project === context.project &&
    clientVersion === context.clientVersion &&
    gitBranch === context.gitBranch &&
    time === context.timestamp;
  return unchanged ? context : { project, clientVersion, gitBranch, timestamp: time };
}

/** ISO 8601 in UTC, as the client writes it; free text that merely parses as a date is not let through. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

function timestamp(line: Line): string | undefined {
  const value = asString(line['timestamp']);
  return value !== undefined && TIMESTAMP.test(value) ? value : undefined;
}
