import { describe, expect, test } from '@jest/globals';
import { fileChangeFields } from '../../src/fields/file-changes.ts';
import { fileFields } from '../../src/fields/files.ts';
import { valuesOf } from '../helpers/hand-made.ts';
import { recordOfCall } from '../helpers/hand-made-call.ts';
import { mapFixture } from '../helpers/mapped.ts';

const group = { ...fileFields, ...fileChangeFields };
const told = (folder: string) =>
  mapFixture(folder)
    .filter(({ tool_phase, tool_success }) => tool_phase === 'complete' && tool_success)
    .map((record) => valuesOf(group, record));

const PLACE = { is_outside_project: false, is_sensitive_file: false, is_system_file: false };
const ADDED = {
  ...PLACE,
  file_path: '/home/dev/project/src/added.ts',
  file_relative_path: 'src/added.ts',
  file_extension: 'ts',
  file_language: 'TypeScript',
  user_modified: false,
};

describe('the files of a real session', () => {
  test('are told with what was done to them', () => {
    expect(told('2.1.329-fileops')).toEqual([
      {
        ...PLACE,
        file_path: '/home/dev/project/README.md',
        file_relative_path: 'README.md',
        file_operation: 'read',
        file_extension: 'md',
        file_language: 'Markdown',
        file_size_bytes: 68,
        file_lines: 7,
        file_start_line: 1,
        file_total_lines: 7,
      },
      {
        ...ADDED,
        file_operation: 'create',
        file_size_bytes: 60,
        file_lines: 3,
        lines_added: 3,
        lines_removed: 0,
        patch_hunks: 0,
        content_length: 60,
      },
      {
        ...ADDED,
        file_operation: 'edit',
        lines_added: 2,
        lines_removed: 1,
        patch_hunks: 1,
        file_patch:
          '[{"oldStart":1,"oldLines":3,"newStart":1,"newLines":4,"lines":[" export const a = 1;","-export const b = 2;","+export const b = 20;","+export const b2 = 21;"," export const c = 3;"]}]',
        replace_all: false,
        old_length: 19,
        new_length: 42,
      },
      { file_operation: 'search' },
      { file_operation: 'search', is_outside_project: false },
      {
        ...ADDED,
        file_operation: 'update',
        file_size_bytes: 22,
        file_lines: 1,
        lines_added: 1,
        lines_removed: 4,
        patch_hunks: 1,
        file_patch: expect.stringContaining('"+export const a = 100;"'),
        content_length: 22,
      },
    ]);
  });

  test('an image is told with its size', () => {
    expect(told('2.1.329-readimg')).toEqual([
      {
        ...PLACE,
        file_path: '/home/dev/project/pixel.png',
        file_relative_path: 'pixel.png',
        file_operation: 'read',
        file_extension: 'png',
        file_size_bytes: 70,
        image_media_type: 'image/png',
        image_width: 1,
        image_height: 1,
        image_display_width: 1,
        image_display_height: 1,
      },
    ]);
  });

  test('a plan that the client keeps is none', () => {
    expect(told('2.1.329-tuiask').filter((values) => Object.keys(values).length > 0)).toEqual([]);
    const touched = mapFixture('2.1.329-tuiask').flatMap(({ turn_files_touched }) => turn_files_touched ?? []);
    expect(touched).toEqual([]);
  });
});

describe('where a file lies', () => {
  test.each([
    ['/home/dev/project/a.ts', 'a.ts', false, false, false],
    ['a.ts', 'a.ts', false, false, false],
    ['/home/dev/project/../x', undefined, true, false, false],
    ['/home/dev/project2/x', undefined, true, false, false],
    ['/etc/hosts', undefined, true, false, true],
    ['/home/dev/project/.env', '.env', false, true, false],
    ['/home/dev/project/.env.local', '.env.local', false, true, false],
    ['/home/dev/project/.env.example', '.env.example', false, false, false],
    ['/home/dev/.ssh/config', undefined, true, true, false],
    ['/home/dev/project/server.pem', 'server.pem', false, true, false],
    ['/home/dev/project/src/environment.ts', 'src/environment.ts', false, false, false],
    ['C:\\x\\y.ts', undefined, true, false, false],
  ])('%s', (path, relative, isOutside, isSensitive, isSystem) => {
    const record = recordOfCall({ name: 'Read', input: { file_path: path } });
    expect(valuesOf(fileFields, record)).toMatchObject({
      file_path: path,
      is_outside_project: isOutside,
      is_sensitive_file: isSensitive,
      is_system_file: isSystem,
    });
    expect(record.file_relative_path).toBe(relative);
  });

  test('a working directory outside of the project counts as inside', () => {
    const beside = { cwd: '/srv/other' };
    const record = recordOfCall({ name: 'Read', input: { file_path: '/srv/other/x/y' }, beside });
    expect(record).toMatchObject({ is_outside_project: false, file_relative_path: 'x/y' });
  });

  test('the place of a search is told as that of a file', () => {
    expect(recordOfCall({ name: 'Grep', input: { path: '/etc' } }).is_outside_project).toBe(true);
    expect(recordOfCall({ name: 'LS', input: { path: '.' } })).toMatchObject({
      is_outside_project: false,
      file_operation: 'list',
    });
  });
});

describe('the language of a file', () => {
  test.each([
    ['/x/a.TSX', 'tsx', 'TypeScript'],
    ['/x/a.py', 'py', 'Python'],
    ['/x/a.cs', 'cs', 'CSharp'],
    ['/x/Makefile', undefined, undefined],
    ['/x/.bashrc', undefined, undefined],
    ['/x.d/a', undefined, undefined],
    ['/x/a.acmeprivateformat', undefined, undefined],
    ['/x/a.constructor', undefined, undefined],
    ['C:\\x\\a.go', 'go', 'Go'],
  ])('%s is %s', (path, extension, language) => {
    const record = recordOfCall({ name: 'Read', input: { file_path: path } });
    expect([record.file_extension, record.file_language]).toEqual([extension, language]);
  });
});

describe('calls that no transcript has', () => {
  test.each([
    [
      'an edit of several places',
      {
        name: 'MultiEdit',
        input: {
          file_path: '/x',
          edits: [
            { old_string: 'ab', new_string: 'c' },
            { old_string: 'd', new_string: '' },
          ],
        },
      },
      { file_path: '/x', file_operation: 'edit', old_length: 3, new_length: 1 },
    ],
    [
      'an edit that failed',
      {
        name: 'Edit',
        input: { file_path: '/x', old_string: 'abc', new_string: 'd', replace_all: true },
        answer: 'Error: String to replace not found in file.',
      },
      { file_path: '/x', old_length: 3, new_length: 1, replace_all: true },
    ],
    [
      'an edit that the person changed',
      { name: 'Edit', answer: { filePath: '/x', userModified: true, structuredPatch: [] } },
      { user_modified: true, patch_hunks: 0, lines_added: 0, lines_removed: 0 },
    ],
    [
      'a cell of a notebook',
      {
        name: 'NotebookEdit',
        input: { notebook_path: '/n.ipynb', new_source: 'x' },
        answer: {
          notebook_path: '/n.ipynb',
          new_source: 'x=1',
          old_source: 'x',
          edit_mode: 'replace',
          cell_type: 'code',
        },
      },
      {
        file_path: '/n.ipynb',
        file_operation: 'notebook',
        file_language: 'Notebook',
        old_length: 1,
        new_length: 3,
        notebook_edit_mode: 'replace',
        notebook_cell_type: 'code',
      },
    ],
    [
      'a PDF',
      { name: 'Read', answer: { type: 'pdf', file: { filePath: '/x.pdf', base64: 'AA', originalSize: 9 } } },
      { file_path: '/x.pdf', file_size_bytes: 9 },
    ],
    [
      'characters of more than a byte',
      { name: 'Read', answer: { type: 'text', file: { filePath: '/x', content: 'ü€' } } },
      { file_size_bytes: 5 },
    ],
    ['a write of which nothing is told', { name: 'Write', answer: 'Error: x' }, { file_operation: 'write' }],
  ])('%s', (_case, call, expected) => {
    expect(valuesOf(group, recordOfCall(call))).toMatchObject(expected);
  });
});
