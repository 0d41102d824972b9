/** The embedded store on this machine: SQLite, written by the worker, read by the commands at the same time. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { declareOptions } from '../lib/options.ts';
import { sqliteReasonOf } from '../state/sqlite.ts';
import { openStore, type Store } from '../state/store.ts';
import type { Batch, Delivery, Destination, DestinationKind } from './destination.ts';

const options = declareOptions({
  path: { kind: 'path', about: 'The database file; by default in stopwire’s data directory.' },
  maxRecords: { kind: 'integer', about: 'Records in one transaction.', default: 250, min: 1, max: 100_000 },
});

export const local: DestinationKind<typeof options> = {
  about: 'The embedded store on this machine: SQLite, read with `stopwire cost` and `stopwire export`.',
  options,
  isRemote: false,
  async open({ path, maxRecords }, { storePath }): Promise<Destination> {
    const file = path ?? storePath;
    let store: Store | undefined;
    const write = (records: Batch['records'], json: Batch['json'], signal: AbortSignal): Delivery => {
      if (signal.aborted) return { kind: 'retry', reason: 'the run was ended' };
      try {
        store ??= openPrivately(file);
        store.upsert(records, json);
        return { kind: 'delivered' };
      } catch (error) {
        return { kind: 'retry', reason: `the store ${file} cannot be written: ${sqliteReasonOf(error)}` };
      }
    };
    return {
      limits: { maxRecords, maxBytes: 8_388_608 },
      deliver: async ({ records, json }, signal) => write(records, json, signal),
      // A transaction without a record still asks for the right to write.
      check: async (signal) => write([], [], signal),
      async close() {
        store?.close();
        store = undefined;
      },
    };
  },
};

/** With the first batch, not before: a disk that refuses is a fault to come back to, as it is in the middle of a run. */
function openPrivately(file: string): Store {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return openStore(file);
}
