/** Claude Code: JSON Lines below `<config>/projects/<munged cwd>/`, one file a session or sub-agent. */
import { lstatSync, readdirSync, type Dirent } from 'node:fs';
import { join, sep } from 'node:path';
import type { Transcript } from '../types.ts';
import type { Source } from './source.ts';

/** Deepest known: `<project>/<session>/subagents/workflows/<run>/agent-….jsonl`; one more for a new layout. */
const MAX_DEPTH = 6;
/** Folders that hold tool output and notes, and a workflow's own log: `.jsonl` there is no transcript. */
const NOT_TRANSCRIPTS = new Set(['tool-results', 'memory', 'journal.jsonl']);

export const claudeCode: Source = { name: 'claude-code', discover };

function discover(root: string, project?: string): Transcript[] {
  const projects = join(root, 'projects');
  return list(projects)
    .filter((entry) => entry.isDirectory() && (project === undefined || entry.name === project))
    .flatMap((folder) => transcriptsBelow(join(projects, folder.name), folder.name, [], 1));
}

/** `inside` holds the folders between the project and this one: the first is the session of a sub-agent's file. */
function transcriptsBelow(directory: string, projectFolder: string, inside: string[], depth: number): Transcript[] {
  const entries = list(directory).filter(({ name }) => !NOT_TRANSCRIPTS.has(name));
  return entries.flatMap((entry) => {
    // By `join`, the whole search would take a fifth longer.
    const path = `${directory}${sep}${entry.name}`;
    if (entry.isDirectory() && depth < MAX_DEPTH) {
      return transcriptsBelow(path, projectFolder, [...inside, entry.name], depth + 1);
    }
    if (!entry.isFile() || !entry.name.endsWith('.jsonl')) return [];
    const sessionId = inside[0] ?? entry.name.slice(0, -'.jsonl'.length);
    return sizeAndTime(path).map((stats) => ({ source: 'claude-code', path, projectFolder, sessionId, ...stats }));
  });
}

/** Of one file; of none where it is gone, or its folder may be listed and not entered. */
function sizeAndTime(path: string): { size: number; mtimeMs: number }[] {
  try {
    const { size, mtimeMs } = lstatSync(path);
    return [{ size, mtimeMs }];
  } catch {
    return [];
  }
}

/** The entries of a folder; symbolic links are neither files nor directories here, so they are never followed. */
function list(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
