/** `stopwire status`: whether the hook is there, what has been delivered where, and what waits. */
import { resolve } from 'node:path';
import { claudeConfigDirectory, pathsFrom } from '../state/paths.ts';
import { formatCount, paintFor, printable, table, type Terminal } from '../ui.ts';
import { healthOf, type DestinationHealth, type Health } from './health.ts';
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
  const { hook, destinations, store } = health;
  const state = hook.registered && hook.launcherExists ? paint.done('registered') : paint.warning('not working');
  terminal.out(`Stop hook  ${state} in ${paint.place(hook.settings)}`);
  if (destinations.length > 0) terminal.out(`\n${destinationsTable(destinations)}`);
  const unknown = unknownLines(destinations);
  if (unknown !== undefined) terminal.out(`\n${paint.warning('!')} ${printable(unknown)}`);
  const unread = unreadRanges(health);
  if (unread !== undefined) terminal.out(`\n${paint.warning('!')} ${printable(unread)}`);
  if (store !== undefined) terminal.out(`\nIn the embedded store\n${totalsTable(store)}`);
  if (health.problems.length > 0) terminal.out('');
  for (const problem of health.problems) terminal.out(`${paint.warning('!')} ${printable(problem)}`);
}

/** Every destination has seen the same lines, some of them more of them. */
function unknownLines(destinations: readonly DestinationHealth[]): string | undefined {
  const counts = new Map<string, number>();
  for (const [kind, count] of destinations.flatMap(({ unknown }) => Object.entries(unknown ?? {}))) {
    counts.set(kind, Math.max(count, counts.get(kind) ?? 0));
  }
  if (counts.size === 0) return undefined;
  const kinds = Array.from(counts, ([kind, count]) => `${kind} (${formatCount(count)})`).join(', ');
  return `Lines of kinds that this version does not know, delivered without their text: ${kinds}.`;
}

/** Not a problem, which would be one for ever: these bytes will not become readable. */
function unreadRanges({ quarantine: { path, ranges, newest, isFull } }: Health): string | undefined {
  if (ranges === 0) return undefined;
  const count = `${isFull ? 'more than ' : ''}${formatCount(ranges)}`;
  return `Parts of transcripts that are no readable line: ${count}, the newest found at ${newest?.at}. Where: ${path}`;
}

function destinationsTable(destinations: readonly DestinationHealth[]): string {
  const head = ['destination', 'redaction', 'delivered', 'refused', 'waiting', 'last delivery'];
  const rows = destinations.map((one) => [
    one.name,
    one.redaction,
    formatCount(one.delivered),
    formatCount(one.refused),
    one.pendingBytes === 0
      ? '-'
      : `${formatCount(one.pendingBytes)} bytes in ${formatCount(one.pendingTranscripts)} files`,
    one.lastDeliveredAt ?? 'never',
  ]);
  return table([head, ...rows], [2, 3]);
}
