/** discover: which transcripts there are, newest first. */
import { sources } from '../sources/index.ts';
import type { Transcript } from '../types.ts';

export interface Looking {
  /** The transcript that the hook was fired for. */
  fired?: string | undefined;
  /** Only this project's folder: what else there is was seen a moment ago. */
  project?: string | undefined;
}

/**
 * All transcripts of all configuration roots. The one that the hook was fired for comes first, then the newest,
 * so that a live session is current at once however much history waits behind it.
 */
export function discover(roots: readonly string[], { fired, project }: Looking = {}): Transcript[] {
  const byPath = new Map<string, Transcript>();
  for (const root of new Set(roots)) {
    for (const source of sources) {
      for (const transcript of source.discover(root, project)) byPath.set(transcript.path, transcript);
    }
  }
  const rank = ({ path, mtimeMs }: Transcript): number => (path === fired ? Infinity : mtimeMs);
  return [...byPath.values()].toSorted((a, b) => rank(b) - rank(a) || (a.path < b.path ? -1 : 1));
}
