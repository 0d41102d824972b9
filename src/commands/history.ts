/** What of the history on this machine a destination gets, in words. */
import type { Config } from '../config.ts';
import { discover } from '../pipeline/discover.ts';
import { claudeRoots, type Paths } from '../state/paths.ts';
import { formatBytes, formatCount } from '../ui.ts';
import type { Start } from './since.ts';

/** A sentence for a destination that was added: what is sent there, and how much that is. */
export function historyWords(
  { since }: Start,
  config: Config | undefined,
  { paths, env }: { paths: Paths; env: NodeJS.ProcessEnv },
): string {
  const roots = claudeRoots(config?.claudeDirectories ?? [], env, paths.home);
  const from = since === undefined ? 0 : Date.parse(since);
  const transcripts = discover(roots).filter(({ mtimeMs }) => mtimeMs >= from);
  const bytes = transcripts.reduce((sum, { size }) => sum + size, 0);
  const count = `${formatCount(transcripts.length)} ${transcripts.length === 1 ? 'transcript' : 'transcripts'}`;
  if (since === undefined) return `All history goes there: ${count}, ${formatBytes(bytes)}.`;
  if (transcripts.length === 0) return `Lines from ${since} on go there, and no history.`;
  return `Lines from ${since} on go there; written to since then: ${count}, ${formatBytes(bytes)}.`;
}
