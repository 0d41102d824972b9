/** The embedded store, for the commands that read it. */
import { readConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import type { Paths } from '../state/paths.ts';
import { hasStore } from '../state/store.ts';

/** Its path. Throws a UserError where it is not there: nothing was delivered to it yet, or nothing ever will be. */
export function neededStore(paths: Paths): string {
  if (hasStore(paths.store)) return paths.store;
  if (isConfigured(paths)) {
    throw new UserError('Nothing has been delivered to the embedded store yet.', {
      hint: 'The end of each turn delivers; to do so now: npx stopwire run',
    });
  }
  throw new UserError(`There is no embedded store at ${paths.store}.`, {
    hint: 'Records are kept there after: npx stopwire install --local',
  });
}

/** A store in a place of its own is another one. */
function isConfigured({ config }: Paths): boolean {
  const destinations = readConfig(config)?.destinations ?? [];
  return destinations.some(({ kind, options }) => kind === 'local' && options['path'] === undefined);
}
