/** Claude Code's settings of all levels, as the client reads them: which files there are, and which value wins. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { asArray, asObject, isObject, type JsonObject } from '../lib/json.ts';
import { parseJson } from '../lib/json-text.ts';
import { readSettings } from './settings-read.ts';

export interface SettingsLevel {
  name: 'managed' | 'local' | 'project' | 'user';
  path: string;
  /** Undefined where there is no such file, or the client passes it over. */
  value: JsonObject | undefined;
  /** Why the client passes the whole file over, a sentence. */
  problem?: string;
}

export interface SettingsPlaces {
  /** Claude Code's configuration root. */
  claudeDirectory: string;
  /** The directory that a session is started in. */
  project: string;
  /** Where the organisation's settings are. */
  managedDirectory: string;
}

/** Where an organisation's settings lie on this system (the client's documentation). */
export function managedSettingsDirectory(platform: NodeJS.Platform = process.platform): string {
  if (platform === 'darwin') return '/Library/Application Support/ClaudeCode';
  return platform === 'win32' ? String.raw`C:\Program Files\ClaudeCode` : '/etc/claude-code';
}

/** The settings files, the strongest first: managed over local over project over user. Never throws. */
export function readLevels({ claudeDirectory, project, managedDirectory }: SettingsPlaces): SettingsLevel[] {
  const user = join(claudeDirectory, 'settings.json');
  const files: [SettingsLevel['name'], string][] = [
    ...managedFiles(managedDirectory).map((path): ['managed', string] => ['managed', path]),
    ['local', join(project, '.claude', 'settings.local.json')],
    ['project', join(project, '.claude', 'settings.json')],
    ['user', user],
  ];
  // In the home directory, the project's file is the user's.
  return files.filter(([name, path]) => name === 'user' || path !== user).map(([name, path]) => readLevel(name, path));
}

/** The value in force, and the level that it comes from; undefined where no level names it. */
export function effective(
  levels: readonly SettingsLevel[],
  key: string,
): { value: unknown; level: SettingsLevel } | undefined {
  const level = levels.find(({ value }) => value !== undefined && Object.hasOwn(value, key));
  return level && { value: level.value?.[key], level };
}

/** Files of the folder come after the one beside it, in the order of their names, and the last one wins. */
function managedFiles(directory: string): string[] {
  const folder = join(directory, 'managed-settings.d');
  const names = listOf(folder).filter((name) => name.endsWith('.json') && !name.startsWith('.'));
  return [
    ...names
      .toSorted()
      .toReversed()
      .map((name) => join(folder, name)),
    join(directory, 'managed-settings.json'),
  ];
}

function listOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readLevel(name: SettingsLevel['name'], path: string): SettingsLevel {
  try {
    const { bytes, text } = readSettings(path);
    if (bytes === undefined) return { name, path, value: undefined };
    const json = text.replace(/^\uFEFF/, '');
    const { problem } = parseJson(json);
    if (problem !== undefined) return { name, path, value: undefined, problem: `It is not strict JSON (${problem}).` };
    const value: unknown = JSON.parse(json);
    const wrong = isObject(value) ? wrongValue(value) : 'It is not a JSON object.';
    return isObject(value) && wrong === undefined
      ? { name, path, value }
      : { name, path, value: undefined, problem: wrong ?? '' };
  } catch (error) {
    const problem = error instanceof UserError ? error.message : 'It cannot be read.';
    return { name, path, value: undefined, problem };
  }
}

/** A key of a wrong type costs the client the whole file, our hook with it (seen with these). */
function wrongValue(value: JsonObject): string | undefined {
  const wrong = CHECKS.find(([key, isRight]) => Object.hasOwn(value, key) && !isRight(value[key]));
  return wrong && `Its "${wrong[0]}" is not ${wrong[2]}.`;
}

const CHECKS: readonly (readonly [string, (value: unknown) => boolean, string])[] = [
  ['cleanupPeriodDays', (value) => typeof value === 'number' && value >= 1, 'a number from 1 up'],
  ['disableAllHooks', (value) => typeof value === 'boolean', 'true or false'],
  ['hooks', isObject, 'an object'],
  ['permissions', arePermissions, 'an object with lists of rules'],
];

function arePermissions(value: unknown): boolean {
  const rules = ['allow', 'deny', 'ask'].map((name) => asObject(value)?.[name]).filter((list) => list !== undefined);
  return isObject(value) && rules.every((list) => asArray(list)?.every((rule) => typeof rule === 'string') === true);
}
