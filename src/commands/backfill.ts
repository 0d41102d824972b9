/** `stopwire backfill`: delivers history from before a destination's start, while new lines keep coming first. */
import { changeConfig, type ConfiguredDestination } from '../config.ts';
import { momentOf } from '../lib/time-span.ts';
import { backfillName } from '../making.ts';
import { run, type DestinationReport } from '../run.ts';
import type { Journal } from '../state/journal.ts';
import { hasWakeMark, takeWakeMark } from '../state/wake.ts';
import type { Transcript } from '../types.ts';
import type { Terminal } from '../ui.ts';
import { added, foregroundCode, inForeground, sayDestination, type Foreground } from './foreground.ts';

export interface BackfillFlags {
  json: boolean;
  since: string;
  destination?: readonly string[] | undefined;
}

/**
 * Brings the destinations up to date, and delivers to each that has a later start what lies between that moment and its
 * start; at the end the moment is its start. It can be ended and begun again: what has been delivered is not delivered
 * twice. Exit code 1 where something is left, 130 where it was interrupted.
 */
export async function backfill({ json, since, destination }: BackfillFlags, terminal: Terminal): Promise<number> {
  const backTo = since === 'all' ? 0 : momentOf(since, Date.now(), '--since');
  return inForeground({ terminal, destinations: destination }, async (foreground) => {
    const reports = new Map<string, DestinationReport>();
    const add = (report: DestinationReport): void => {
      reports.set(report.destination, added(reports.get(report.destination), report));
    };
    await untilDone(foreground, backTo, add);
    if (terminal.isTerminal) terminal.draw('');
    if (json) terminal.out(JSON.stringify({ destinations: [...reports.values()] }));
    else for (const report of reports.values()) sayDestination(report, terminal);
    const isDone = [...reports.values()].every(({ state }) => state === 'current' || state === 'paused');
    return foregroundCode(isDone, foreground.options);
  });
}

/** New lines first, then history, until a fire of the hook says that there are new lines. */
async function untilDone(
  { paths, config, options }: Foreground,
  backTo: number,
  add: (report: DestinationReport) => void,
): Promise<void> {
  const later = config.destinations.filter(({ since }) => since !== undefined && Date.parse(since) > backTo);
  const left = new Map(later.map((destination) => [destination.name, destination]));
  const isOutdated = (): boolean => options.isOutdated() || hasWakeMark(paths.wake);
  for (let isOver = false; !isOver; isOver = options.isOutdated()) {
    takeWakeMark(paths.wake);
    const { destinations: fresh } = await run(options);
    fresh.forEach(add);
    const destinations = [...left.values()];
    const { destinations: old, transcripts } = await run({
      ...options,
      config: { ...config, destinations },
      backTo,
      isOutdated,
    });
    old.forEach(add);
    for (const { destination } of old.filter(({ state }) => state === 'current')) {
      const configured = left.get(destination);
      if (configured !== undefined)
        moveStart(configured, { backTo, transcripts, journal: options.journal, path: paths.config });
    }
    // One that rests or is paused is left for another time; one that left for newer lines is gone on with.
    for (const { destination, state } of old) if (state !== 'outdated') left.delete(destination);
    if (left.size === 0 && fresh.every(({ state }) => state !== 'outdated')) return;
  }
}

/** The destination's start moves back, and the cursors of the transcripts that had none because of it become its own. */
function moveStart(
  configured: ConfiguredDestination,
  {
    backTo,
    transcripts,
    journal,
    path,
  }: { backTo: number; transcripts: readonly Transcript[]; journal: Journal; path: string },
): void {
  const { name } = configured;
  const old = backfillName(configured);
  const cursors = transcripts.flatMap(({ path: file }) => {
    const cursor = journal.cursor(name, file) === undefined ? journal.cursor(old, file) : undefined;
    return cursor === undefined ? [] : [[file, cursor] as const];
  });
  const { records = 0, refused = 0, lastDeliveredAt } = journal.tally(old) ?? {};
  const at = lastDeliveredAt === undefined ? new Date() : new Date(lastDeliveredAt);
  // The cursors first: with an earlier start and without them, all of it would be delivered once more.
  journal.commit(name, { upTo: new Map(cursors), records, refused, at });
  changeConfig(path, (before) => ({ ...before, destinations: before.destinations.map(startingAt(name, backTo)) }));
  journal.forget(old);
}

function startingAt(name: string, backTo: number) {
  return (destination: ConfiguredDestination): ConfiguredDestination => {
    if (destination.name !== name) return destination;
    const { since: _, ...others } = destination;
    return backTo === 0 ? others : { ...others, since: new Date(backTo).toISOString() };
  };
}
