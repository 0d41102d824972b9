/** The flags of `install`, each of which a variable of the environment can stand in for: STOPWIRE_ and its name. */
import { UserError } from '../errors.ts';
import type { RedactionFlags } from './redaction-flags.ts';
import { startFrom } from './since.ts';

export interface InstallFlags extends RedactionFlags {
  /** A kind of the registry; `http` where an endpoint or a key is named and this is not. */
  destination?: string | undefined;
  endpoint?: string | undefined;
  /** The key itself, or `-`: it is on standard input. */
  apiKey?: string | undefined;
  /** `option=value` each. */
  set?: readonly string[] | undefined;
  /** As those of `destinations add`. */
  secret?: readonly string[] | undefined;
  file?: string | undefined;
  local?: boolean | undefined;
  /** yargs answers '' for the bare flag and false for --no-redaction. */
  redaction?: string | boolean | undefined;
  /** The history that destinations get which are not there yet. */
  since?: string | undefined;
  /** False: the destinations that are there give way to those that are named now. */
  keep?: boolean | undefined;
  /** Whether a destination is tried before it is saved. */
  test?: boolean | undefined;
  account?: boolean | undefined;
  /** Where the client's own telemetry goes. */
  otelEndpoint?: string | undefined;
  otelKey?: string | undefined;
  otelHeader?: string | undefined;
  yes?: boolean | undefined;
}

const TEXTS = [
  'destination',
  'endpoint',
  'apiKey',
  'file',
  'redaction',
  'since',
  'otelEndpoint',
  'otelKey',
  'otelHeader',
] as const;
const LISTS = ['set', 'secret'] as const;
const SWITCHES = ['local', 'maskSecrets', 'hash', 'keep', 'test', 'account', 'yes'] as const;

/**
 * The flags, with the environment's answers to those that were not given. An empty variable is none; a list stands one
 * item a line.
 *
 * @throws a UserError that names the variable where it cannot be used
 */
export function withEnvironment<Flags extends InstallFlags>(flags: Flags, env: NodeJS.ProcessEnv): Flags {
  const valueOf = (name: string): string | undefined => env[variableOf(name)] || undefined;
  const answers: InstallFlags = {};
  for (const name of TEXTS) answers[name] = valueOf(name);
  for (const name of LISTS) answers[name] = valueOf(name)?.split('\n').filter(Boolean);
  for (const name of SWITCHES) answers[name] = switchOf(variableOf(name), valueOf(name));
  if (flags.since !== undefined) startFrom(flags.since, Date.now(), '--since');
  else if (answers.since !== undefined) startFrom(answers.since, Date.now(), variableOf('since'));
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  return { ...flags, ...answers, ...Object.fromEntries(given) };
}

/** `STOPWIRE_API_KEY` for `apiKey`. */
function variableOf(name: string): string {
  return `STOPWIRE_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function switchOf(variable: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new UserError(`${variable} must be true or false.`, { exitCode: 2 });
}
