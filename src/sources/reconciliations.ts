/** stopwire's own: the reconciliations that it has written into its state directory, one file. */
import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { RECONCILIATIONS } from '../fields/reconciliation.ts';
import { RECONCILIATIONS_FILE } from '../state/reconciliations.ts';
import type { Transcript } from '../types.ts';
import type { Source } from './source.ts';

export const reconciliations: Source = { name: RECONCILIATIONS, discover };

/** A session's lines say which it is; the file belongs to no project. */
function discover(root: string): Transcript[] {
  const path = join(root, RECONCILIATIONS_FILE);
  const stats = statsOf(path);
  if (stats?.isFile() !== true) return [];
  const { size, mtimeMs } = stats;
  return [{ source: RECONCILIATIONS, path, projectFolder: '', sessionId: '', size, mtimeMs }];
}

function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}
