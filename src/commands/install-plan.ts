/** From the flags of `install` to the destinations that it configures, built as `destinations add` builds them. */
import type { Config, ConfiguredDestination } from '../config.ts';
import type { Surroundings } from '../destinations/destination.ts';
import { isRemoteKind } from '../destinations/index.ts';
import { UserError } from '../errors.ts';
import { paintFor, sayBehind, type Terminal } from '../ui.ts';
import { checkOf } from './destination-check.ts';
import { pairOf } from './destination-options.ts';
import type { DestinationFlags } from './destination-flags.ts';
import { destinationFrom, redactionFrom } from './destination-plan.ts';
import type { InstallFlags } from './install-flags.ts';
import { refuseVoid } from './redaction-flags.ts';

/** What is proposed for options that have no default of their own; http: STOP on a telephone's keys. */
const PROPOSED: { readonly [kind: string]: readonly string[] } = {
  http: ['endpoint=http://127.0.0.1:7867/v1/records'],
};

export interface Scene {
  existing: Config | undefined;
  surroundings: Surroundings;
  terminal: Terminal;
}

/** What has been decided, by flags or in the wizard. */
export interface Decision {
  destinations: readonly ConfiguredDestination[];
  /** Whether the destinations that are there stay. */
  keepsOthers: boolean;
}

/**
 * The destinations that the flags name. Where they name none, an installation that is there keeps what it has, and a
 * new one gets the embedded store. Each gets all history unless `--since` says otherwise.
 *
 * @throws a UserError where a flag or an option cannot be used, and where a destination fails that `--test` tries
 */
export async function plannedFrom(
  flags: InstallFlags,
  { existing, surroundings, terminal }: Scene,
): Promise<ConfiguredDestination[]> {
  const keepsAny = flags.keep !== false && existing !== undefined && existing.destinations.length > 0;
  const wishes = wishesFrom(flags, { isBareLocal: !keepsAny });
  if (wishes.length === 0) sayUnused(flags, existing, terminal);
  const planned: ConfiguredDestination[] = [];
  for (const wish of wishes) planned.push(await destinationFrom(withProposals(wish), surroundings, terminal));
  refuseVoidFlags(flags, planned);
  if (flags.test) for (const destination of planned) await refuseFailing(destination, surroundings);
  return planned;
}

/** Destinations that are there stay as they are: whoever asked for another level has to know that it is not theirs. */
function sayUnused(flags: InstallFlags, existing: Config | undefined, terminal: Terminal): void {
  const level = levelOf(flags.redaction);
  if (level !== undefined) redactionFrom(level);
  const kept = existing?.destinations ?? [];
  const unused = [
    ...(level !== undefined && kept.some(({ redaction }) => redaction !== level) ? ['--redaction'] : []),
    ...(flags.hash && kept.some(({ hash }) => hash !== true) ? ['--hash'] : []),
    ...(flags.maskSecrets === false && kept.some(({ maskSecrets }) => maskSecrets !== false)
      ? ['--no-mask-secrets']
      : []),
  ];
  if (unused.length === 0) return;
  const warning = paintFor('stderr', terminal.env).warning('!');
  const words = `${unused.join(' and ')} changed nothing: destinations that are there stay as they are. To change one, name it as well, as by --local, --file or --endpoint.`;
  sayBehind(`${warning} `, words, terminal);
}

/** Whether the flags say where records go. */
export function namesPlace(flags: InstallFlags): boolean {
  return flags.file !== undefined || flags.local !== undefined || namesOptions(flags);
}

/** A destination for each place that the flags name; the embedded store, too, where they name none and may. */
export function wishesFrom(flags: InstallFlags, { isBareLocal }: { isBareLocal: boolean }): DestinationFlags[] {
  const wishes: DestinationFlags[] = [];
  if (namesOptions(flags)) wishes.push(optionsWish(flags));
  if (flags.file !== undefined) wishes.push({ ...sharedOf(flags), kind: 'file', set: [`path=${flags.file}`] });
  const isLocal = flags.local ?? (isBareLocal && wishes.length === 0);
  if (isLocal && !wishes.some(({ kind }) => kind === 'local')) wishes.push({ ...sharedOf(flags), kind: 'local' });
  return wishes;
}

/** What holds for every destination that the flags name. */
export function sharedOf({ redaction, maskSecrets, hash, since = 'all' }: InstallFlags) {
  return { redaction: levelOf(redaction), maskSecrets, hash, since };
}

/** With the proposed value of each option that nobody has given. */
export function withProposals(wish: DestinationFlags): DestinationFlags {
  const { set = [] } = wish;
  const given = new Set(set.map((pair) => pairOf(pair)[0]));
  const proposed = (PROPOSED[wish.kind] ?? []).filter((pair) => !given.has(pairOf(pair)[0]));
  return { ...wish, set: [...set, ...proposed] };
}

/** Throws a UserError where a flag was given that has a meaning for none of the destinations. */
export function refuseVoidFlags(flags: InstallFlags, planned: readonly ConfiguredDestination[]): void {
  if (planned.length === 0) return;
  refuseVoid(
    flags,
    planned.map(({ redaction }) => redaction),
  );
}

function namesOptions({ destination, endpoint, apiKey, set = [], secret = [] }: InstallFlags): boolean {
  return (destination ?? endpoint ?? apiKey) !== undefined || set.length > 0 || secret.length > 0;
}

function optionsWish(flags: InstallFlags): DestinationFlags {
  const { destination: kind = 'http', endpoint, apiKey, set = [], secret } = flags;
  return {
    ...sharedOf(flags),
    kind,
    set: [...(endpoint === undefined ? [] : [`endpoint=${endpoint}`]), ...set],
    secret,
    ...(apiKey === '-' && { apiKey }),
    ...(apiKey !== undefined && apiKey !== '-' && { typed: new Map([['apiKey', apiKey]]) }),
  };
}

/** The level by its name; `--redaction` alone and `--no-redaction` are short for two of them. */
function levelOf(asked: string | boolean | undefined): string | undefined {
  if (asked === '' || asked === true || asked === 'true') return 'content';
  return asked === false || asked === 'false' ? 'none' : asked;
}

async function refuseFailing(planned: ConfiguredDestination, surroundings: Surroundings): Promise<void> {
  // The others would be made by that.
  if (!(await isRemoteKind(planned.kind))) return;
  const { state, reason = '', hint = '' } = await checkOf(planned, surroundings);
  if (state !== 'failed') return;
  throw new UserError(`The destination ${planned.name} was tried, and it fails: ${reason}. Nothing was changed.`, {
    hint: `${hint} To save it untried, leave out --test.`.trim(),
  });
}
