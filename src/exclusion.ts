/** What is configured to stay here, on this machine: everywhere, and for a destination. */
import { isAbsolute } from 'node:path';
import type { Config, ConfiguredDestination } from './config.ts';
import type { MessageRecord } from './fields/index.ts';
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

/** What of all that is not excluded a destination gets, where it is configured not to get everything. */
export function choiceOf({ only = {} }: ConfiguredDestination, { home }: Pick<Machine, 'home'>): Choice {
  const { types = [], projects = [] } = only;
  const rules = exclusionRules({ include: projects }, { home, isOptedOut: () => false });
  const wanted = new Set(types);
  return {
    isElsewhere: (line) => projects.length > 0 && isExcluded(line, rules),
    isWanted: ({ type }) => wanted.size === 0 || wanted.has(type),
  };
}

export interface Choice {
  /** Whether the line is of a project that the destination gets nothing of. */
  isElsewhere: (line: LineFacts) => boolean;
  isWanted: (record: MessageRecord) => boolean;
}
