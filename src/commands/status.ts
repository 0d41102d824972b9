/** `stopwire status`: whether the hook is there and fires, what has been delivered where, what waits and since when. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DestinationHealth } from '../health/destination-health.ts';
import { healthOf, type Health, type Today } from '../health/health.ts';
import { unseenWords, type HookHealth } from '../health/hook-health.ts';
import { agoWords, countWords } from '../lib/span-words.ts';
import { claudeConfigDirectory, pathsFrom, type Paths } from '../state/paths.ts';
import {
  columnsOf,
  formatCount,
  formatUsd,
  hanging,
  headed,
  homely,
  paintFor,
  printable,
  type Terminal,
} from '../ui.ts';
import { destinationsTable } from './destinations-table.ts';

/** Exit code 1 where something is wrong, so that a roll-out can ask. */
export async function status(
  { json, configDir }: { json: boolean; configDir?: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const paths = pathsFrom(terminal.env);
  const found = healthOf(paths, resolve(configDir ?? claudeConfigDirectory(terminal.env, paths.home)));
  const health = { ...found, problems: [...found.problems, ...(await priceProblems(paths))] };
  if (json) terminal.out(JSON.stringify(health));
  else sayHealth(health, paths.home, terminal);
  return health.problems.length === 0 ? 0 : 1;
}

/** Of price files that did not come with the program; where there are none, they need not be read. */
async function priceProblems(paths: Paths): Promise<readonly string[]> {
  if (!existsSync(paths.ownPrices) && !existsSync(paths.updatedPrices)) return [];
  const { loadPrices } = await import('../pricing/load.ts');
  const { pricePlaces } = await import('../machine.ts');
  return loadPrices(pricePlaces(paths)).problems;
}

function sayHealth(health: Health, home: string, terminal: Terminal): void {
  const paint = paintFor('stdout', terminal.env);
  const columns = columnsOf(terminal.env);
  const now = Date.now();
  const sayItem = (first: string, text: string): void =>
    terminal.out(hanging(first, homely(printable(text), home), columns));
  sayItem(paint.bold(HOOK), hookWords(health.hook, now));
  if (health.today !== undefined) sayItem(paint.bold(TODAY), todayWords(health.today));
  if (health.destinations.length > 0) {
    terminal.out(`\n${headed(destinationsTable(health.destinations, now, columns), paint)}`);
  }
  const notes = notesOn(health);
  if (notes.length + health.problems.length > 0) terminal.out('');
  for (const note of notes) sayItem(`${paint.dim('·')} `, note);
  for (const problem of health.problems) sayItem(`${paint.warning('!')} `, problem);
  terminal.out(`\n${paint.bold(NEXT)}${paint.place(nextStep(health))}`);
}

const HOOK = 'Stop hook  ';
const TODAY = 'Today      ';
const NEXT = 'Next       ';

function hookWords({ registeredIn, launcherExists, history }: HookHealth, now: number): string {
  const { fired, lastFiredAt, p50Ms, p95Ms, sessions, failed, lastFailure } = history;
  const places = [...new Set(registeredIn)].join(' and ');
  const state = registeredIn.length === 0 ? 'not registered' : `registered in ${places}`;
  const times = p50Ms === undefined ? '' : `, ${p50Ms} ms (median), ${p95Ms} ms (p95)`;
  const newest = `in the newest ${countWords(sessions, 'session')}`;
  return [
    launcherExists ? state : `${state}, and its launcher is missing`,
    lastFiredAt === undefined
      ? unseenWords(history)
      : `last fired ${agoWords(lastFiredAt, now)}, ${countWords(fired, 'time')} ${newest}${times}`,
    ...(lastFailure === undefined
      ? []
      : [`failed ${countWords(failed, 'time')}, last ${agoWords(lastFailure.at, now)}: ${lastFailure.reason}`]),
  ].join('\n');
}

/** The day as this machine has it, and how far that is from UTC: records have their times in UTC. */
function todayWords({ since, sessions, responses, costUsd, unpricedResponses: unpriced }: Today): string {
  const cost = `${unpriced > 0 ? 'at least ' : ''}${formatUsd(costUsd)}`;
  const counts = `${countWords(sessions, 'session')}, ${countWords(responses, 'response')}, ${cost} at list price`;
  return `${counts} (since 00:00 here, ${since.slice(0, 16).replace('T', ' ')} UTC)`;
}

/** What is worth knowing and no problem, which would be one for ever. */
function notesOn(health: Health): string[] {
  const { paused, destinations, gaps, hook } = health;
  return [
    ...(paused ? ['Everything is paused; to go on: npx stopwire resume'] : []),
    ...earlierErrors(destinations),
    ...losses(destinations),
    ...refusals(destinations),
    ...unknownLines(destinations),
    ...unreadRanges(health),
    ...(hook.history.missed > 0
      ? [`Turns that ended without the hook (--bare, --safe-mode, an interrupted hook): ${hook.history.missed}.`]
      : []),
    ...(gaps === undefined || gaps.checked === 0
      ? []
      : [`Missing lines among the newest ${formatCount(gaps.checked)} records: ${formatCount(gaps.gaps)}.`]),
  ];
}

/** Of destinations that have got nothing since. */
function earlierErrors(destinations: readonly DestinationHealth[]): string[] {
  return destinations.flatMap(({ name, lastError, lastDeliveredAt, resting }) =>
    lastError === undefined || resting !== undefined || lastError.at < (lastDeliveredAt ?? '')
      ? []
      : [`The last trouble with ${name}, at ${lastError.at}: ${lastError.reason}`],
  );
}

/** Items that a server has left out of what it took are gone: it names neither them nor a way to send them again. */
function losses(destinations: readonly DestinationHealth[]): string[] {
  return destinations.flatMap(({ name, lastLoss }) =>
    lastLoss === undefined ? [] : [`${name}, at ${lastLoss.at}: ${lastLoss.reason}`],
  );
}

function refusals(destinations: readonly DestinationHealth[]): string[] {
  return destinations.flatMap(({ name, deadLetters }) =>
    deadLetters === 0
      ? []
      : [`${name} has refused ${countWords(deadLetters, 'record')} for good: npx stopwire dlq list`],
  );
}

/** Every destination has seen the same lines, some of them more of them. */
function unknownLines(destinations: readonly DestinationHealth[]): string[] {
  const counts = new Map<string, number>();
  for (const [kind, count] of destinations.flatMap(({ unknown }) => Object.entries(unknown ?? {}))) {
    counts.set(kind, Math.max(count, counts.get(kind) ?? 0));
  }
  if (counts.size === 0) return [];
  const kinds = Array.from(counts, ([kind, count]) => `${kind} (${formatCount(count)})`).join(', ');
  return [`Lines of kinds that this version does not know, delivered without their text: ${kinds}.`];
}

function unreadRanges({ quarantine: { path, ranges, newest, isFull } }: Health): string[] {
  if (ranges === 0) return [];
  const count = `${isFull ? 'more than ' : ''}${formatCount(ranges)}`;
  return [
    `Parts of transcripts that are no readable line: ${count}, the newest found at ${newest?.at}. Where: ${path}`,
  ];
}

/** The command that is worth running now: what mends, what goes on, or what looks at the records. */
function nextStep({ hook, paused, destinations, problems, today }: Health): string {
  if (!hook.registered || !hook.launcherExists) return 'npx stopwire install';
  if (problems.length > 0) return 'npx stopwire doctor';
  if (paused) return 'npx stopwire resume';
  if (destinations.some(({ lastDeliveredAt, pendingBytes }) => lastDeliveredAt === undefined && pendingBytes > 0)) {
    return 'npx stopwire run';
  }
  return today === undefined ? 'npx stopwire destinations test' : 'npx stopwire cost';
}
