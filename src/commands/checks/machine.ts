/** Is the machine around it in order: the clock, the price files, and is nothing missing from the store? */
import { MAX_WAIT_MS } from '../../lib/backoff.ts';
import { shellWord } from '../../lib/shell-word.ts';
import { discover } from '../../pipeline/discover.ts';
import { loadPrices } from '../../pricing/load.ts';
import { pricePlaces } from '../../machine.ts';
import { error, ok, warning, type Check, type Subject } from './check.ts';

export function checkMachine(subject: Subject): Check[] {
  return [checkClock(subject), checkPrices(subject), ...checkGaps(subject)];
}

const SET_CLOCK = process.platform === 'darwin' ? 'sudo sntp -sS time.apple.com' : 'sudo timedatectl set-ntp true';

/** Clocks of several machines differ by seconds. */
const TOLERANCE_MS = 300_000;

/** A moment that was noted and has not come yet: the clock was set back, or was wrong when it was noted. */
function checkClock(subject: Subject): Check {
  const limit = subject.now.getTime() + TOLERANCE_MS;
  const future = momentsOf(subject).find(([, ms, leeway]) => ms > limit + leeway);
  if (future === undefined) return ok('clock', `${subject.now.toISOString()}; nothing was noted later than that`);
  const [what, ms] = future;
  const detail = `it is ${subject.now.toISOString()} here, but ${what} ${new Date(ms).toISOString()}`;
  return warning('clock', detail, { advice: 'Set the clock by the network.', remedy: SET_CLOCK });
}

function momentsOf({ health, config, claudeDirectory }: Subject): [what: string, ms: number, leeway: number][] {
  const [newest] = discover([...(config?.claudeDirectories ?? []), claudeDirectory]);
  return [
    ...(newest === undefined
      ? []
      : [['a transcript was written at', newest.mtimeMs, 0] satisfies [string, number, number]]),
    ...health.destinations.flatMap(({ name, resting, lastDeliveredAt }): [string, number, number][] => [
      [`${name} rests until`, Date.parse(resting?.until ?? '') || 0, MAX_WAIT_MS],
      [`${name} got records at`, Date.parse(lastDeliveredAt ?? '') || 0, 0],
    ]),
  ];
}

function checkPrices({ paths }: Subject): Check {
  const { files, problems } = loadPrices(pricePlaces(paths));
  if (problems.length > 0) return error('prices', problems.join(' '), 'npx stopwire prices check');
  return ok('prices', files.map(({ path }) => path).join(', '));
}

function checkGaps({ health: { gaps }, config }: Subject): Check[] {
  if (gaps === undefined) return [];
  if (gaps.gaps === 0) return [ok('gaps', `no line is missing among the newest ${gaps.checked} records of the store`)];
  const detail = `lines that stand in transcripts and not in the store: ${gaps.gaps}, for instance ${gaps.examples.join(', ')}`;
  const name = config?.destinations.find(({ kind }) => kind === 'local')?.name ?? 'local';
  // Everything is delivered anew, and what the store has already stays as it is.
  const again = `npx stopwire destinations remove ${shellWord(name)} --yes; npx stopwire destinations add ${shellWord(name)} --type local`;
  return [error('gaps', detail, `${again}; npx stopwire run`)];
}
