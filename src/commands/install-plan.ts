/** From flags and environment to the destinations that an installation configures. */
import { resolve } from 'node:path';
import type { Config, ConfiguredDestination } from '../config.ts';
import { destinationKinds, isDestinationKind } from '../destinations/index.ts';
import type { Surroundings } from '../destinations/destination.ts';
import { UserError } from '../errors.ts';
import { redactionLevelOf, type RedactionLevel } from '../pipeline/redact.ts';
import { redactionChoice, refuseVoid, type RedactionFlags } from './redaction-flags.ts';
import { startFrom, type Start } from './since.ts';

/** Where stopwire's own collector listens: STOP on a telephone's keys. */
export const LOCAL_COLLECTOR = 'http://127.0.0.1:7867/v1/records';

export interface InstallFlags extends RedactionFlags {
  endpoint?: string | undefined;
  apiKey?: string | undefined;
  /** yargs answers '' for the bare flag and false for --no-redaction. */
  redaction?: string | boolean | undefined;
  file?: string | undefined;
  local?: boolean | undefined;
  account?: boolean | undefined;
  /** The history that destinations get which are not there yet. */
  since?: string | undefined;
}

/**
 * The destinations that the flags name, else the environment. Where neither names any, an installation that is there
 * keeps what it has, and a new one gets the embedded store. A remote destination hides content unless `--no-redaction`
 * says otherwise; each gets all history unless `--since` does.
 */
export function destinationsFrom(
  flags: InstallFlags,
  env: NodeJS.ProcessEnv,
  existing: Config | undefined,
): ConfiguredDestination[] {
  const endpoint = flags.endpoint ?? fromEnvironment(env, 'STOPWIRE_ENDPOINT');
  const apiKey = flags.apiKey ?? fromEnvironment(env, 'STOPWIRE_API_KEY');
  const asked = askedRedaction(flags.redaction ?? fromEnvironment(env, 'STOPWIRE_REDACTION'));
  const chosen = (level: RedactionLevel) => redactionChoice(asked ?? level, flags);
  const start = askedStart(flags.since, env);
  const destinations: ConfiguredDestination[] = [];
  if (endpoint !== undefined || apiKey !== undefined) {
    const options = { endpoint: endpoint ?? LOCAL_COLLECTOR, ...(apiKey !== undefined && { apiKey }) };
    destinations.push({ name: 'http', kind: 'http', ...chosen('content'), ...start, options });
  }
  if (flags.file !== undefined) {
    const options = { path: filePath(flags.file) };
    destinations.push({ name: 'file', kind: 'file', ...chosen('none'), ...start, options });
  }
  const isBare = destinations.length === 0 && (existing?.destinations.length ?? 0) === 0;
  if (flags.local ?? isBare) {
    destinations.push({ name: 'local', kind: 'local', ...chosen('none'), ...start, options: {} });
  }
  if (destinations.length > 0) {
    refuseVoid(
      flags,
      destinations.map(({ redaction }) => redaction),
    );
  }
  return destinations;
}

/** Checks a destination as a run would, without sending anything. Throws a UserError that says what is wrong. */
export async function checkDestination(configured: ConfiguredDestination, surroundings: Surroundings): Promise<void> {
  redactionLevelOf(configured);
  if (!isDestinationKind(configured.kind)) throw new UserError(`There is no destination "${configured.kind}".`);
  // Opening the store or a file would create it.
  if (configured.kind !== 'http') return;
  const destination = await (await destinationKinds.http()).open(configured.options, surroundings);
  await destination.close();
}

/** Absolute: the hook runs in the session's directory, not in this one. */
function filePath(given: string): string {
  if (given !== '-') return resolve(given);
  throw new UserError('A hook has no standard output to write records to.', {
    hint: 'Keep them in the embedded store, and read them with: npx stopwire export',
  });
}

function askedRedaction(asked: string | boolean | undefined): RedactionLevel | undefined {
  if (asked === undefined) return undefined;
  if (asked === '' || asked === true || asked === 'true') return 'content';
  if (asked === false || asked === 'false') return 'none';
  return redactionLevelOf({ name: 'given with --redaction', redaction: asked });
}

function askedStart(given: string | undefined, env: NodeJS.ProcessEnv): Start {
  if (given !== undefined) return startFrom(given, Date.now(), '--since');
  const variable = fromEnvironment(env, 'STOPWIRE_SINCE');
  return variable === undefined ? {} : startFrom(variable, Date.now(), 'STOPWIRE_SINCE');
}

export function fromEnvironment(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}
