/** The file that a call read or wrote. */
import { asCount, asObject, asString, type JsonObject } from '../lib/json.ts';
import type { Call } from './call.ts';
import { calledFile } from '../line/called-file.ts';
import { countLines } from '../line/code-lines.ts';
import { bytes, count, fieldGroup, flag, media, place, word, type ValuesOf } from './field.ts';
import { extensionOf, languageOf } from '../line/file-languages.ts';
import { insideOf, type Folders } from '../line/project-paths.ts';
import { isSensitivePath, isSystemPath } from '../line/sensitive-paths.ts';

export const fileFields = fieldGroup({
  file_path: place(
    '`toolUseResult.filePath`, `toolUseResult.file.filePath`, `toolUseResult.notebook_path`, `message.content[].input.file_path`, `message.content[].input.notebook_path`',
    'The file of the call.',
  ),
  file_relative_path: place(
    'file_path, `cwd`',
    'The same from the project, else from the working directory; absent outside of both.',
  ),
  file_operation: word(
    'tool_name, `toolUseResult.type`',
    'What was done: `read`, `create`, `update`, `write`, `edit`, `notebook`, `search`, `list`.',
  ),
  file_extension: place('file_path', 'In lower case, without the dot.'),
  file_language: word('file_path', 'The language by the usual extensions, for instance `TypeScript`.'),
  file_size_bytes: bytes(
    '`toolUseResult.file.originalSize`, else `toolUseResult.file.content`, `toolUseResult.content`',
    'How much was read or written; of an image or a PDF, the size of the file.',
  ),
  file_lines: count(
    '`toolUseResult.file.numLines`, `toolUseResult.content` of Write',
    'Lines that were read or written.',
  ),
  file_start_line: count('`toolUseResult.file.startLine`', 'The first line that was read, from 1.'),
  file_total_lines: count('`toolUseResult.file.totalLines`', 'Lines of the whole file.'),
  is_outside_project: flag(
    "file_path or search_path, the transcript's first `cwd`, the last `cwd`",
    'The place is in neither the project nor the working directory, by its name alone.',
  ),
  is_sensitive_file: flag(
    'file_path',
    'The name looks like that of a file with secrets: `.env`, `.pem`, `id_rsa` and others.',
  ),
  is_system_file: flag('file_path', 'The file lies in `/etc`, `/usr/bin`, `/usr/sbin`, `/var/log` or `/boot`.'),
  image_media_type: media('`toolUseResult.file.type`', 'The type of the image that was read.'),
  image_width: count('`toolUseResult.file.dimensions.originalWidth`', 'Its width in pixels.'),
  image_height: count('`toolUseResult.file.dimensions.originalHeight`', 'Its height in pixels.'),
  image_display_width: count(
    '`toolUseResult.file.dimensions.displayWidth`',
    'The width in which the model is shown it.',
  ),
  image_display_height: count(
    '`toolUseResult.file.dimensions.displayHeight`',
    'The height in which the model is shown it.',
  ),
});

type FileValues = ValuesOf<typeof fileFields>;

export function fillFile(record: FileValues, call: Call): void {
  const { last } = call.scope.context;
  record.file_operation = OPERATIONS[call.name];
  if (SEARCHING.has(call.name)) {
    const path = asString(call.input['path']);
    if (path !== undefined) record.is_outside_project = isOutside(path, last);
    return;
  }
  fillPlace(record, call, last);
  if (call.name === 'Read') fillRead(record, call.answer);
  if (call.name === 'Write') fillWritten(record, call.answer);
}

const SEARCHING: ReadonlySet<string> = new Set(['Grep', 'Glob', 'LS']);

const OPERATIONS: { readonly [tool: string]: string } = {
  Read: 'read',
  Write: 'write',
  Edit: 'edit',
  MultiEdit: 'edit',
  NotebookEdit: 'notebook',
  NotebookRead: 'notebook',
  Grep: 'search',
  Glob: 'search',
  LS: 'list',
};

function fillPlace(record: FileValues, { name, input, answer }: Call, folders: Folders): void {
  const path = calledFile(name, input, answer);
  if (path === undefined) return;
  const extension = extensionOf(path);
  record.file_path = path;
  record.file_relative_path = insideOf(path, folders);
  record.file_extension = extension;
  record.file_language = languageOf(extension);
  record.is_outside_project = isOutside(path, folders);
  record.is_sensitive_file = isSensitivePath(path);
  record.is_system_file = isSystemPath(path);
}

function isOutside(path: string, folders: Folders): boolean | undefined {
  return folders.project === undefined ? undefined : insideOf(path, folders) === undefined;
}

function fillRead(record: FileValues, answer: JsonObject): void {
  const file = asObject(answer['file']);
  if (file === undefined) return;
  const content = asString(file['content']);
  record.file_size_bytes =
    asCount(file['originalSize']) ?? (content === undefined ? undefined : Buffer.byteLength(content));
  record.file_lines = asCount(file['numLines']);
  record.file_start_line = asCount(file['startLine']);
  record.file_total_lines = asCount(file['totalLines']);
  if (answer['type'] === 'image') fillImage(record, file);
}

function fillImage(record: FileValues, file: JsonObject): void {
  const size = asObject(file['dimensions']);
  record.image_media_type = asString(file['type']);
  record.image_width = asCount(size?.['originalWidth']);
  record.image_height = asCount(size?.['originalHeight']);
  record.image_display_width = asCount(size?.['displayWidth']);
  record.image_display_height = asCount(size?.['displayHeight']);
}

function fillWritten(record: FileValues, answer: JsonObject): void {
  const content = asString(answer['content']);
  const type = asString(answer['type']);
  if (type === 'create' || type === 'update') record.file_operation = type;
  if (content === undefined) return;
  record.file_size_bytes = Buffer.byteLength(content);
  record.file_lines = countLines(content);
}
