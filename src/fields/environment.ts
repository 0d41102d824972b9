/** What the client told the model about where it works: machine, directories, date, model and repository. */
import { asArray, asBoolean, asObject, asString, isObject, own, type JsonObject } from '../lib/json.ts';
import { fieldGroup, flag, place, places, release, text, word, words, type ValuesOf } from './field.ts';
import type { Scope } from './scope.ts';
import { asStrings } from '../line/values.ts';

export const environmentFields = fieldGroup({
  environment_platform: word('`attachment.snapshot.platform`', 'The operating system.'),
  environment_os_version: release('`attachment.snapshot.osVersion`', 'Its release.'),
  environment_shell: word('`attachment.snapshot.shell`', 'The shell.'),
  is_git_repo: flag('`attachment.snapshot.isGitRepo`', 'The working directory belongs to a repository.'),
  is_worktree: flag('`attachment.snapshot.isWorktree`', 'It belongs to a worktree.'),
  working_directory: place('`attachment.snapshot.workingDirectory`', 'The working directory.'),
  additional_directories: places(
    '`attachment.snapshot.additionalWorkingDirectories[]`',
    'Further directories that the model may work in.',
  ),
  environment_changes: words('`attachment.changes[].field`', 'What has changed since the model was told last.'),
  announced_date: word('`attachment.date`', 'The date that the model was told.'),
  announced_model: word('`attachment.identity.modelId`', 'The model that it was told to be.'),
  announced_model_name: release('`attachment.identity.marketingName`', 'The name of that model.'),
  knowledge_cutoff: release('`attachment.identity.knowledgeCutoff`', 'When its training data end.'),
  initial_git_status: text('`attachment.context.gitStatus`', 'Branch, changes and last commits at the start.'),
  remote_session_url: place('`attachment.url`', 'Where the session can be seen on the web.'),
  commit_trailer: text('`attachment.commit`', 'What the model is to write below the messages of commits.'),
  pr_trailer: text('`attachment.pr`', 'What it is to write below pull requests.'),
  is_managed_commit: flag('`attachment.managedCommit`', 'An administrator set the former.'),
  is_managed_pr: flag('`attachment.managedPr`', 'An administrator set the latter.'),
  has_send_file_hint: flag('`attachment.sendUserFileHint`', 'The model was told how to send files to the person.'),
});

type Environment = ValuesOf<typeof environmentFields>;

export function fillEnvironment(record: Environment, { parts: { attachment, subtype } }: Scope): void {
  if (attachment !== undefined && subtype !== undefined) own(KINDS, subtype)?.(record, attachment);
}

const KINDS: { readonly [subtype: string]: (record: Environment, attachment: JsonObject) => void } = {
  environment: fillSnapshot,
  date: fillDate,
  model: fillModel,
  session_context: fillContext,
  remote_session_change: fillRemoteSession,
};

function fillSnapshot(record: Environment, value: JsonObject): void {
  const snapshot = asObject(value['snapshot']);
  const changes = asArray(value['changes'])?.filter(isObject);
  record.environment_platform = asString(snapshot?.['platform']);
  record.environment_os_version = asString(snapshot?.['osVersion']);
  record.environment_shell = asString(snapshot?.['shell']);
  record.is_git_repo = asBoolean(snapshot?.['isGitRepo']);
  record.is_worktree = asBoolean(snapshot?.['isWorktree']);
  record.working_directory = asString(snapshot?.['workingDirectory']);
  record.additional_directories = asStrings(snapshot?.['additionalWorkingDirectories']);
  record.environment_changes = asStrings(changes?.map(({ field }) => field));
}

function fillDate(record: Environment, value: JsonObject): void {
  record.announced_date = asString(value['date']);
}

function fillModel(record: Environment, value: JsonObject): void {
  const model = asObject(value['identity']);
  record.announced_model = asString(model?.['modelId']);
  record.announced_model_name = asString(model?.['marketingName']);
  record.knowledge_cutoff = asString(model?.['knowledgeCutoff']);
}

function fillContext(record: Environment, value: JsonObject): void {
  record.initial_git_status = asString(asObject(value['context'])?.['gitStatus']);
}

function fillRemoteSession(record: Environment, value: JsonObject): void {
  record.remote_session_url = asString(value['url']);
  record.commit_trailer = asString(value['commit']);
  record.pr_trailer = asString(value['pr']);
  record.is_managed_commit = asBoolean(value['managedCommit']);
  record.is_managed_pr = asBoolean(value['managedPr']);
  record.has_send_file_hint = asBoolean(value['sendUserFileHint']);
}
