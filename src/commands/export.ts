/** `stopwire export`: the records of the embedded store, one JSON record a line. */
import { once } from 'node:events';
import { UserError } from '../errors.ts';
import { pathsFrom } from '../state/paths.ts';
import { hasStore, openStore } from '../state/store.ts';
import type { Terminal } from '../ui.ts';

export async function exportRecords({ env }: Terminal): Promise<number> {
  const { store: path } = pathsFrom(env);
  if (!hasStore(path)) {
    throw new UserError(`There is no embedded store at ${path}.`, {
      hint: 'Records are kept there after: npx stopwire install --local',
    });
  }
  const store = openStore(path);
  let isReaderGone = false;
  // `stopwire export | head` closes the pipe: the reader has what it wanted.
  process.stdout.on('error', () => (isReaderGone = true));
  try {
    for (const json of store.export()) {
      if (isReaderGone) break;
      if (!process.stdout.write(`${json}\n`))
        await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]);
    }
  } finally {
    store.close();
  }
  return 0;
}
