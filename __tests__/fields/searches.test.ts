import { describe, expect, test } from '@jest/globals';
import { searchFields } from '../../src/fields/searches.ts';
import { valuesOf } from '../helpers/hand-made.ts';
import { recordOfCall } from '../helpers/hand-made-call.ts';
import { mapFixture } from '../helpers/mapped.ts';

const told = (folder: string, name: string) =>
  mapFixture(folder)
    .filter(
      ({ tool_phase, tool_name, tool_success }) => tool_phase === 'complete' && tool_name === name && tool_success,
    )
    .map((record) => valuesOf(searchFields, record));

describe('the searches of real sessions', () => {
  test.each([
    [
      '2.1.329-fileops',
      'Grep',
      {
        search_pattern: 'export',
        search_path: '/home/dev/project/src',
        search_mode: 'content',
        search_files: 0,
        search_lines: 5,
        search_total_lines: 5,
      },
    ],
    [
      '2.1.329-fileops',
      'Glob',
      {
        search_pattern: '**/*.ts',
        search_file_names: ['src/index.ts', 'src/added.ts'],
        search_files: 2,
        search_matches: 2,
        is_count_complete: true,
        is_truncated: false,
      },
    ],
    [
      '2.1.329-websearch',
      'WebSearch',
      {
        web_query: 'node lts schedule',
        web_search_count: 1,
        web_result_count: 1,
        web_results: '[{"title":"Node.js Releases","url":"https://nodejs.org/en/about/previous-releases"}]',
      },
    ],
  ])('%s: %s', (folder, name, expected) => {
    expect(told(folder, name)[0]).toEqual(expected);
  });
});

describe('searches that no transcript has', () => {
  test.each([
    [
      'a page',
      {
        name: 'WebFetch',
        input: { url: 'https://a.dev/x', prompt: 'What is it?' },
        answer: { url: 'https://a.dev/x/', code: 404, codeText: 'Not Found', bytes: 12, durationMs: 3, result: 'x' },
      },
      { web_url: 'https://a.dev/x/', web_prompt: 'What is it?', web_status_code: 404, web_bytes: 12 },
    ],
    ['a page that failed', { name: 'WebFetch', input: { url: 'https://a.dev' } }, { web_url: 'https://a.dev' }],
    [
      'files that match',
      {
        name: 'Grep',
        input: { pattern: 'x' },
        answer: { mode: 'count', numMatches: 3, totalFiles: 9, appliedLimit: 2 },
      },
      { search_pattern: 'x', search_mode: 'count', search_matches: 3, search_total_files: 9, is_truncated: true },
    ],
    [
      'tools',
      { name: 'ToolSearch', input: { query: 'q' }, answer: { matches: ['a', 'b'] } },
      { search_pattern: 'q', search_matches: 2 },
    ],
    ['a folder', { name: 'LS', input: { path: '/x' }, answer: 'a' }, { search_path: '/x' }],
    ['half a file', { name: 'Read', answer: { file: { truncatedByTokenCap: true } } }, { is_truncated: true }],
    [
      'odd results',
      { name: 'WebSearch', answer: { results: [null, 'a', { content: 1 }] } },
      { web_result_count: 0, web_results: '[]' },
    ],
    ['no search', { name: 'Bash', input: { pattern: 'x', url: 'y' }, answer: { numFiles: 1 } }, {}],
  ])('%s', (_case, call, expected) => {
    expect(valuesOf(searchFields, recordOfCall(call))).toEqual(expected);
  });

  test('at most 100 files are named', () => {
    const filenames = Array.from({ length: 150 }, (_, index) => `f${index}`);
    const record = recordOfCall({ name: 'Glob', answer: { filenames, numFiles: 150 } });
    expect(record.search_file_names).toEqual(filenames.slice(0, 100));
    expect(record.search_files).toBe(150);
  });
});
