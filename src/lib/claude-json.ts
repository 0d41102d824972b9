/** `.claude.json`, which Claude Code keeps beside its configuration root: read here and never written. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JsonObject } from './json.ts';
import { readJsonObject } from './read-file.ts';

/** The client keeps a history of every project in it: it grows to megabytes. */
const MAX_BYTES = 16_777_216;

/** Where `.claude.json` of a configuration root is: in it where CLAUDE_CONFIG_DIR named the root, else beside it. */
export function claudeJsonPath(configDirectory: string): string {
  const inside = join(configDirectory, '.claude.json');
  return existsSync(inside) ? inside : join(dirname(configDirectory), '.claude.json');
}

/** Undefined where there is no such file, or no JSON object in it. Never throws. */
export function readClaudeJson(path: string): JsonObject | undefined {
  return readJsonObject(path, MAX_BYTES);
}
