/** The stores that `stopwire purge` takes records out of. */
import { readConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { asString } from '../lib/json.ts';
import type { Paths } from '../state/paths.ts';
import { sqliteReasonOf } from '../state/sqlite.ts';
import type { RecordFilter } from '../state/store-filter.ts';
import { purgeRecords, type Purged } from '../state/store-purge.ts';
import { hasStore } from '../state/store.ts';

/** The embedded store, and those that destinations were given a place for. */
export function storesOf(paths: Paths): string[] {
  const local = readConfig(paths.config)?.destinations.filter(({ kind }) => kind === 'local') ?? [];
  const stores = new Set([paths.store, ...local.flatMap(({ options }) => asString(options['path']) ?? [])]);
  return [...stores].filter(hasStore);
}

/** Throws a UserError where it could not be done to its end. */
export function removeRecords(path: string, filter: RecordFilter): number {
  const { records, isErased } = orUserError(path, () => purgeRecords(path, filter));
  if (isErased) return records;
  throw new UserError(`The records are removed, but another process still reads ${path}: its log holds their bytes.`, {
    hint: 'End that process, and run the same command again.',
  });
}

function orUserError(path: string, act: () => Purged): Purged {
  try {
    return act();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`The store ${path} could not be purged to its end: ${sqliteReasonOf(error)}.`, {
      hint: 'It needs as much room again as the file takes. Make some, and run the same command again.',
      cause: error,
    });
  }
}
