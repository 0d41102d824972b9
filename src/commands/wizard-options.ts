/** The dialogue about one destination: the options that its kind declares, tried until they work or are kept anyway. */
import type { ConfiguredDestination } from '../config.ts';
import { destinationKinds, isRemoteKind } from '../destinations/index.ts';
import { UserError } from '../errors.ts';
import type { Option } from '../lib/options.ts';
import { paintFor, printable } from '../ui.ts';
import { checkOf } from './destination-check.ts';
import { kindNamed } from './destination-names.ts';
import { pairOf, problemOf } from './destination-options.ts';
import type { DestinationFlags } from './destination-flags.ts';
import { destinationFrom } from './destination-plan.ts';
import type { InstallFlags } from './install-flags.ts';
import { withProposals, type Scene } from './install-plan.ts';
import { askChoice, askText } from './wizard.ts';

/** The destination, with the options that were left open. Throws a UserError with exit code 130 on a cancellation. */
export async function askUntilItWorks(
  given: DestinationFlags,
  flags: InstallFlags,
  scene: Scene,
): Promise<ConfiguredDestination> {
  // The question for the key takes the place of `--api-key -`.
  const { apiKey: _, ...first } = given;
  for (let wish = await answered(first, isOpenIn(first)); ; wish = await answered(wish, () => true)) {
    const { planned, problem } = await attempt(wish, flags, scene);
    if (planned !== undefined && problem === undefined) return planned;
    const choice = await askWhatNow(planned !== undefined);
    if (planned !== undefined && choice === 'save') return planned;
    if (choice === 'cancel') throw new UserError('Cancelled; nothing was changed.', { exitCode: 130 });
  }
}

/** Whether the wish leaves the option open. */
function isOpenIn({ set = [], typed, secret = [] }: DestinationFlags): (name: string) => boolean {
  const given = new Set([...set, ...secret].map((pair) => pairOf(pair)[0]));
  return (name) => !given.has(name) && !typed?.has(name);
}

/** The wish with answers for the options that its kind needs, and for a key where it takes one. */
async function answered(wish: DestinationFlags, isAsked: (name: string) => boolean): Promise<DestinationFlags> {
  const { options } = await destinationKinds[kindNamed(wish.kind)]();
  const referred = new Set((wish.secret ?? []).map((pair) => pairOf(pair)[0]));
  let { set = [] } = wish;
  const typed = new Map(wish.typed);
  for (const [name, option] of Object.entries(options)) {
    const isNeeded = option.required === true || name === 'apiKey';
    if (!isNeeded || referred.has(name) || !isAsked(name)) continue;
    const proposed = new Map(withProposals(wish).set?.map(pairOf)).get(name);
    const answer = await askOption(name, option, { proposed, hasSecret: typed.has(name) });
    if (!option.secret) set = [...set.filter((pair) => pairOf(pair)[0] !== name), `${name}=${answer}`];
    else if (answer !== '') typed.set(name, answer);
  }
  return { ...wish, set, typed };
}

function askOption(
  name: string,
  option: Option,
  { proposed, hasSecret }: { proposed: string | undefined; hasSecret: boolean },
): Promise<string> {
  const isOptional = option.required !== true || hasSecret;
  const about = option.about.replace(/\.$/, '').replaceAll('`', '"');
  const empty = hasSecret ? ' (empty to keep it)' : ' (empty for none)';
  return askText({
    message: `${name}${isOptional ? empty : ''}: ${about}`,
    proposed,
    isSecret: option.secret === true,
    problem: (answer) => (answer === '' && isOptional ? undefined : problemOf(name, option, answer)),
  });
}

interface Attempt {
  /** Undefined where it cannot even be opened. */
  planned?: ConfiguredDestination;
  problem?: string;
}

/** Says what stands in the way, where something does. */
async function attempt(
  wish: DestinationFlags,
  flags: InstallFlags,
  { surroundings, terminal }: Scene,
): Promise<Attempt> {
  const warn = (message: string, hint: string | undefined): void => {
    terminal.say(`${paintFor('stderr', terminal.env).warning('!')} ${printable(message)}`);
    if (hint !== undefined) terminal.say(`  ${printable(hint)}`);
  };
  try {
    const planned = await destinationFrom(wish, surroundings, terminal);
    if (flags.test === false || !(await isRemoteKind(planned.kind))) return { planned };
    terminal.say('  Trying it …');
    const { state, reason = '', hint } = await checkOf(planned, surroundings);
    if (state === 'ok') return { planned };
    warn(state === 'failed' ? `It fails: ${reason}.` : `Nearly certain: ${reason}.`, hint);
    return state === 'failed' ? { planned, problem: reason } : { planned };
  } catch (error) {
    // A flag that cannot be used (2) and a cancellation (130) are not about the answers.
    if (!(error instanceof UserError) || error.exitCode !== 1) throw error;
    warn(error.message, error.hint);
    return { problem: error.message };
  }
}

function askWhatNow(canSave: boolean): Promise<'again' | 'save' | 'cancel'> {
  return askChoice('What now?', [
    { value: 'again', name: 'Try again', description: 'The questions come again, with these answers proposed.' },
    ...(canSave
      ? [{ value: 'save' as const, name: 'Save it anyway', description: 'Delivery goes on trying; nothing is lost.' }]
      : []),
    { value: 'cancel', name: 'Cancel', description: 'Nothing is changed.' },
  ]);
}
