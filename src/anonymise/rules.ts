/** What becomes of a string, a number and a key, by the place where it stands. */
import { asString } from '../lib/json.ts';
import { fill, fillPatchLine } from './client-text.ts';
import { CLIENT_NAMES, CLIENT_PATHS, CLIENT_VALUES, TOOL_KEYS, VALUE_KEYS } from './client-words.ts';
import type { Fakes } from './fakes.ts';

/**
 * Whose words stand there: `client` for what Claude Code writes, `tool` for what goes in and out of its own tools,
 * `foreign` for those of others, where even a key can be someone's word.
 */
export type Region = 'client' | 'tool' | 'foreign';

export interface Place {
  /** Keys from the line down, joined by dots, with `[]` for a list. */
  path: string;
  /** The last key on the way down. */
  key: string;
  region: Region;
}

/** What all values of a run share. */
export interface Run {
  fakes: Fakes;
  /** Milliseconds, whole days, that are added to every moment. */
  shiftMs: number;
  /** The words that were kept because of where they stand. */
  kept: Set<string>;
}

const PATH_KEYS =
  /^(?:cwd|path|filename|filenames|displayPath|trackingPath|realParentDir|backupFileName|transcriptDir|outputFile|notebook_path|additionalWorkingDirectories|workingDirectory|originalCwd|preEnterOriginalCwd|[a-z]+_path|[a-zA-Z]*Path)$/;
const NAME_KEYS =
  /^(?:name|names|[a-zA-Z]+(?:Names|Types)|tools|toolsUsed|allowedTools|[a-zA-Z]*McpServers|agentType|subagent_type|skill|commandName|workflowName|hookName|querySource|attribution[A-Z]\w*|gitBranch|\w+Branch|worktreeName|shell)$/;
const MODEL_KEYS = /^(?:model|modelId|[a-z]+Model)$/;
const ID_KEYS =
  /^(?:id|ids|uuid|uuids|base|key|hash|tail|slug|digests|originalHeadCommit|serverClassifierRequest|\w+(?:_id|_ids|Ids?|IDs?|[uU]uids?|UUIDs?|_uuid|Ref|Hash|Digest))$/;
const MOMENT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)?$/;
const MOMENT_KEYS = /^(?:timestamp|date|backupTime)$/;
/** A word as the client writes them: no blanks, no paths. */
const WORD = /^(?:[A-Za-z0-9][\w.:-]{0,63}|)$/;
const IDENTIFIER = /^[A-Za-z_$][\w$-]{0,40}$/;

export function ruledString(text: string, { path, key }: Place, run: Run): string {
  const { fakes } = run;
  if (MOMENT_KEYS.test(key) && MOMENT.test(text)) return shifted(text, run.shiftMs);
  if (CLIENT_PATHS.has(path) && WORD.test(text)) return keep(text, run);
  if (VALUE_KEYS.has(key) && CLIENT_VALUES.has(text)) return text;
  if (MODEL_KEYS.test(key)) return fakes.model(text);
  if (PATH_KEYS.test(key)) return fakes.path(text);
  if (NAME_KEYS.test(key) || path === 'commandRun.command') return fakes.name(text);
  if (ID_KEYS.test(key)) return fakes.id(text);
  return key === 'lines' ? fillPatchLine(text) : fill(text, fakes.id);
}

/** Moments are shifted as the timestamps are: else one of them would tell by how much. */
export function ruledNumber(value: number, { key, region }: Place, { shiftMs }: Run): number {
  // JSON can spell 1e400, and could not write what it becomes.
  if (!Number.isFinite(value)) return Number.MAX_VALUE;
  if (Number.isInteger(value) && value >= 1e12 && value < 4e12) return value + shiftMs;
  if (/(?:At|Time|_at|_time)$/.test(key) && value >= 1e9 && value < 4e9) return value + shiftMs / 1000;
  return isKnownKey(key, region) ? value : onesFor(value);
}

/** @param holder where the object stands whose key it is */
export function ruledKey(key: string, { key: holder, region }: Place, { fakes }: Run): string {
  if (holder === 'modelUsage') return fakes.model(key);
  if (holder === 'trackedFileBackups') return fakes.path(key);
  if (holder === 'answers' || holder === 'annotations') return fakes.name(key);
  if (isKnownKey(key, region)) return key;
  return /[/\\.]/.test(key) ? fakes.path(key) : fakes.name(key);
}

/** The region of what stands below a key of an object. */
export function regionBelow(key: string, object: { readonly [key: string]: unknown }, { region, path }: Place): Region {
  if (region === 'foreign' || key === 'mcpMeta' || key === 'structuredContent') return 'foreign';
  if (key === 'input') return isBuiltIn(object['name']) ? 'tool' : 'foreign';
  if (path === '' && key === 'toolUseResult') return 'mcpMeta' in object ? 'foreign' : 'tool';
  return key === 'input_schema' || key === 'response' ? 'tool' : region;
}

/** Most words are few and come again and again; past this many they are no vocabulary. */
const MAX_KEPT = 1_000;

function keep(word: string, { kept }: Run): string {
  if (word !== '' && kept.size < MAX_KEPT) kept.add(word);
  return word;
}

function isKnownKey(key: string, region: Region): boolean {
  if (region === 'client') return IDENTIFIER.test(key);
  return region === 'tool' && TOOL_KEYS.has(key);
}

function isBuiltIn(tool: unknown): boolean {
  return CLIENT_NAMES.has(asString(tool) ?? '');
}

function shifted(moment: string, shiftMs: number): string {
  const [date = '', time = ''] = moment.split(/(?=T)/);
  const day = Date.parse(date);
  return Number.isNaN(day) ? moment.replaceAll(/\d/g, '0') : new Date(day + shiftMs).toISOString().slice(0, 10) + time;
}

/** A number of as many digits: what a tool of others was given can be anything, a telephone number too. */
function onesFor(value: number): number {
  const digits = Math.min(15, String(Math.trunc(Math.abs(value))).length);
  const ones = Number('1'.repeat(digits)) + (Number.isInteger(value) ? 0 : 0.5);
  return value < 0 ? -ones : ones;
}
