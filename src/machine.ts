/** What a run needs of the machine it is on. Handed in as one value, so that a test can hand in another. */
import { join } from 'node:path';
import type { Surroundings } from './destinations/destination.ts';
import { programRoot, programVersion } from './program.ts';
import type { Paths } from './state/paths.ts';

export interface Machine {
  surroundings: Surroundings;
  /** The folder of the price files. */
  pricing: string;
  /** The folder of the dead-letter files. */
  deadLetters: string;
  now: () => Date;
  /** In [0, 1). */
  random: () => number;
  /** Multiplies every back-off: `STOPWIRE_BACKOFF_SCALE`, 1 outside of tests. */
  backoffScale: number;
}

export function thisMachine(paths: Paths, env: NodeJS.ProcessEnv): Machine {
  return {
    surroundings: { env, storePath: paths.store, userAgent: `stopwire/${programVersion()}` },
    pricing: join(programRoot, 'pricing'),
    deadLetters: paths.deadLetters,
    now: () => new Date(),
    random: Math.random,
    backoffScale: scaleFrom(env['STOPWIRE_BACKOFF_SCALE']),
  };
}

function scaleFrom(text: string | undefined): number {
  const scale = Number(text);
  return text !== undefined && text !== '' && scale >= 0 && Number.isFinite(scale) ? scale : 1;
}
