/** What a call changed in a file. */
import { asArray, asBoolean, asString, isObject, type JsonObject } from '../lib/json.ts';
import type { Call } from './call.ts';
import { changedLines } from '../line/code-lines.ts';
import { characters, count, fieldGroup, flag, text, word, type ValuesOf } from './field.ts';
import { jsonText } from '../lib/json-dump.ts';

export const fileChangeFields = fieldGroup({
  lines_added: count(
    '`toolUseResult.structuredPatch[].lines[]`, `toolUseResult.content` of a new file',
    'Lines added to the file; the client counts one more for a new file that ends with a newline.',
  ),
  lines_removed: count('`toolUseResult.structuredPatch[].lines[]`', 'Lines removed from the file.'),
  patch_hunks: count('`toolUseResult.structuredPatch[]`', 'Places of the file that were changed.'),
  file_patch: text('`toolUseResult.structuredPatch[].**`', 'The change, as JSON.'),
  replace_all: flag(
    '`toolUseResult.replaceAll`, `message.content[].input.replace_all`',
    'Edit was to replace every occurrence.',
  ),
  user_modified: flag('`toolUseResult.userModified`', 'The person changed the edit before approving it.'),
  content_length: characters(
    '`toolUseResult.content`, `message.content[].input.content` of Write',
    'How much was to be written.',
  ),
  old_length: characters(
    '`toolUseResult.oldString`, `message.content[].input.old_string`, `message.content[].input.edits[].old_string`, `toolUseResult.old_source`',
    'How much an edit was to replace.',
  ),
  new_length: characters(
    '`toolUseResult.newString`, `message.content[].input.new_string`, `message.content[].input.edits[].new_string`, `toolUseResult.new_source`',
    'What it was to be replaced with.',
  ),
  notebook_edit_mode: word(
    '`toolUseResult.edit_mode`, `message.content[].input.edit_mode`',
    '`replace`, `insert` or `delete` a cell.',
  ),
  notebook_cell_type: word('`toolUseResult.cell_type`, `message.content[].input.cell_type`', '`code` or `markdown`.'),
});

type FileChanges = ValuesOf<typeof fileChangeFields>;

export function fillFileChange(record: FileChanges, call: Call): void {
  switch (call.name) {
    case 'Write':
      fillPatch(record, call);
      record.content_length = contentOf(call)?.length;
      break;
    case 'Edit':
    case 'MultiEdit':
      fillPatch(record, call);
      fillEdit(record, call);
      break;
    case 'NotebookEdit':
      fillNotebookEdit(record, call);
      break;
    default:
  }
}

function fillPatch(record: FileChanges, { input, answer }: Call): void {
  const changed = changedLines(answer);
  const hunks = asArray(answer['structuredPatch']);
  record.lines_added = changed?.added;
  record.lines_removed = changed?.removed;
  record.patch_hunks = hunks?.length;
  if (hunks !== undefined && hunks.length > 0) record.file_patch = jsonText(hunks);
  record.replace_all = asBoolean(answer['replaceAll']) ?? asBoolean(input['replace_all']);
  record.user_modified = asBoolean(answer['userModified']);
}

function contentOf({ input, answer }: Call): string | undefined {
  return asString(answer['content']) ?? asString(input['content']);
}

function fillEdit(record: FileChanges, { input, answer }: Call): void {
  const edits = asArray(input['edits'])?.filter(isObject) ?? [input];
  record.old_length = asString(answer['oldString'])?.length ?? totalLength(edits, 'old_string');
  record.new_length = asString(answer['newString'])?.length ?? totalLength(edits, 'new_string');
}

function totalLength(edits: readonly JsonObject[], name: string): number | undefined {
  const texts = edits.flatMap((edit) => asString(edit[name]) ?? []);
  return texts.length === 0 ? undefined : texts.reduce((sum, { length }) => sum + length, 0);
}

function fillNotebookEdit(record: FileChanges, { input, answer }: Call): void {
  record.old_length = asString(answer['old_source'])?.length;
  record.new_length = (asString(answer['new_source']) ?? asString(input['new_source']))?.length;
  record.notebook_edit_mode = asString(answer['edit_mode']) ?? asString(input['edit_mode']);
  record.notebook_cell_type = asString(answer['cell_type']) ?? asString(input['cell_type']);
}
