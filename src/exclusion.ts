/** The exclusion that is configured, on this machine. */
import { isAbsolute } from 'node:path';
import type { Config } from './config.ts';
import { foldersNamed } from './lib/folder-name.ts';
import { hasMarker } from './lib/marker-file.ts';
import type { Machine } from './machine.ts';
import { exclusionRules, isExcluded, MARKER_FILE, type LineFacts } from './privacy/exclusion.ts';

/** Whether nothing of a line may be stored or sent. One made anew sees what has changed since in the folders. */
export function exclusionOf(config: Config, { home }: Pick<Machine, 'home'>): (line: LineFacts) => boolean {
  const isMarked = (folder: string): boolean => hasMarker(folder, { name: MARKER_FILE, top: home });
  // Lines that come before the client says where it is can hold the prompt: their project is known by a name alone.
  const isOptedOut = (project: string): boolean =>
    isAbsolute(project) ? isMarked(project) : foldersNamed(project).some(isMarked);
  const rules = exclusionRules(config, { home, isOptedOut });
  return (line) => isExcluded(line, rules);
}
