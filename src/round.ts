/** One fire's sweeps: for what is there, for the lines that come late, and for a destination that rests for a moment. */
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DestinationReport } from './run.ts';
import type { Transcript } from './types.ts';

/** How long the client's late lines are waited for; 0.95 s was the longest measured (`stop_hook_summary`). */
const SETTLE_MS = 2_000;
const POLL_MS = 100;

/** What is kept of a run: there can be a hundred thousand transcripts. */
export interface Sweep {
  transcripts: number;
  /** Those that a client may be writing. */
  live: readonly Transcript[];
  destinations: readonly DestinationReport[];
}

export interface Round {
  /** Of everything, or of one project. */
  sweep: (project?: string) => Promise<Sweep>;
  /** The project that the hook was fired in. */
  project: string | undefined;
  /** Whether it has written lines, which are to be delivered as well. */
  reconciled: (last: Sweep) => Promise<boolean>;
  isOver: () => boolean;
  patienceMs: number;
}

/** Answers every sweep that it took. Ends as soon as `isOver`, and throws what a sweep does. */
export async function round({ sweep, project, reconciled, isOver, patienceMs }: Round): Promise<Sweep[]> {
  let last = await sweep();
  const reports = [last];
  const again = async (within?: string): Promise<void> => {
    const before = last;
    last = await sweep(within);
    if (within !== undefined) last = seenIn(last, before);
    reports.push(last);
  };
  for (const settled = Date.now() + SETTLE_MS; Date.now() < settled && !isOver(); await sleep(POLL_MS)) {
    // Not in this project alone: the mark that was taken may be that of a session in another one, too.
    const grown = last.live.find(hasGrown);
    if (grown !== undefined) await again(grown.projectFolder || undefined);
  }
  // A file that was not there before (a first turn, a sub-agent) shows only in a sweep.
  if (!isOver()) await again(project);
  // One that refused much, or learned of a smaller size, has left in the middle.
  while (!isOver() && last.destinations.some(({ state }) => state === 'outdated')) await again();
  if (!isOver() && (await reconciled(last))) await again();
  for (const leaveAt = Date.now() + patienceMs; nextTry(last) < leaveAt && !isOver(); await sleep(POLL_MS)) {
    if (nextTry(last) <= Date.now()) await again();
  }
  return reports;
}

/** A look at one project says nothing of what is written in another one, or went wrong there. */
function seenIn(last: Sweep, before: Sweep): Sweep {
  const seen = new Set(last.live.map(({ path }) => path));
  return {
    ...last,
    live: [...last.live, ...before.live.filter(({ path }) => !seen.has(path))],
    destinations: last.destinations.map((one) => troubled(one, before)),
  };
}

function troubled(report: DestinationReport, { destinations }: Sweep): DestinationReport {
  const before = destinations.find(({ destination }) => destination === report.destination);
  return before === undefined || report.state !== 'current' || before.state === 'current'
    ? report
    : { ...before, records: report.records, refused: report.refused };
}

function hasGrown({ path, size }: Transcript): boolean {
  const now = statSync(path, { throwIfNoEntry: false });
  return now !== undefined && now.size !== size;
}

/** When a resting destination may be tried again, epoch ms; Infinity where none rests. */
function nextTry({ destinations }: Sweep): number {
  return Math.min(...destinations.map(({ until }) => until ?? Infinity));
}
