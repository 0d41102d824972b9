/** Which session, project and client wrote the line, and when. */
import { basename } from 'node:path';
import { asString } from '../lib/json.ts';
import { fieldGroup, flag, id, place, text, time, word, type ValuesOf } from './field.ts';
import type { Scope } from './scope.ts';

export const sessionFields = fieldGroup({
  timestamp: time(
    '`timestamp`; without one, that of the last line before it that has one',
    'When the client wrote the line, UTC.',
  ),
  session_id: id("`sessionId`, `session_id`; without one, the file's name", 'The session.'),
  project: place(
    'the first `cwd` of the transcript; before one, its project folder',
    'The directory that the session was started in.',
  ),
  project_name: place('the last part of `project`', 'What people call the project.'),
  cwd: place('`cwd`; without one, the last before it', 'The working directory at that line; follows `cd`.'),
  git_branch: place('`gitBranch`; without one, the last before it', 'The branch that was checked out.'),
  client_version: word('`version`; without one, the last before it', 'The version of Claude Code.'),
  entrypoint: word(
    '`entrypoint`; without one, the last before it',
    'How the client was started: `cli` in a terminal, `sdk-cli` by `claude -p`.',
  ),
  user_type: word('`userType`; without one, the last before it', '`external` for everybody outside of Anthropic.'),
  session_kind: word('`sessionKind`', '`bg` for a session in the background.'),
  is_interactive: flag('entrypoint = cli', 'A person sat before a terminal.'),
  session_slug: text('`slug`; without one, the last before it', 'The name that the client made up for the session.'),
  session_title: text(
    '`customTitle`, else `aiTitle`, as the last line before it had it',
    'What the session is called.',
  ),
  session_mode: word('`mode` of mode lines; the last before it', 'The mode of the client, for instance `normal`.'),
  permission_mode: word('`permissionMode`; without one, the last before it', 'The permission mode in force.'),
  effort: word('`effort`; without one, the last before it', 'How hard the model was told to think.'),
  per_turn_effort: word('`perTurnEffort`', 'The effort that was set for this turn alone.'),
});

type SessionValues = ValuesOf<typeof sessionFields>;

export function fillSession(record: SessionValues, { entry, parts, file, context }: Scope): void {
  const { common } = parts;
  const { last } = context;
  const named = asString(common.sessionId) ?? asString(common.session_id);
  const project = last.project ?? file.transcript.projectFolder;
  record.timestamp = last.timestamp;
  record.session_id = named ?? (entry.silent ? last.sessionId : undefined) ?? file.transcript.sessionId;
  record.project = project;
  record.project_name = basename(project);
  record.cwd = last.cwd;
  record.git_branch = last.gitBranch;
  record.client_version = last.clientVersion;
  record.entrypoint = last.entrypoint;
  record.user_type = last.userType;
  record.session_kind = asString(common.sessionKind);
  record.is_interactive = last.entrypoint === undefined ? undefined : last.entrypoint === 'cli';
  record.session_slug = last.slug;
  record.session_title = last.customTitle ?? last.aiTitle;
  record.session_mode = last.mode;
  record.permission_mode = last.permissionMode;
  record.effort = last.effort;
  record.per_turn_effort = asString(common.perTurnEffort);
}
