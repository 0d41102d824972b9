/** `stopwire status`: whether the hook is there and fires, what has been delivered where, what waits and since when. */
import { resolve } from 'node:path';
import type { DestinationHealth } from '../health/destination-health.ts';
import { healthOf, type Health } from '../health/health.ts';
import type { HookHealth } from '../health/hook-health.ts';
import { agoWords, countWords } from '../lib/span-words.ts';
import { claudeConfigDirectory, pathsFrom } from '../state/paths.ts';
import { formatCount, paintFor, printable, type Paint, type Terminal } from '../ui.ts';
import { destinationsTable } from './destinations-table.ts';
import { totalsTable } from './totals.ts';

/** Exit code 1 where something is wrong, so that a roll-out can ask. */
export async function status(
  { json, configDir }: { json: boolean; configDir?: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const paths = pathsFrom(terminal.env);
  const health = healthOf(paths, resolve(configDir ?? claudeConfigDirectory(terminal.env, paths.home)));
  if (json) terminal.out(JSON.stringify(health));
  else sayHealth(health, terminal);
  return health.problems.length === 0 ? 0 : 1;
}

function sayHealth(health: Health, terminal: Terminal): void {
  const paint = paintFor('stdout', terminal.env);
  const now = Date.now();
  for (const line of hookLines(health.hook, now, paint)) terminal.out(line);
  if (health.destinations.length > 0) terminal.out(`\n${destinationsTable(health.destinations, now)}`);
  const notes = notesOn(health);
  if (notes.length > 0) terminal.out('');
  for (const note of notes) terminal.out(`${paint.dim('·')} ${printable(note)}`);
  if (health.store !== undefined) terminal.out(`\nIn the embedded store\n${totalsTable(health.store)}`);
  if (health.problems.length > 0) terminal.out('');
  for (const problem of health.problems) terminal.out(`${paint.warning('!')} ${printable(problem)}`);
  if (health.problems.length > 0) terminal.out(`\nWhat to do about it: ${paint.place('npx stopwire doctor')}`);
}

function hookLines({ registered, launcherExists, settings, history }: HookHealth, now: number, paint: Paint): string[] {
  const state = registered && launcherExists ? paint.done('registered') : paint.warning('not working');
  const { fired, lastFiredAt, p50Ms, p95Ms, sessions, failed, lastFailure } = history;
  const times = p50Ms === undefined ? '' : `, ${p50Ms} ms (median), ${p95Ms} ms (p95)`;
  const fires = `fired ${countWords(fired, 'time')} in the newest ${countWords(sessions, 'session')}`;
  return [
    `Stop hook  ${state} in ${paint.place(settings)}`,
    lastFiredAt === undefined
      ? `           not seen in the newest ${countWords(sessions, 'session')} yet`
      : `           ${fires}, last ${agoWords(lastFiredAt, now)}${times}`,
    ...(lastFailure === undefined
      ? []
      : [
          `           failed ${countWords(failed, 'time')}, last ${agoWords(lastFailure.at, now)}: ${lastFailure.reason}`,
        ]),
  ];
}

/** What is worth knowing and no problem, which would be one for ever. */
function notesOn(health: Health): string[] {
  const { paused, destinations, gaps, hook } = health;
  return [
    ...(paused ? ['Everything is paused; to go on: npx stopwire resume'] : []),
    ...earlierErrors(destinations),
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
