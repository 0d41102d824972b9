/** What was looked for, in files and on the web, and how much was found. */
import { asArray, asBoolean, asCount, asObject, asString, isObject } from '../lib/json.ts';
import type { Call } from './call.ts';
import { bytes, count, fieldGroup, flag, place, places, text, word, type ValuesOf } from './field.ts';
import { jsonText } from '../lib/json-dump.ts';

export const searchFields = fieldGroup({
  search_pattern: text(
    '`message.content[].input.pattern` of Grep and Glob, `message.content[].input.query` of ToolSearch',
    'What was looked for.',
  ),
  search_path: place('`message.content[].input.path` of Grep, Glob and LS', 'Where it was looked for.'),
  search_mode: word('`toolUseResult.mode`, `message.content[].input.output_mode`', 'What Grep was to answer with.'),
  search_file_names: places('`toolUseResult.filenames[]`', 'The files that were found, at most 100.'),
  search_files: count('`toolUseResult.numFiles`', 'How many files the answer names.'),
  search_total_files: count('`toolUseResult.totalFiles`', 'How many files there are, with those left out.'),
  search_lines: count('`toolUseResult.numLines`', 'How many lines the answer has.'),
  search_total_lines: count('`toolUseResult.totalLines`', 'How many lines there are, with those left out.'),
  search_matches: count('`toolUseResult.totalMatches`, `toolUseResult.numMatches`', 'How many matches there are.'),
  is_count_complete: flag('`toolUseResult.countIsComplete`', 'No: search_matches is only the least that there are.'),
  is_truncated: flag(
    '`toolUseResult.truncated`, `toolUseResult.appliedLimit`, `toolUseResult.file.truncatedByTokenCap`',
    'The answer leaves out a part of what there is.',
  ),
  web_query: text('`toolUseResult.query`, `message.content[].input.query`', 'What WebSearch looked for.'),
  web_search_count: count('`toolUseResult.searchCount`', 'Groups of results that the search brought.'),
  web_result_count: count('`toolUseResult.results[].content[]`', 'Results of the search.'),
  web_results: text(
    '`toolUseResult.results[].content[].title`, `toolUseResult.results[].content[].url`',
    'Title and address of each result, as JSON.',
  ),
  web_url: place('`toolUseResult.url`, `message.content[].input.url`', 'What WebFetch fetched.'),
  web_prompt: text('`message.content[].input.prompt` of WebFetch', 'What the model wanted to know of the page.'),
  web_status_code: count('`toolUseResult.code`', 'The HTTP status of the page.'),
  web_bytes: bytes('`toolUseResult.bytes`', 'How long the page is.'),
});

type SearchValues = ValuesOf<typeof searchFields>;

const MAX_NAMES = 100;

export function fillSearch(record: SearchValues, call: Call): void {
  FILLS.get(call.name)?.(record, call);
}

function fillFound(record: SearchValues, { input, answer }: Call): void {
  const names = asArray(answer['filenames'])?.flatMap((name) => asString(name) ?? []);
  record.search_pattern = asString(input['pattern']);
  record.search_path = asString(input['path']);
  record.search_mode = asString(answer['mode']) ?? asString(input['output_mode']);
  record.search_file_names = names === undefined || names.length === 0 ? undefined : names.slice(0, MAX_NAMES);
  record.search_files = asCount(answer['numFiles']);
  record.search_total_files = asCount(answer['totalFiles']);
  record.search_lines = asCount(answer['numLines']);
  record.search_total_lines = asCount(answer['totalLines']);
  record.search_matches = asCount(answer['totalMatches']) ?? asCount(answer['numMatches']);
  record.is_count_complete = asBoolean(answer['countIsComplete']);
  record.is_truncated = asBoolean(answer['truncated']) ?? (answer['appliedLimit'] === undefined ? undefined : true);
}

function fillToolSearch(record: SearchValues, { input, answer }: Call): void {
  record.search_pattern = asString(input['query']);
  record.search_matches = asArray(answer['matches'])?.length;
}

function fillWebSearch(record: SearchValues, { input, answer }: Call): void {
  const groups = asArray(answer['results'])?.filter(isObject);
  const results = groups?.flatMap((group) => asArray(group['content'])?.filter(isObject) ?? []);
  record.web_query = asString(answer['query']) ?? asString(input['query']);
  record.web_search_count = asCount(answer['searchCount']);
  record.web_result_count = results?.length;
  record.web_results = results && jsonText(results.map(({ title, url }) => ({ title, url })));
}

function fillWebFetch(record: SearchValues, { input, answer }: Call): void {
  record.web_url = asString(answer['url']) ?? asString(input['url']);
  record.web_prompt = asString(input['prompt']);
  record.web_status_code = asCount(answer['code']);
  record.web_bytes = asCount(answer['bytes']);
}

function fillRead(record: SearchValues, { answer }: Call): void {
  record.is_truncated = asBoolean(asObject(answer['file'])?.['truncatedByTokenCap']);
}

const FILLS: ReadonlyMap<string, (record: SearchValues, call: Call) => void> = new Map([
  ['Grep', fillFound],
  ['Glob', fillFound],
  ['LS', fillFound],
  ['Read', fillRead],
  ['ToolSearch', fillToolSearch],
  ['WebSearch', fillWebSearch],
  ['WebFetch', fillWebFetch],
]);
