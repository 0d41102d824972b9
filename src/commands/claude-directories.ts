/** The configuration roots that an installation is for. */
import { resolve } from 'node:path';
import { claudeConfigDirectory } from '../state/paths.ts';

/** Those that are given, each once; else the one in force. `CLAUDE_CONFIG_DIR` names one and no list (the client). */
export function claudeDirectoriesFrom(
  given: readonly string[] | undefined,
  env: NodeJS.ProcessEnv,
  home: string,
): string[] {
  const named = given === undefined || given.length === 0 ? [claudeConfigDirectory(env, home)] : given;
  return [...new Set(named.map((directory) => resolve(directory)))];
}
