/** Who wrote what: the client's counters of what a person and the model did to the files. */
import { asCount, asString } from '../lib/json.ts';
import { count, fieldGroup, text, word, type ValuesOf } from './field.ts';
import { jsonTextOf } from '../lib/json-dump.ts';
import type { Scope } from './scope.ts';

export const attributionFields = fieldGroup({
  attribution_surface: word('`surface`', 'Where the client runs, for instance `cli`.'),
  attribution_file_states: text('`fileStates.**`', "The model's share of each file, as JSON."),
  prompt_count: count('`promptCount`', 'Prompts of the session.'),
  prompt_count_at_last_commit: count('`promptCountAtLastCommit`', 'The same at the last commit.'),
  permission_prompt_count: count('`permissionPromptCount`', 'Times that the client asked for permission.'),
  permission_prompt_count_at_last_commit: count('`permissionPromptCountAtLastCommit`', 'The same at the last commit.'),
  escape_count: count('`escapeCount`', 'Times that a person pressed Esc.'),
  escape_count_at_last_commit: count('`escapeCountAtLastCommit`', 'The same at the last commit.'),
});

type Attribution = ValuesOf<typeof attributionFields>;

export function fillAttribution(record: Attribution, { parts: { line } }: Scope): void {
  record.attribution_surface = asString(line['surface']);
  record.attribution_file_states = jsonTextOf(line['fileStates']);
  record.prompt_count = asCount(line['promptCount']);
  record.prompt_count_at_last_commit = asCount(line['promptCountAtLastCommit']);
  record.permission_prompt_count = asCount(line['permissionPromptCount']);
  record.permission_prompt_count_at_last_commit = asCount(line['permissionPromptCountAtLastCommit']);
  record.escape_count = asCount(line['escapeCount']);
  record.escape_count_at_last_commit = asCount(line['escapeCountAtLastCommit']);
}
