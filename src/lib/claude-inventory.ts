/** What Claude Code has at hand in a project beside its own tools: MCP servers and skills, by name. */
import { opendirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readClaudeJson } from './claude-json.ts';
import { asArray, asObject, own, type JsonObject } from './json.ts';
import { readJsonObject } from './read-file.ts';

export interface McpServer {
  name: string;
  scope: 'local' | 'project' | 'user';
}

export interface Skill {
  name: string;
  scope: 'user' | 'project';
}

/** Of the files in a project. */
const MAX_BYTES = 1_048_576;
const MAX_NAMES = 200;
/** A folder of more is no folder of skills. */
const MAX_ENTRIES = 2000;

/**
 * The servers that are configured for a project and not switched off there, at most 200: in `.claude.json` for the
 * project (local) and for all (user), and in the project's own `.mcp.json`. Of one name the nearest scope counts, in
 * that order: local, project, user. Nothing but names is taken: addresses, arguments and variables can hold secrets.
 */
export function mcpServers(claudeJson: string, project: string): McpServer[] {
  const client = readClaudeJson(claudeJson);
  const here = asObject(own(asObject(client?.['projects']) ?? {}, project));
  const off = new Set(asArray(here?.['disabledMcpServers']));
  const refused = new Set(
    [here, ...projectSettings(project)].flatMap((one) => asArray(one?.['disabledMcpjsonServers']) ?? []),
  );
  const shared = names(readJsonObject(join(project, '.mcp.json'), MAX_BYTES)).filter((name) => !refused.has(name));
  const found: McpServer[] = [
    ...names(here).map((name) => ({ name, scope: 'local' as const })),
    ...shared.map((name) => ({ name, scope: 'project' as const })),
    ...names(client).map((name) => ({ name, scope: 'user' as const })),
  ];
  return nearest(found.filter(({ name }) => !off.has(name)));
}

/** The skills in the user's folder and in the project's, at most 200; of one name the user's counts. */
export function skillsRegistered(configDirectory: string, project: string): Skill[] {
  return nearest([
    ...skillsIn(join(configDirectory, 'skills')).map((name) => ({ name, scope: 'user' as const })),
    ...skillsIn(join(project, '.claude', 'skills')).map((name) => ({ name, scope: 'project' as const })),
  ]);
}

/** The shared one and the user's own. */
function projectSettings(project: string): (JsonObject | undefined)[] {
  const files = ['settings.json', 'settings.local.json'];
  return files.map((name) => readJsonObject(join(project, '.claude', name), MAX_BYTES));
}

function names(holder: JsonObject | undefined): string[] {
  return Object.keys(asObject(holder?.['mcpServers']) ?? {}).map((name) => name.toWellFormed());
}

/** The first of each name. */
function nearest<Named extends { name: string }>(found: readonly Named[]): Named[] {
  const byName = new Map<string, Named>();
  for (const one of found) if (!byName.has(one.name)) byName.set(one.name, one);
  return [...byName.values()].slice(0, MAX_NAMES);
}

/** The folders with a SKILL.md, in order. */
function skillsIn(directory: string): string[] {
  return entriesOf(directory)
    .filter((name) => isFile(join(directory, name, 'SKILL.md')))
    .toSorted();
}

function entriesOf(directory: string): string[] {
  const found: string[] = [];
  try {
    const entries = opendirSync(directory);
    try {
      for (let entry = entries.readSync(); entry !== null && found.length < MAX_ENTRIES; entry = entries.readSync()) {
        found.push(entry.name);
      }
    } finally {
      entries.closeSync();
    }
  } catch {
    // No such folder, or one that may not be listed.
  }
  return found;
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}
